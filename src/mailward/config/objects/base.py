"""What a row of OBJECTS says beyond the line itself.

Knows: how lines replace each other, where they stand when rendered.
Does not know: any line.
Called by: the files beside it, `config.running`, `config.render`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.lang.rows import LineRow
from mailward.lang.tokens import Args

# Sections of the running configuration, in the order in which the appliance
# prints them (reference section 9.8).
HEAD: Final = 0
INTERFACES: Final = 1
EARLY: Final = 2
REGEXES: Final = 3
NETWORKS: Final = 4
ACCESS_LISTS: Final = 5
MIDDLE: Final = 6
CLASS_MAPS: Final = 7
POLICY_MAPS: Final = 8
SERVICE_POLICIES: Final = 9
TAIL: Final = 10


def as_typed(args: Args) -> Args:
    """Nothing to tidy."""
    return args


@final
@dataclass(frozen=True)
class ObjectRow:
    """One configuration line.

    A line typed again replaces or re-opens the line it equals: by the `key`
    tokens of `line`, or by the whole line where `no` needs the whole.  Rows
    that share a `slot` stand at one place: `only` says what is wrong with a
    second, different line there; without it the second replaces the first.
    `ousts` are slots whose lines go when this line comes.
    `place` names the token that says where, among the lines of one name, a new
    line is inserted.  `section` and `rank` order lines at the top, `rank`
    alone orders them within an object.  `tidy` brings arguments to their
    canonical form, `tail` is the blank that the appliance leaves behind the
    line.  `default` is the canonical line that says what holds anyway: shown
    only with `all`, and then always.  `tells_off`: a `no` of the line is shown
    where nothing stands.  `refused` is why the line, though of the language,
    can never stand.
    """

    line: LineRow
    section: int = MIDDLE
    rank: int = 0
    slot: str = ""
    only: str = ""
    ousts: tuple[str, ...] = ()
    place: str = ""
    tidy: Callable[[Args], Args] = as_typed
    tail: str = ""
    default: str = ""
    tells_off: bool = False
    refused: str = ""
