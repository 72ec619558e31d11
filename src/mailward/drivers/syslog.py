"""Log servers: every record that goes over the network, to each in its dress.

Knows: which servers the configuration names, what is said when one is lost, when new
connections are refused for it.
Does not know: which records are wanted (`audit.auditor`), sockets.
Called by: the process that holds the senders, as a sink of its auditor.

Needs the running asyncio loop.  Nothing here ever waits for a server: what it does
not take is kept in a bounded queue, and what does not fit is lost and counted.
"""

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import final

from mailward.audit.auditor import Auditor
from mailward.audit.delivery import Delivery
from mailward.audit.dress import Dress, for_host
from mailward.audit.records import (
    ALLOWING,
    DISALLOWING,
    LOG_SERVER_BACK,
    LOG_SERVER_DOWN,
    LOG_TROUBLE,
    Record,
)
from mailward.drivers.syslogtcp import Stream
from mailward.drivers.syslogudp import Datagrams
from mailward.policy.logs import Logging, LogHost

Sender = Stream | Datagrams


def _nobody_refuses(_: bool) -> None:
    """No connections here."""


@final
class Senders:
    """All log servers of the configuration in force.

    `auditor` hears what befalls them, `clock` tells seconds since the epoch.
    `refuse` is called when new connections must be refused because every TCP server
    is down, and when they may come again.  `written` counts records, however many
    servers there are.
    """

    def __init__(self, clock: Callable[[], float], ca: str = "") -> None:
        """`ca`: a file of certificates to trust instead of the system's."""
        self.auditor: Auditor | None = None
        self.refuse: Callable[[bool], None] = _nobody_refuses
        self._clock = clock
        self._ca = ca
        self._logging = Logging()
        self._senders: dict[LogHost, Sender] = {}
        self._dressed: list[tuple[Dress, tuple[Sender, ...]]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self.written = 0
        self._all_down = 0
        self._missed = 0
        self._is_down = False
        self._refusing = False

    def install(self, logging: Logging, host_name: str) -> None:
        """The servers of another configuration.  Those that it names too keep their
        connections and what waits for them."""
        wanted = logging.hosts if logging.enabled else ()
        for host in tuple(self._senders):
            if host not in wanted:
                self._dismiss(self._senders.pop(host))
        for host in wanted:
            sender = self._senders.get(host)
            if sender is None:
                self._senders[host] = self._made(host, logging.queue)
            else:
                sender.waiting.most = logging.queue
        self._logging = logging
        dressed: dict[tuple[object, ...], tuple[Dress, list[Sender]]] = {}
        for host, sender in self._senders.items():
            key = (host.emblem, host.form)
            made = dressed.get(key)
            if made is None:
                made = dressed[key] = (for_host(host, logging, host_name), [])
            made[1].append(sender)
        self._dressed = [(dress, tuple(those)) for dress, those in dressed.values()]
        self._judge()

    def write(self, record: Record) -> None:
        """See Sink: to every server."""
        self.written += 1
        for dress, senders in self._dressed:
            line = dress.line(record)
            for sender in senders:
                sender.write(line)

    def miss(self, count: int) -> None:
        """So many records were lost before they came here."""
        self._missed += count
        if count and self.auditor is not None:
            why = "they came faster than they could be taken"
            self.auditor.lost(count, "log servers", why, self._clock())

    @property
    def refusing(self) -> bool:
        """Must new connections be refused?"""
        return self._refusing

    def delivery(self) -> Delivery:
        """What became of the records."""
        return Delivery(
            tuple(sender.server() for sender in self._senders.values()),
            self._all_down,
            self._refusing,
            self._missed,
        )

    async def close(self, seconds: float) -> None:
        """Send what waits, for so long at most; the rest is lost."""
        senders = [*self._senders.values()]
        self._senders.clear()
        self._dressed = []
        await asyncio.gather(
            *(sender.close(seconds) for sender in senders), *self._closing
        )

    # --- one server -------------------------------------------------------------

    def _made(self, host: LogHost, most: int) -> Sender:
        told = partial(self._lost, host)
        if host.protocol != "tcp":
            return Datagrams(host, most, told)
        trust = self._trust(host) if host.secure else None
        return Stream(host, most, told, self._changed, trust)

    def _trust(self, host: LogHost) -> ssl.SSLContext:
        """Whose certificates are believed.  A file that cannot be read is told, and
        then nobody is believed: records do not go out in the clear instead."""
        try:
            return ssl.create_default_context(cafile=self._ca or None)
        except OSError as error:
            self._note(LOG_TROUBLE, {"place": _place(host), "text": str(error)})
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _dismiss(self, sender: Sender) -> None:
        """The configuration names it no more."""
        task = asyncio.get_running_loop().create_task(sender.close(1.0))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _lost(self, host: LogHost, count: int, reason: str) -> None:
        if self.auditor is not None:
            self.auditor.lost(
                count, f"log server {_place(host)}", reason, self._clock()
            )

    def _changed(self, stream: Stream) -> None:
        """A server was lost, or has come back."""
        host = stream.host
        words = {
            "interface": host.interface,
            "address": host.address,
            "port": str(host.port),
        }
        self._judge()
        if stream.down:
            permitted = "denied" if self._refusing else "permitted"
            self._note(LOG_SERVER_DOWN, {**words, "permitted": permitted})
        else:
            self._note(LOG_SERVER_BACK, words)

    def _judge(self) -> None:
        """Is every TCP server down, and what follows from it?"""
        streams = [s for s in self._senders.values() if isinstance(s, Stream)]
        was, self._is_down = self._is_down, bool(streams)
        self._is_down = bool(streams) and all(stream.down for stream in streams)
        if self._is_down and not was:
            self._all_down += 1
        logging = self._logging
        refusing = (
            self._is_down and logging.stop_on_failure and not logging.permit_hostdown
        )
        if refusing != self._refusing:
            self._refusing = refusing
            self.refuse(refusing)
            self._note(DISALLOWING if refusing else ALLOWING, {})

    def _note(self, code: int, words: dict[str, str]) -> None:
        if self.auditor is not None:
            self.auditor.noted(code, words, self._clock())


def _place(host: LogHost) -> str:
    """`inside:10.1.1.9/1470`."""
    return f"{host.interface}:{host.address}/{host.port}"
