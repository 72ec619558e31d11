"""Places: interfaces, the servers they publish, and how long things may idle.

Knows: what the configuration says of each, as values.
Does not know: how it was typed, what a socket or a route is.
Called by: config (makes them), drivers, network and console (read them).
"""

import math
from dataclasses import dataclass
from typing import Final, final

#: What holds where the configuration says nothing, in seconds.
CONN: Final = 3600.0
HALF_CLOSED: Final = 600.0
EMBRYONIC: Final = 30.0
#: A time that never passes.
NEVER: Final = math.inf


@final
@dataclass(frozen=True)
class Interface:
    """An interface that has a name.

    `name` is what the configuration calls it, `hardware` what follows the word
    `interface`, `device` what Linux calls it, `level` how far it is trusted.
    `addresses` are its own, as text, without those of a standby unit;
    `networks` the networks they stand in (`10.1.1.0/24`), in the same order,
    empty where no mask was told.  `vlan` is 0 but for a sub-interface that has
    one; `up` is false behind a `shutdown`.
    """

    name: str
    hardware: str
    device: str
    level: int
    addresses: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    vlan: int = 0
    up: bool = True


@final
@dataclass(frozen=True)
class Publication:
    """A server behind interface `inside` that is reached, on interface
    `outside`, at another address or port than its own.

    `address` is empty where it is the interface's own.  Access lists, policies
    and records see `service` and `service_port`: the real ones since release
    8.3, those of the outside for the older `static`.  `line` is where the
    configuration says so.
    """

    outside: str
    inside: str
    address: str
    port: int
    real_address: str
    real_port: int
    line: int = 0
    service: str = ""
    service_port: int = 0


@final
@dataclass(frozen=True)
class Timeouts:
    """Seconds, NEVER for no limit: of a connection that is idle, of one that
    one side has closed, of one that does not yet stand."""

    conn: float = CONN
    half_closed: float = HALF_CLOSED
    embryonic: float = EMBRYONIC
