"""Guests: the administrators who are connected by SSH.

Knows: who is here, how many there have been at once, how many found no room, how
to send them away.
Does not know: connections, what anybody types.
Called by: `console.ssh` (keeps it), `console.machine` (shows it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Guest:
    """One of them, with the ciphers of the connection."""

    name: str
    address: str
    cipher_in: str = ""
    mac_in: str = ""
    cipher_out: str = ""
    mac_out: str = ""


@final
class Guests:
    """All of them, in the order in which they came."""

    __slots__ = ("_here", "_talks", "most", "refused")

    def __init__(self) -> None:
        self._here: dict[object, Guest] = {}
        self._talks: dict[object, Callable[[str], None]] = {}
        self.most = 0
        self.refused = 0

    @property
    def now(self) -> tuple[Guest, ...]:
        """Who is here."""
        return tuple(self._here.values())

    def came(self, key: object, guest: Guest) -> None:
        """One more."""
        self._here[key] = guest
        self.most = max(self.most, len(self._here))

    def went(self, key: object) -> None:
        """One less, if he was let in at all."""
        self._here.pop(key, None)

    def talks(self, key: object, sends_away: Callable[[str], None]) -> None:
        """A conversation has begun; it can be ended with a last word."""
        self._talks[key] = sends_away

    def hung_up(self, key: object) -> None:
        """It is over."""
        self._talks.pop(key, None)

    def farewell(self, word: str) -> None:
        """Say so to everybody who talks, and hang up."""
        for sends_away in list(self._talks.values()):
            sends_away(word)
