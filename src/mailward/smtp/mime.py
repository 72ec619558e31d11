"""MIME fields: media types, encodings, names, boundaries (RFC 2045, 2183).

Knows: what one Content-* field says, in every plausible reading.
Does not know: where a part begins or ends, what is made of the readings.
Called by: engine.parts, and criteria for the words of ENCODINGS.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from mailward.smtp.fields import layers, unfolded, without_comments
from mailward.smtp.params import ATTRIBUTE, Parameters
from mailward.smtp.words import without_words

SEVENBIT: Final = 0
EIGHTBIT: Final = 1
BASE64: Final = 2
BINARY: Final = 3
OTHERS: Final = 4
QUOTED_PRINTABLE: Final = 5


@final
@dataclass(frozen=True)
class Encoding:
    """One Content-Transfer-Encoding: its code, its word, the help of the word."""

    code: int
    word: str
    help: str


#: In the order of the configuration language (reference section 2, row 11).
ENCODINGS: Final = (
    Encoding(SEVENBIT, "7bit", "Lines of ASCII; meant where no encoding is named"),
    Encoding(EIGHTBIT, "8bit", "Lines of any octets"),
    Encoding(BASE64, "base64", "Base64 (RFC 2045 section 6.8)"),
    Encoding(BINARY, "binary", "Any octets"),
    Encoding(OTHERS, "others", "Any encoding that is not listed here"),
    Encoding(QUOTED_PRINTABLE, "quoted-printable", "RFC 2045 section 6.7"),
)
_BY_WORD: Final = {
    row.word.encode(): row.code for row in ENCODINGS if row.code != OTHERS
}

TEXT_PLAIN: Final = b"text/plain"
MESSAGE: Final = b"message/rfc822"
DIGEST: Final = b"multipart/digest"
#: The types whose body is headers only.  That of every other message/* is taken
#: for a message, as by most programs.
STATUSES: Final = (
    b"message/delivery-status",
    b"message/disposition-notification",
    b"message/feedback-report",
    b"message/global-delivery-status",
    b"message/global-disposition-notification",
    b"message/global-headers",
)

#: Longer is no media type: RFC 6838 section 4.2 allows 127 for each half.
_LONGEST_TYPE: Final = 256
_OCTET: Final = rb'[^\s;,()"/=<>@:\\]'
_TYPE: Final = re.compile(
    rb'[\s";,]*+(' + _OCTET + rb"++)\s*+/\s*+(" + _OCTET + rb"++)"
)
_CLEAN: Final = re.compile(rb"\s*+" + _OCTET + rb"++/" + _OCTET + rb"++\s*+")
#: A field that all programs read alike: a word or a type, and at most one attribute,
#: whose value holds nothing that anybody decodes, unquotes or splits at.
_PLAIN: Final = re.compile(
    rb"[ \t]*+([A-Za-z0-9.+-]{1,127}+(?:/[A-Za-z0-9.+-]{1,127}+)?)[ \t]*+"
    rb"(?:;[ \t]*+(?:\r?\n[ \t]++)?([A-Za-z]++)="
    rb'(?:([A-Za-z0-9._+-]{1,255}+)|"([A-Za-z0-9 ._+=-]{1,255}+)"))?(;?+)(\r?\n)?+'
)
_EQUALS: Final = 0x3D
_LOOSE: Final = (b" ", b".")
_NAMES: Final = (b"name", b"filename")
_BETWEEN: Final = re.compile(rb"""[\s;,"'<>()]++""")


def encodings_of(value: bytes) -> tuple[int, ...]:
    """The codes that the value of a Content-Transfer-Encoding names.

    Several words are several codes; a value without any word is as good as no
    field.
    """
    code = _BY_WORD.get(value.strip().lower())
    if code is not None:
        return (code,)
    text = without_words(unfolded(value))
    words = _BETWEEN.split(without_comments(text).lower())
    if not any(words):
        words = _BETWEEN.split(text.lower())
    codes = dict.fromkeys([_BY_WORD.get(word, OTHERS) for word in words if word])
    return tuple(codes) or (SEVENBIT,)


@final
class ContentType:
    """What the value of a Content-Type says.

    `types`: the media types in lower case; `vague`: some program takes the
    field for none, so that the default type counts too; `crowded`: there was
    more than is read.
    """

    __slots__ = ("boundaries", "crowded", "names", "types", "vague")

    def __init__(self, value: bytes) -> None:
        self.vague = False
        self.crowded = False
        plain = _plain(value)
        if plain is None or b"/" not in plain[0]:
            self._study(value)
            return
        kind, attribute, texts = plain
        self.types: tuple[bytes, ...] = (kind.lower(),)
        self.names: tuple[bytes, ...] = texts if attribute in _NAMES else ()
        self.boundaries: tuple[bytes, ...] = texts if attribute == b"boundary" else ()
        if not self.boundaries and kind[:9].lower() == b"multipart":
            self.boundaries = (b"",)

    def _study(self, value: bytes) -> None:
        """In every reading."""
        types: dict[bytes, None] = {}
        for text in layers(value):
            head = text.partition(b";")[0].strip()
            if _CLEAN.fullmatch(head) is None:
                self.vague = True
            found = _TYPE.match(text)
            if found is not None:
                types[_type(found[1] + b"/" + found[2])] = None
            if head.count(b"/") == 1:
                types[_type(head)] = None
                types[_type(b"".join(head.split()))] = None
        parameters = Parameters(value)
        self.types = tuple(types)
        self.names = tuple(parameters.names.found)
        self.boundaries = tuple(parameters.boundaries.found)
        if not self.boundaries and value.lstrip()[:9].lower() == b"multipart":
            # Without a boundary some take each line that begins with two hyphens.
            self.boundaries = (b"",)
        self.crowded = parameters.crowded


def names_of(value: bytes) -> tuple[tuple[bytes, ...], bool]:
    """The names in the value of a Content-Disposition, and if there was more than
    is read."""
    plain = _plain(value)
    if plain is not None:
        return (plain[2] if plain[1] in _NAMES else ()), False
    parameters = Parameters(value)
    return tuple(parameters.names.found), parameters.crowded


def _plain(value: bytes) -> tuple[bytes, bytes, tuple[bytes, ...]] | None:
    """What stands first, the attribute in lower case and the readings of its value,
    of a field that all programs read alike; None of any other."""
    seen = _PLAIN.fullmatch(value)
    if seen is None:
        return None
    first, attribute, token, quoted, semicolon, end = seen.groups(b"")
    text = token or quoted
    # A blank at an end and a dot behind are kept by some.
    if text and (text[-1:] in _LOOSE or text[:1] == b" "):
        return None
    # An attribute within the value is one to some.
    if _EQUALS in quoted and ATTRIBUTE.search(text) is not None:
        return None
    readings: tuple[bytes, ...] = (text,)
    if quoted and end and not semicolon:
        readings = (text, text + b" ")  # the end of line is a blank to some
    return first, attribute.lower(), readings


def _type(text: bytes) -> bytes:
    return text[:_LONGEST_TYPE].lower()
