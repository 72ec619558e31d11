"""Plan: everything that was asked of a gateway.

Knows: what `run` was told, read and resolved.
Does not know: how it was typed, what is done with it.
Called by: the command `run` (makes it), the files beside it.
"""

from dataclasses import dataclass
from typing import final

from mailward.cli.entrances import Asked
from mailward.drivers.doors import Entrance
from mailward.drivers.tcp import Place
from mailward.drivers.times import Times
from mailward.fleet.trail import Pen


@final
@dataclass(frozen=True)
class Plan:
    """Everything that was asked for.  `config` is a file or empty (factory
    default), `asked` says whence its entrances are, `pen` where records go;
    `drain` is in seconds, `state` a folder."""

    config: str
    asked: Asked
    entrances: tuple[Entrance, ...]
    client_interface: str
    server_interface: str
    times: Times
    drain: float
    control: str
    pen: Pen
    ssh: Place | None
    state: str
    workers: int = 1
    metrics: Place | None = None
    user: str = ""
