"""Names compiled: what regular expressions and their classes stand for.

Knows: which lines define patterns, and that each is compiled once.
Does not know: the dialect (`rex`), who asks the matchers.
Called by: `config.compile`.
"""

from collections.abc import Iterator
from typing import Final, final

from mailward.config.lines import Line
from mailward.config.objects.patterns import MEMBER
from mailward.config.running import Running
from mailward.criteria.words import REGEX, REGEX_CLASS
from mailward.errors import ConfigError
from mailward.lang.tokens import Names
from mailward.rex.dialect import PatternError, translate
from mailward.rex.matcher import BudgetError, Matcher

_DOLLAR: Final = "$ is a character like any other here, not the end of the text"


@final
class Compiled(Names):
    """Matchers by kind and name; each is made when first asked for."""

    __slots__ = ("_lines", "_made")

    def __init__(self, running: Running) -> None:
        self._lines = {
            (kind, line.args.text("name")): line
            for kind in (REGEX, REGEX_CLASS)
            for line in running.definitions(kind)
        }
        self._made: dict[tuple[str, str], Matcher] = {}

    def compiled(self, kind: str, name: str) -> object:
        """The Matcher of a regex or a class of them.  Raises KeyError for an
        unknown name or one whose pattern is wrong, ConfigError if the class is
        beyond the budget."""
        key = (kind, name)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(self._lines[key])
        return made

    def mistakes(self) -> Iterator[ConfigError]:
        """What is wrong with the patterns."""
        for line in self._patterns():
            try:
                translate(line.args.text("pattern"))
            except PatternError as error:
                yield self._told(line, error.message, error.offset, error.expected)

    def warnings(self) -> Iterator[ConfigError]:
        """What is odd about the patterns, none of them wrong."""
        for line in self._patterns():
            for at in translate(line.args.text("pattern")).dollars:
                yield self._told(line, _DOLLAR, at, ("\\$",))

    def _patterns(self) -> Iterator[Line]:
        return (line for (kind, _), line in self._lines.items() if kind == REGEX)

    def _make(self, line: Line) -> Matcher:
        if line.args.has("pattern"):
            patterns = [line.args.text("pattern")]
        else:
            patterns = [
                self._lines[REGEX, member.args.text("regex")].args.text("pattern")
                for member in line.under(MEMBER.line.kind)
            ]
        try:
            return Matcher(patterns)
        except BudgetError as error:
            raise line.mistake(str(error), "name") from error

    @staticmethod
    def _told(
        line: Line, message: str, offset: int, expected: tuple[str, ...]
    ) -> ConfigError:
        """An error at a place within the pattern of a line."""
        error = line.mistake(message, "pattern", expected)
        quoted = error.text[error.column - 1 : error.column] == '"'
        error.column += offset + quoted
        return error
