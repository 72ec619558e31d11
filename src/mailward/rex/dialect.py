"""The appliance's dialect of regular expressions, checked and translated.

Knows: what the appliance's patterns mean (reference section 8) and how RE2
spells the same.
Does not know: where a pattern is used, how matching is done.
Called by: `rex.matcher`, config (to refuse a bad pattern at its column).

Theory: one pass over the pattern; every octet leaves as `\\xNN`, so that no
character can be read by RE2 as anything but what this file decided.  Groups
are kept on a stack, together with how often their content is repeated at most,
because nested repeats multiply.
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.errors import MailwardError

#: Characters of one pattern (ASA guide: `regex` takes at most 100).
PATTERN_MOST: Final = 100
#: A repeat, and the product of nested repeats, may not ask for more.
REPEAT_MOST: Final = 255

_CONTROLS: Final = {"r": 0x0D, "n": 0x0A, "t": 0x09, "f": 0x0C}
_OCTAL: Final = "01234567"
_HEX: Final = "0123456789abcdefABCDEF"
_ANY: Final = r"(?s:.)"


@final
class PatternError(MailwardError):
    """A pattern that is not of the dialect.

    `offset` is the 0-based place in the pattern, `expected` what would have
    been right there.
    """

    def __init__(self, message: str, offset: int, *expected: str) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.expected = expected


@final
@dataclass(frozen=True)
class Translated:
    """A pattern as RE2 reads it; `dollars` are the 0-based places of an
    unescaped `$`, which on the appliance is a character like any other."""

    re2: bytes
    dollars: tuple[int, ...]


@final
class _Branch:
    """What is known of one group while it is open."""

    __slots__ = ("at", "empty", "repeats", "start")

    def __init__(self, at: int, start: int) -> None:
        self.at = at  # where its parenthesis stands
        self.start = start  # where its translation begins
        self.empty = True  # nothing yet since `(` or `|`
        self.repeats = 1  # the largest product of repeats inside


def translate(pattern: str) -> Translated:
    """The pattern as RE2 reads it.  Raises PatternError."""
    return _Translator(pattern).run()


@final
class _Translator:
    __slots__ = ("at", "atom", "dollars", "groups", "out", "pattern", "weight")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.dollars: list[int] = []
        self.groups = [_Branch(0, 0)]
        self.atom = -1  # index in `out` of what a repeat would bind to
        self.weight = 1  # product of the repeats inside that atom

    def run(self) -> Translated:
        if not self.pattern:
            raise PatternError("the pattern is empty", 0, "a regular expression")
        if len(self.pattern) > PATTERN_MOST:
            raise PatternError(
                f"the pattern has {len(self.pattern)} characters",
                PATTERN_MOST,
                f"at most {PATTERN_MOST} characters",
            )
        while self.at < len(self.pattern):
            self._one(self.pattern[self.at])
        if len(self.groups) > 1:
            raise PatternError(
                "this parenthesis is never closed", self.groups[-1].at, ")", r"\("
            )
        self._end_of_branch(self.groups[-1])
        return Translated("".join(self.out).encode("ascii"), tuple(self.dollars))

    def _one(self, char: str) -> None:
        match char:
            case "(":
                self._open()
            case ")":
                self._close()
            case "|":
                self._end_of_branch(self.groups[-1])
                self.groups[-1].empty = True
                self._plain("|", 1, atom=False)
            case "*" | "+" | "?" | "{":
                self._repeat(char)
            case "^":
                self.groups[-1].empty = False
                self._plain("^", 1, atom=False)
            case ".":
                self._plain(_ANY, 1)
            case "[":
                self._set()
            case "\\":
                value, width = self._escaped(self.at)
                self._plain(f"\\x{value:02x}", width)
            case _:
                if char == "$":
                    self.dollars.append(self.at)
                self._plain(f"\\x{self._octet(self.at):02x}", 1)

    def _plain(self, text: str, width: int, *, atom: bool = True) -> None:
        """Write something of `width` pattern characters; may it be repeated?"""
        if atom:
            self.groups[-1].empty = False
        self.atom = len(self.out) if atom else -1
        self.weight = 1
        self.out.append(text)
        self.at += width

    def _octet(self, at: int) -> int:
        code = ord(self.pattern[at])
        if code > 0x7E:
            raise PatternError(
                "a character outside ASCII has no single octet in mail",
                at,
                r"its octets, each as \xNN",
            )
        return code

    # --- groups ---------------------------------------------------------------

    def _open(self) -> None:
        if self.pattern.startswith("(?", self.at):
            raise PatternError(
                "(?…) constructs are not of this dialect", self.at, "(exp)", r"\("
            )
        self.groups.append(_Branch(self.at, len(self.out)))
        self._plain("(?:", 1, atom=False)

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise PatternError("no parenthesis is open here", self.at, r"\)")
        group = self.groups.pop()
        self._end_of_branch(group)
        self._plain(")", 1)
        self.atom = group.start
        self.weight = group.repeats
        outer = self.groups[-1]
        outer.repeats = max(outer.repeats, group.repeats)

    def _end_of_branch(self, group: _Branch) -> None:
        if group.empty:
            raise PatternError(
                "nothing stands here, so everything would match",
                min(self.at, len(self.pattern) - 1),
                "an expression",
            )

    # --- repeats --------------------------------------------------------------

    def _repeat(self, char: str) -> None:
        if self.atom < 0:
            raise PatternError(
                f"nothing that {char} could repeat", self.at, f"\\{char}"
            )
        if char == "{":
            text, width, count = self._braces()
        else:
            text, width, count = char, 1, 1
        weight = self.weight * count
        if weight > REPEAT_MOST:
            raise PatternError(
                f"nested repeats ask for {weight} copies",
                self.at,
                f"at most {REPEAT_MOST}",
            )
        self.groups[-1].repeats = max(self.groups[-1].repeats, weight)
        # A second repeat right behind would be lazy matching in RE2.
        self._plain(text, width, atom=False)

    def _braces(self) -> tuple[str, int, int]:
        """`{x}` or `{x,}`: RE2's text, width, the number of copies."""
        end = self.pattern.find("}", self.at)
        inner = self.pattern[self.at + 1 : end] if end > 0 else ""
        digits = inner.removesuffix(",")
        if not (digits.isascii() and digits.isdecimal()):
            raise PatternError(
                "not a repeat of this dialect", self.at, "{x}", "{x,}", r"\{"
            )
        count = int(digits)
        if count > REPEAT_MOST or (count == 0 and inner == digits):
            raise PatternError(
                f"a repeat of {count}", self.at + 1, f"1 to {REPEAT_MOST}"
            )
        text = f"{{{count},}}" if inner != digits else f"{{{count}}}"
        return text, end + 1 - self.at, max(count, 1)

    # --- sets of characters ---------------------------------------------------

    def _set(self) -> None:
        start = self.at
        at = start + 1
        out = ["["]
        if self.pattern.startswith("^", at):
            out.append("^")
            at += 1
        first = at
        while not self.pattern.startswith("]", at):
            low, width = self._member(start, at, first)
            at += width
            if self._is_range(at):
                high, width = self._member(start, at + 1, first)
                if high < low:
                    raise PatternError("this range runs backwards", at, "a-z")
                at += 1 + width
                out.append(f"\\x{low:02x}-\\x{high:02x}")
            else:
                out.append(f"\\x{low:02x}")
        if at == first:
            raise PatternError("an empty set matches nothing", at, r"\]")
        out.append("]")
        self._plain("".join(out), at + 1 - start)

    def _is_range(self, at: int) -> bool:
        return (
            self.pattern.startswith("-", at)
            and at + 1 < len(self.pattern)
            and self.pattern[at + 1] != "]"
        )

    def _member(self, start: int, at: int, first: int) -> tuple[int, int]:
        """One member of a set: its octet and its width in the pattern."""
        if at >= len(self.pattern):
            raise PatternError("this bracket is never closed", start, "]", r"\[")
        char = self.pattern[at]
        if char == "\\":
            return self._escaped(at)
        if char == "-" and at != first and not self.pattern.startswith("-]", at):
            raise PatternError("- is itself only first or last in a set", at, r"\-")
        if self.pattern.startswith("[:", at):
            raise PatternError("named sets are not of this dialect", at, "a-z", r"\[")
        return self._octet(at), 1

    # --- escapes --------------------------------------------------------------

    def _escaped(self, at: int) -> tuple[int, int]:
        """What a backslash at `at` stands for: octet and width."""
        rest = self.pattern[at + 1 : at + 4]
        if not rest:
            raise PatternError("nothing follows the backslash", at, r"\\")
        char = rest[0]
        if char in _CONTROLS:
            return _CONTROLS[char], 2
        if char == "x":
            if len(rest) < 3 or rest[1] not in _HEX or rest[2] not in _HEX:
                raise PatternError("two hexadecimal digits follow \\x", at, r"\xNN")
            return int(rest[1:3], 16), 4
        if char in "0123456789":
            if len(rest) < 3 or any(c not in _OCTAL for c in rest) or rest[0] > "3":
                raise PatternError(
                    "three octal digits up to \\377 follow a backslash", at, r"\NNN"
                )
            return int(rest, 8), 4
        if char.isalpha():
            raise PatternError(
                f"\\{char} is not of this dialect", at, r"\r \n \t \f \xNN \NNN"
            )
        return self._octet(at + 1), 2
