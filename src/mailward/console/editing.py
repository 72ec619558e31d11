"""Editing: the configuration, line by line.

Knows: where in the configuration the next line stands, what it makes of the
whole, which unknown lines are kept.
Does not know: commands, prompts' names, who types.
Called by: `console.session`.

A line is applied to a copy of the configuration in force, and the copy is
compiled as a whole: whatever does not compile leaves the old one running.
"""

from typing import Final, final

from mailward.config.check import unknown_name
from mailward.config.load import Loaded
from mailward.config.modes import INTERFACE, OTHER_BLOCK, OTHER_MAP
from mailward.config.objects import OBJECTS
from mailward.config.running import TOP, Place, Running
from mailward.config.unknown import of_the_top
from mailward.console.gateway import Gateway
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.grammar import Grammar
from mailward.lang.reader import LineError, Reading, read
from mailward.lang.rows import IGNORED, Mode
from mailward.lang.writer import write

#: The lines of the language, less those that only a pasted session holds.
GRAMMAR: Final = Grammar(
    tuple(row.line for row in OBJECTS if row.line.status != IGNORED)
)
#: Modes whose lines are kept whether we know them or not.
_KEPT: Final = frozenset((INTERFACE, OTHER_MAP, OTHER_BLOCK))
#: First words that begin no line of any configuration.
_SESSION: Final = ("clear", "configure", "copy", "show", "terminal", "write")


@final
class Editor:
    """A place in the configuration; `before` is to where `commit confirmed`
    goes back."""

    __slots__ = ("_gateway", "_place", "before")

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._place = TOP
        self.before: Loaded = gateway.loaded

    @property
    def mode(self) -> Mode:
        """The mode of the next line."""
        return self._place.mode

    def up(self) -> bool:
        """Leave one mode; False at the outermost."""
        if self._place == TOP:
            return False
        self._place = self._place.up()
        return True

    def read(self, line: str) -> Reading | None:
        """The reading of a line; None for one that nobody knows and that is
        kept all the same.  Raises LineError."""
        try:
            return read(GRAMMAR, self.mode, line)
        except LineError as error:
            kept = of_the_top(line) or self.mode in _KEPT
            if error.sure or not kept or _of_session(line):
                raise
            return None

    def take(self, line: str, reading: Reading | None) -> None:
        """Take a line that was read.  Raises ConfigErrors, and then nothing
        has changed."""
        place, text = self._place, line.strip()
        if reading is not None:
            text = write(reading.row, reading.args, reading.negated)
        elif of_the_top(line):
            place = TOP

        def change(running: Running) -> Place:
            if reading is not None and not reading.negated:
                why = unknown_name(running, reading.row, reading.args)
                if why:
                    raise ConfigError(why)
            return running.apply(place, text, keep=reading is None)

        try:
            self._place = self._gateway.edit(change)
        except ConfigError as error:
            raise ConfigErrors([error]) from error


def _of_session(line: str) -> bool:
    """Is it a command with a mistake, and so nothing to be kept?"""
    word = line.split(maxsplit=1)[0].lower()
    return len(word) > 1 and any(known.startswith(word) for known in _SESSION)
