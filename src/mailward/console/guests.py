"""Guests: the administrators who are connected by SSH.

Knows: who is here, how many there have been at once, how many found no room.
Does not know: connections, what anybody types.
Called by: `console.ssh` (keeps it), `console.machine` (shows it).
"""

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

    __slots__ = ("_here", "most", "refused")

    def __init__(self) -> None:
        self._here: dict[object, Guest] = {}
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
