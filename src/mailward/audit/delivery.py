"""Delivery: what became of the records for log servers, as plain data.

Knows: the counters, in the appliance's words where it has some.
Does not know: where a number comes from (`drivers.syslog`), how it is shown.
Called by: `drivers.syslog` (makes them), console and metrics (show them).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, final

#: What a stream is; datagrams are always UP.
UP: Final = "up"
DOWN: Final = "down"
CONNECTING: Final = "connecting"


@final
@dataclass(frozen=True)
class Server:
    """One log server.  `sent`, `errors`, `dropped` and `waiting` count records;
    `flaps` counts connections that were lost, `again` records that were cut by such
    a loss and sent once more.  `trouble` says why it is down, or was last."""

    interface: str
    address: str
    protocol: str
    port: int
    secure: bool = False
    state: str = UP
    sent: int = 0
    errors: int = 0
    dropped: int = 0
    waiting: int = 0
    flaps: int = 0
    again: int = 0
    trouble: str = ""


@final
@dataclass(frozen=True)
class Delivery:
    """All log servers.  `all_down` counts how often every TCP server was down at
    once, `refusing` says that new connections are refused for it.  `missed` counts
    records that were lost before any server could have them."""

    servers: tuple[Server, ...] = ()
    all_down: int = 0
    refusing: bool = False
    missed: int = 0

    @property
    def lost(self) -> int:
        """Records that did not reach a server that they were meant for."""
        return self.missed + sum(server.dropped for server in self.servers)

    def streams(self) -> dict[str, int]:
        """`Global TCP syslog stats` of `show logging`, by the appliance's names."""
        tcp = [server for server in self.servers if server.protocol == "tcp"]
        return {
            "NOT_PUTABLE": sum(server.dropped for server in tcp),
            "ALL_CHANNEL_DOWN": self.all_down,
            "CHANNEL_FLAP_CNT": sum(server.flaps for server in tcp),
            "SYSLOG_PKT_LOSS": sum(server.dropped for server in tcp),
            "PARTIAL_REWRITE_CNT": sum(server.again for server in tcp),
        }

    def plain(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return asdict(self)


def read(plain: Mapping[str, Any]) -> Delivery:
    """What `plain` made, after a journey as JSON.  Raises KeyError or TypeError for
    anything else."""
    return Delivery(
        tuple(Server(**server) for server in plain["servers"]),
        plain["all_down"],
        plain["refusing"],
        plain["missed"],
    )
