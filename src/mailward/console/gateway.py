"""Gateway: what a console can ask about, and what it may change.

Knows: the configuration in force, how one takes the place of another, the
change that waits to be confirmed, where the totals come from.
Does not know: commands, who types them, sockets, processes.
Called by: the files beside it; made by cli and tests.

Administrators' lines run in threads, so that a large configuration compiles
while mail and other consoles go on.  Whoever makes a Gateway gives it functions
that may be called from any thread, and that may wait.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, final

from mailward.audit.auditor import Auditor
from mailward.audit.delivery import Delivery
from mailward.audit.totals import Totals
from mailward.config.load import Loaded, compile_running
from mailward.config.running import Running
from mailward.console.guests import Guests
from mailward.console.hardware import Hardware
from mailward.console.meter import Meter
from mailward.errors import ConfigError, ConfigErrors, MailwardError
from mailward.policy.gate import GLOBAL

T = TypeVar("T")

#: The release of the appliance whose language we speak, where the configuration
#: names no other.
LANGUAGE: Final = "9.16(4)"
#: Seconds until what could not be undone is tried once more.
AGAIN: Final = 5.0
#: Under which the meter keeps the time of the processors.
WORKED: Final = "cpu worked"
WHOLE: Final = "cpu whole"


def nothing_to_clear(_what: str, _which: str) -> None:
    """Nothing counts."""


def not_heard(_number: int) -> Mapping[str, Any]:
    """Nobody has listened to any session."""
    return {}


def not_told(_: Loaded) -> None:
    """Nobody has to hear of a new configuration."""


def not_later(_seconds: float, _call: Callable[[], None]) -> None:
    """Nothing can be called later."""


def no_upgrade() -> str:
    """Nobody could take over."""
    raise MailwardError("this gateway cannot be upgraded")


def at_once(call: Callable[[], None]) -> None:
    """Here, now."""
    call()


def host_of(loaded: Loaded) -> str:
    """The name that a configuration gives, as a prompt can show it."""
    for line in reversed(loaded.running.block.lines):
        if line.text.startswith("hostname "):
            name = line.text.split()[1]
            return "".join(c for c in name if c.isalnum() or c in "_.-")[:63]
    return "ciscoasa"


@final
@dataclass
class Gateway:
    """What can be asked about.

    A change replaces `loaded`; `started` is in seconds since the epoch, `file`
    the startup configuration (empty: there is none), `clock` tells seconds since
    the epoch.  `totals` is what was counted, as it stands when asked; `clear`
    sets some of it to nought (`drivers.totals` has the words; the second is the
    place, the name or the address that is meant, or empty for all).  `story` is what
    was heard of the connection with a number, or with nought of which
    (`story.recent`).  `told` hears of each new configuration; `upgrade` has the
    program on disk take over and says what has happened; `later` calls back after so
    many seconds, and `soon` where the auditor is at home.  `delivery` is what became
    of records for log servers.  `guests` are those who came by SSH;
    `by_level`: without a list connections pass by security level only; `held` says
    why nothing may be changed just now, `gone` why nothing can be asked any more.
    """

    loaded: Loaded
    version: str
    started: float
    file: str = ""
    clock: Callable[[], float] = time.time
    totals: Callable[[], Totals] = Totals
    clear: Callable[[str, str], None] = nothing_to_clear
    story: Callable[[int], Mapping[str, Any]] = not_heard
    told: Callable[[Loaded], None] = not_told
    upgrade: Callable[[], str] = no_upgrade
    later: Callable[[float, Callable[[], None]], None] = not_later
    soon: Callable[[Callable[[], None]], None] = at_once
    auditor: Auditor | None = None
    delivery: Callable[[], Delivery] = Delivery
    client_interface: str = "outside"
    server_interface: str = "inside"
    by_level: bool = False
    held: str = ""
    gone: str = ""
    hardware: Hardware = field(default_factory=Hardware)
    guests: Guests = field(default_factory=Guests)
    meter: Meter = field(default_factory=Meter)
    _awaited: object = None
    _writing: Any = field(default_factory=threading.RLock)

    def interfaces(self) -> frozenset[str]:
        """Every interface that the configuration names, and those on which mail
        comes and goes."""
        places = {a.place for a in self.loaded.gate.attachments if a.place != GLOBAL}
        places |= {self.client_interface, self.server_interface}
        return frozenset(places | set(self.loaded.levels))

    @property
    def host(self) -> str:
        """The name that the configuration gives, as a prompt can show it."""
        return host_of(self.loaded)

    @property
    def language(self) -> str:
        """The release that the configuration says it was written for."""
        for line in self.loaded.running.block.lines:
            if line.text.startswith("ASA Version "):
                return line.text.split()[2]
        return LANGUAGE

    def audit(self, code: int, words: Mapping[str, str]) -> None:
        """A record of what an administrator did."""
        auditor = self.auditor
        if auditor is not None:
            now = self.clock()
            self.soon(lambda: auditor.managed(code, words, now))

    def measure(self) -> None:
        """Take the counts from which rates are told."""
        totals = self.totals()
        counts = {" ".join(c.key[:4]): c.packets for c in totals.attachments}
        for name, traffic in totals.traffic.items():
            for place, count in enumerate(traffic):
                counts[f"{name} {place}"] = count
        counts[WORKED], counts[WHOLE] = self.hardware.spent
        self.meter.take(self.clock(), counts)

    # --- changes ----------------------------------------------------------------

    def edit(self, change: Callable[[Running], T]) -> T:
        """Change a copy of the configuration, and put it in force if it
        compiles: one change after the other, each to what the one before left.

        Raises what `change` raises, and ConfigErrors; then nothing has changed.
        """
        with self._writing:
            running = self.loaded.running.copy()
            result = change(running)
            self.install(compile_running(running))
            return result

    def replace(self, make: Callable[[], Loaded]) -> Loaded:
        """Put in force what `make` makes, which no word need confirm; changes
        wait meanwhile.  Raises what `make` raises; then nothing has changed."""
        with self._writing:
            made = make()
            self.install(made)
            self._awaited = None
            return made

    def install(self, loaded: Loaded) -> None:
        """Another configuration, for new connections.  Raises what `told` raises;
        then the old one stays."""
        with self._writing:
            self._may_change()
            self.told(loaded)
            self.loaded = loaded

    def hold(self, why: str) -> Loaded:
        """What is in force, and stays so until `held` is emptied.  Raises
        MailwardError while a change waits to be confirmed."""
        with self._writing:
            if self._awaited is not None:
                raise MailwardError("a change waits for `commit`")
            self.held = why
            return self.loaded

    def retire(self, why: str) -> None:
        """Another gateway has taken the place of this one: nobody must mistake
        it for that."""
        self.held = self.gone = why
        self.guests.farewell(f"INFO: {why}\n")

    def _may_change(self) -> None:
        if self.held:
            raise ConfigErrors([ConfigError(self.held)])

    def await_word(self, seconds: float, back: Loaded) -> None:
        """Go back to `back` after so many seconds, unless `confirm` comes.
        Raises ConfigErrors when nothing may be changed."""
        mark = object()
        with self._writing:
            self._may_change()
            self._awaited = mark

        def over() -> None:
            with self._writing:
                if self._awaited is not mark:
                    return
                try:
                    self.install(back)
                except (MailwardError, TimeoutError):
                    self.later(AGAIN, over)  # the workers were busy, or new
                else:
                    self._awaited = None

        self.later(seconds, over)

    def confirm(self) -> bool:
        """The change stays.  False: none was waiting."""
        with self._writing:
            waiting = self._awaited is not None
            self._awaited = None
            return waiting
