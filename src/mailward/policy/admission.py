"""Admission: who may administer, from where, for how long.

Knows: the networks from which SSH is answered, when a session is asleep, whose
secret `enable` asks for.
Does not know: users, secrets, sockets.
Called by: config (makes it), console (asks it).
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.policy.acl import Network, parse

#: This machine itself, which may always come in.
_HERE: Final = (
    Network(4, 0x7F000000, 0xFF000000),
    Network(6, 1, (1 << 128) - 1),
)


@final
@dataclass(frozen=True)
class Admission:
    """What the `ssh` and `aaa` lines say.  Without `networks` any address may
    come; `idle` is in seconds, 0 where nothing is said.  `own_secret`: `enable`
    asks for the user's own password, not for that of `enable password`."""

    networks: tuple[Network, ...] = ()
    idle: int = 0
    own_secret: bool = False

    def admits(self, address: str) -> bool:
        """May somebody come in from there?"""
        if not self.networks:
            return True
        version, number = parse(address)
        return any(one.holds(version, number) for one in (*_HERE, *self.networks))
