"""Words: one piece of a line, and whether one token takes it.

Knows: where a piece of a line begins and ends, how well it fits a token, how
a token is shown in help.
Does not know: rows, modes, what stood before the piece.
Called by: the walk, the reader, the advisor, the manual and the checks.

Only blanks and tabs part pieces.  A piece that begins with a double quote runs
to its partner; inside, a backslash and the character behind it are a pair, so
a quote may be written as a pair, and the pair is kept as typed (patterns give
the backslash its meaning, not this house).
"""

import re
from ipaddress import ip_address, ip_interface, ip_network
from typing import Final, final

from mailward.lang.tokens import (
    Address,
    Choice,
    Leaf,
    Name,
    Number,
    Quoted,
    Ref,
    Rest,
    Word,
)

#: No name of an object is longer, whatever the object.
REF_MOST: Final = 255

#: How well a piece fits a token; the smaller, the better.
EXACT: Final = 0  # the very keyword
TYPED: Final = 1  # a number in its range, an address
SHORT: Final = 2  # the beginning of a keyword
FREE: Final = 3  # a name or a text
TAIL: Final = 4  # the rest of the line

# Each alternative consumes by its first character, so neither can backtrack.
_PIECE: Final = re.compile(r'[ \t]*("(?:[^"\\]|\\.)*"?[^ \t]*|[^ \t"][^ \t]*)', re.S)
_PAIRED: Final = re.compile(r'(?:[^"\\]|\\.)*', re.S)
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DOTTED: Final = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_ADDRESS_MOST: Final = 45
_PREFIX_MOST: Final = _ADDRESS_MOST + 4
_NUMBER_MOST: Final = 20
_SHOWN_MOST: Final = 40
#: What documents have between words and in them, and no reader sees: blanks of
#: all widths, soft hyphens, joiners, a byte order mark.
_BLANKS: Final = str.maketrans(
    dict.fromkeys(
        "\t\xa0\xad\u2002\u2003\u2007\u2009\u200b\u200c\u200d\u202f\u2060\ufeff", " "
    )
)
_ADDRESS_FACES: Final = {4: "A.B.C.D", 6: "X:X:X:X::X"}


@final
class Piece:
    """One piece of `line`: its text and its offsets, counted from 0."""

    __slots__ = ("end", "line", "start", "text")

    def __init__(self, line: str, start: int, end: int) -> None:
        self.line = line
        self.start = start
        self.end = end
        self.text = line[start:end]

    def rest(self) -> str:
        """From here to the end of the line, without blanks at its end."""
        return self.line[self.start :].rstrip(" \t")


@final
class Hit:
    """How a token took a piece: the rank, the value for Args, the text in full
    words.  `rivals` are the keywords of one Choice that it may all mean.

    Made some ten times for each line, so it is a plain class."""

    __slots__ = ("rank", "rivals", "text", "value")

    def __init__(
        self, rank: int, value: object, text: str, rivals: tuple[str, ...] = ()
    ) -> None:
        self.rank = rank
        self.value = value
        self.text = text
        self.rivals = rivals

    def key(self) -> tuple[object, ...]:
        """Everything a test compares."""
        return self.rank, self.value, self.text, self.rivals


def piece_at(line: str, at: int) -> Piece | None:
    """The next piece at or after the offset `at`; None at the end."""
    found = _PIECE.match(line, at)
    return Piece(line, *found.span(1)) if found is not None else None


def lower(text: str) -> str:
    """Letter case set aside, for ASCII only: no other letter folds into it."""
    return text.lower() if text.isascii() else text


def printable(text: str) -> bool:
    """Nothing in it moves a cursor or a colour; what looks like a blank or like
    nothing may stand in a text, for documents are full of it."""
    return text.isprintable() or text.translate(_BLANKS).isprintable()


def shown(text: str) -> str:
    """A piece as an error message quotes it: bounded, printable."""
    safe = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN_MOST])
    return f'"{safe}…"' if len(text) > _SHOWN_MOST else f'"{safe}"'


def unquoted(text: str) -> str | None:
    """The text of a Quoted without its quotes; None if they do not pair."""
    if text.startswith('"'):
        if len(text) < 2 or not text.endswith('"'):
            return None
        text = text[1:-1]
    return text if _PAIRED.fullmatch(text) is not None else None


def accept(leaf: Leaf, piece: Piece) -> Hit | None:
    """How `leaf` takes `piece`; None if it does not."""
    text = piece.text
    match leaf:
        case Address():
            address = _located(leaf, text)
            return Hit(TYPED, address, address) if address else None
        case Number():
            if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_MOST):
                return None
            value = int(text)
            if not leaf.low <= value <= leaf.high:
                return None
            return Hit(TYPED, value, str(value))
        case Word():
            return _keyword(((leaf.text, leaf.text),), text, True)
        case Choice():
            pairs = tuple((word, word) for word, _ in leaf.words)
            return _keyword(pairs + leaf.aliases, text, False)
        case Name() | Ref():
            most = leaf.most if isinstance(leaf, Name) else REF_MOST
            if len(text) > most or text.startswith('"') or not text.isprintable():
                return None
            return Hit(FREE, text, text) if _shaped(leaf, text) else None
        case Quoted():
            inner = unquoted(text)
            if inner is None or len(inner) > leaf.most or not printable(inner):
                return None
            return Hit(FREE, inner, inner)
    rest = piece.rest()
    if len(rest) > leaf.most or not printable(rest):
        return None
    return Hit(TAIL, rest, rest)


def refusal(leaf: Leaf, piece: Piece) -> str:
    """Why an argument does not take the piece; empty where a list of what
    would be right says it better."""
    text = piece.text
    match leaf:
        case Number():
            return f"{shown(text)} is not a number from {leaf.low} to {leaf.high}"
        case Address():
            kind = f"IPv{leaf.version}" if leaf.version else "IP"
            what = "network" if leaf.prefix else "address"
            return f"{shown(text)} is not an {kind} {what}"
        case Name() | Ref():
            most = leaf.most if isinstance(leaf, Name) else REF_MOST
            if isinstance(leaf, Name) and not _shaped(leaf, text):
                return f"{shown(text)} is not of the form {leaf.sample}"
            return _unfit("name", text, most)
        case Quoted():
            inner = unquoted(text)
            if inner is None:
                return "a double quote has no partner, or a backslash nothing behind it"
            return _unfit("text", inner, leaf.most)
        case Rest():
            return _unfit("text", piece.rest(), leaf.most)
    return ""


def face(leaf: Leaf) -> str:
    """A token as `?` shows it where its value is free."""
    match leaf:
        case Word():
            return leaf.text
        case Choice():
            return "|".join(word for word, _ in leaf.words)
        case Number():
            return f"<{leaf.low}-{leaf.high}>"
        case Address():
            most = 32 if leaf.version == 4 else 128
            bits = f"/<0-{most}>" if leaf.prefix else ""
            return _ADDRESS_FACES.get(leaf.version, "Address") + bits
        case Ref():
            return "WORD"
        case Name(sample=sample) if sample:
            return sample
        case Name() | Quoted():
            return f"WORD < {leaf.most + 1} char"
    return f"LINE < {leaf.most + 1} char"


def faces(leaf: Leaf) -> tuple[tuple[str, str], ...]:
    """(text, help) of everything that `?` shows for a token."""
    return leaf.words if isinstance(leaf, Choice) else ((face(leaf), leaf.help),)


def _keyword(pairs: tuple[tuple[str, str], ...], typed: str, flag: bool) -> Hit | None:
    """The keyword that `typed` is or begins, among (typed, text) pairs."""
    word = lower(typed)
    for spelling, text in pairs:
        if spelling.lower() == word:
            return Hit(EXACT, True if flag else (text,), text)
    texts = tuple(
        dict.fromkeys(text for spelling, text in pairs if _begins(spelling, word))
    )
    if not texts:
        return None
    rivals = texts if len(texts) > 1 else ()
    return Hit(SHORT, True if flag else texts[:1], texts[0], rivals)


def _begins(spelling: str, word: str) -> bool:
    return spelling.lower().startswith(word)


def _address(text: str, version: int) -> str:
    """The address in normal text; empty if it is none of that version."""
    if version != 6 and _DOTTED.fullmatch(text) is not None:
        return text
    if len(text) > _ADDRESS_MOST or "%" in text:
        return ""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str(address) if version in (0, address.version) else ""


def _shaped(leaf: Name | Ref, text: str) -> bool:
    """Has the text the shape that its token asks for?"""
    shape = leaf.shape if isinstance(leaf, Name) else ""
    return not shape or re.fullmatch(shape, text) is not None


def _located(leaf: Address, text: str) -> str:
    """The address or network in normal text; empty if it is none."""
    if not leaf.prefix:
        return _address(text, leaf.version)
    address, slash, bits = text.partition("/")
    if not (slash and bits.isascii() and bits.isdigit()) or len(text) > _PREFIX_MOST:
        return ""
    normal = _address(address, leaf.version)
    if not normal:
        return ""
    try:
        if leaf.own:
            return str(ip_interface(f"{normal}/{int(bits)}"))
        return str(ip_network(f"{normal}/{int(bits)}", strict=False))
    except ValueError:
        return ""


def _unfit(what: str, text: str, most: int) -> str:
    if len(text) > most:
        return f"the {what} is longer than {most} characters"
    return f"the {what} holds a character that may not stand in it"
