"""Gateway: what a console can ask about, and what it may change.

Knows: the configuration in force, how one takes the place of another, the
recent records, the change that waits to be confirmed.
Does not know: commands, who types them, sockets.
Called by: the files beside it; made by cli and tests.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, final

from mailward.audit.auditor import Auditor
from mailward.audit.records import Record
from mailward.config.load import Loaded
from mailward.drivers.flow import Flow
from mailward.policy.gate import GLOBAL, Attachment

#: So many recent records are kept for `show logging`.
RING: Final = 512


@final
class Ring:
    """A sink that keeps the last records; `written` counts all."""

    __slots__ = ("lines", "written")

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=RING)
        self.written = 0

    def write(self, record: Record) -> None:
        """Keep the line."""
        self.lines.append(record.line())
        self.written += 1


def no_flows() -> Iterable[Flow]:
    """Nothing flows."""
    return ()


def not_told(_: Loaded) -> None:
    """Nobody has to hear of a new configuration."""


def not_later(_seconds: float, _call: Callable[[], None]) -> None:
    """Nothing can be called later."""


@final
@dataclass
class Gateway:
    """What can be asked about.

    A change replaces `loaded`; `started` is in seconds since the epoch, `file`
    the startup configuration (empty: there is none).  `clock` tells seconds since
    the epoch, `ticks` the time of the flows.  `flows` are the live connections,
    `most` how many there have been at once; `told` hears of each
    new configuration; `later` calls back after so many seconds.
    """

    loaded: Loaded
    version: str
    started: float
    file: str = ""
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    flows: Callable[[], Iterable[Flow]] = no_flows
    most: Callable[[], int] = int
    told: Callable[[Loaded], None] = not_told
    later: Callable[[float, Callable[[], None]], None] = not_later
    auditor: Auditor | None = None
    ring: Ring = field(default_factory=Ring)
    client_interface: str = "outside"
    server_interface: str = "inside"
    _awaited: object = None

    def interfaces(self) -> frozenset[str]:
        """Every interface that the configuration names."""
        places = {a.place for a in self.loaded.gate.attachments if a.place != GLOBAL}
        return frozenset(places | set(self.loaded.levels))

    @property
    def host(self) -> str:
        """The name that the configuration gives, as a prompt can show it."""
        for line in reversed(self.loaded.running.block.lines):
            if line.text.startswith("hostname "):
                name = line.text.split()[1]
                return "".join(c for c in name if c.isalnum() or c in "_.-")[:63]
        return "ciscoasa"

    # --- changes ----------------------------------------------------------------

    def install(self, loaded: Loaded) -> None:
        """Another configuration, for new connections.  What the change leaves
        alone goes on counting where it was."""
        _carry(self.loaded, loaded)
        self.loaded = loaded
        self.told(loaded)

    def await_word(self, seconds: float, back: Loaded) -> None:
        """Go back to `back` after so many seconds, unless `confirm` comes."""
        mark = self._awaited = object()

        def over() -> None:
            if self._awaited is mark:
                self._awaited = None
                self.install(back)

        self.later(seconds, over)

    def confirm(self) -> bool:
        """The change stays.  False: none was waiting."""
        waiting = self._awaited is not None
        self._awaited = None
        return waiting


def _carry(old: Loaded, new: Loaded) -> None:
    """Attachments and access lists that are the same share their counters."""
    before = {_identity(a): a for a in old.gate.attachments}
    for attachment in new.gate.attachments:
        was = before.get(_identity(attachment))
        if was is None:
            continue
        attachment.tally = was.tally
        ours, theirs = attachment.traffic.access_list, was.traffic.access_list
        if ours is not None and theirs is not None and ours.entries == theirs.entries:
            ours.hits = theirs.hits


def _identity(attachment: Attachment) -> tuple[object, ...]:
    """What must be equal for counters to mean the same."""
    return (
        attachment.place,
        attachment.policy_map,
        attachment.class_map,
        attachment.map_name,
        tuple((r.label, r.action_label) for r in attachment.inspection.rules),
    )
