"""Changes: what a fresh configuration asks for and cannot have by itself.

Knows: listeners are opened when the program starts; rules of the kernel are put in
force by another command.
Does not know: how a configuration comes into force.
Called by: `cli.gateway`, whenever one has.
"""

from typing import final

from mailward.cli.entrances import Asked, entrances, network_plan
from mailward.config.load import Loaded
from mailward.drivers.doors import Entrance
from mailward.network.nft import rules
from mailward.network.plan import NetworkError


@final
class Changes:
    """Compares each configuration with the one before it."""

    __slots__ = ("_asked", "_open", "_rules")

    def __init__(self, asked: Asked, loaded: Loaded) -> None:
        self._asked = asked
        self._open = entrances(asked, loaded)
        self._rules = self._diverted(loaded)

    def told(self, fresh: Loaded) -> list[str]:
        """What the operator must do, a line each; mostly nothing."""
        out = []
        try:
            wanted = entrances(self._asked, fresh)
            diverted = self._diverted(fresh)
        except NetworkError as error:
            return [str(error)]
        if _ways(wanted) != _ways(self._open):
            out.append(
                "the configuration has other listeners now: `mailward upgrade` opens "
                "them"
            )
        if diverted != self._rules:
            out.append(
                "what must be diverted has changed: `mailward network up CONFIG` "
                "puts it in force"
            )
        self._rules = diverted
        return out

    def _diverted(self, loaded: Loaded) -> str:
        """The rules of the kernel; none without transparent mode."""
        return rules(network_plan(loaded)) if self._asked.transparent else ""


def _ways(several: tuple[Entrance, ...]) -> set[str]:
    """What tells entrances apart: where, whence and whither."""
    return {f"{each.place} {each.interface} {each.route}" for each in several}
