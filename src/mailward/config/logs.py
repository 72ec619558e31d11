"""The `logging` lines, compiled to one value.

Knows: what each line adds, and which later line wins.
Does not know: how a record is written or sent.
Called by: `config.compile`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, final

from mailward.config.lines import Line
from mailward.config.objects import logs as rows
from mailward.config.objects import logservers
from mailward.config.objects.networks import ALIAS
from mailward.config.objects.users import HOSTNAME
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.lang.tokens import Args
from mailward.policy.logs import LEVELS, Logging, LogHost, RateLimit, Wanted
from mailward.policy.places import Interface

#: What the appliance is called where nobody said.
NO_NAME: Final = "ciscoasa"
_PORTS: Final = {"udp": 514, "tcp": 1470}
_PROTOCOLS: Final = {"6": "tcp", "17": "udp"}
#: `logging queue 0` stands for this.
_QUEUE_MOST: Final = 8192
_PORT_LEAST: Final = 1025
_PORT_MOST: Final = 65535


@final
class LogCompiler:
    """The logging of one running configuration.  `errors` are what cannot be
    told, `warnings` what is odd, `logging` all that could be."""

    __slots__ = (
        "_interfaces",
        "_running",
        "_servers",
        "errors",
        "logging",
        "warnings",
    )

    def __init__(self, running: Running, interfaces: tuple[Interface, ...]) -> None:
        self._running = running
        self._interfaces = {i.name: i for i in interfaces}
        self._servers: dict[tuple[str, str], Line] = {}
        self.errors: list[ConfigError] = []
        self.warnings: list[ConfigError] = []
        self.logging = Logging()
        for line in running.block.lines:
            compiled = _LINES.get(line.kind)
            if compiled is None and line.off and line.row is rows.MESSAGE:
                compiled = LogCompiler.off
            if compiled is not None:
                try:
                    self.logging = compiled(self, line, self.logging)
                except ConfigError as error:
                    self.errors.append(error)
        self._apply_servers()

    def enable(self, _line: Line, now: Logging) -> Logging:
        """`logging enable`."""
        return replace(now, enabled=True)

    def timestamp(self, line: Line, now: Logging) -> Logging:
        """`logging timestamp`."""
        return replace(
            now, timestamp="rfc5424" if line.args.has("rfc5424") else "legacy"
        )

    def emblem(self, _line: Line, now: Logging) -> Logging:
        """`logging emblem`."""
        return replace(now, emblem=True)

    def permit(self, _line: Line, now: Logging) -> Logging:
        """`logging permit-hostdown`."""
        return replace(now, permit_hostdown=True)

    def buffer(self, line: Line, now: Logging) -> Logging:
        """`logging buffer-size`."""
        return replace(now, buffer_size=line.args.number("value"))

    def facility(self, line: Line, now: Logging) -> Logging:
        """`logging facility`."""
        return replace(now, facility=line.args.number("value"))

    def queue(self, line: Line, now: Logging) -> Logging:
        """`logging queue`."""
        return replace(now, queue=line.args.number("value") or _QUEUE_MOST)

    def device_id(self, line: Line, now: Logging) -> Logging:
        """`logging device-id`."""
        args = line.args
        if args.has("text"):
            return replace(now, device_id=args.text("text"), device_id_from="string")
        if args.has("interface"):
            name = args.text("interface")
            made = self._interfaces.get(name)
            if made is None or not made.addresses:
                self.warnings.append(
                    line.mistake(
                        "the address of this interface is not known here", "interface"
                    )
                )
            address = made.addresses[0] if made is not None and made.addresses else ""
            return replace(now, device_id=address, device_id_from=f"ipaddress {name}")
        if args.has("context"):
            return replace(now, device_id_from="context-name")
        return replace(now, device_id=self._host_name(), device_id_from="hostname")

    def _host_name(self) -> str:
        names = [
            line.args.text("name")
            for line in self._running.block.lines
            if line.kind == HOSTNAME.line.kind
        ]
        return names[-1] if names else NO_NAME

    def host(self, line: Line, now: Logging) -> Logging:
        """`logging host`."""
        args = line.args
        typed = args.text("port").lower() if args.has("port") else "udp"
        word, _, number = typed.partition("/")
        protocol = _PROTOCOLS.get(word, word)
        port = int(number) if number else _PORTS[protocol]
        if not 0 < port <= _PORT_MOST:
            raise line.mistake(f"a port is a number from 1 to {_PORT_MOST}", "port")
        if port < _PORT_LEAST and port != _PORTS[protocol]:
            self.warnings.append(
                line.mistake(f"the appliance takes ports from {_PORT_LEAST}", "port")
            )
        if args.has("secure") and protocol != "tcp":
            raise line.mistake("`secure` needs tcp", "secure", ("tcp/PORT",))
        if args.has("emblem") and protocol != "udp":
            raise line.mistake("`format emblem` needs udp", "emblem", ("udp/PORT",))
        host = LogHost(
            interface=args.text("interface"),
            address=self._address(line),
            protocol=protocol,
            port=port,
            emblem=args.has("emblem"),
            secure=args.has("secure"),
        )
        if self._interfaces and host.interface not in self._interfaces:
            self.warnings.append(
                line.mistake(f"no interface is named {host.interface}", "interface")
            )
        return replace(now, hosts=(*now.hosts, host))

    def server(self, line: Line, now: Logging) -> Logging:
        """`mailward logging host`."""
        self._servers[line.args.text("interface"), self._address(line)] = line
        return now

    def stop(self, _line: Line, now: Logging) -> Logging:
        """`mailward logging stop-on-failure`."""
        return replace(now, stop_on_failure=True)

    def _apply_servers(self) -> None:
        """What was said of servers, wherever it stood, to the servers."""
        used = {(host.interface, host.address) for host in self.logging.hosts}
        hosts = tuple(
            _as_asked(host, self._servers.get((host.interface, host.address)))
            for host in self.logging.hosts
        )
        self.logging = replace(self.logging, hosts=hosts)
        for where, line in self._servers.items():
            if where not in used:
                odd = "no logging host has this interface and address"
                self.warnings.append(line.mistake(odd, "interface"))

    def _address(self, line: Line) -> str:
        if line.args.has("address"):
            return line.args.text("address")
        wanted = line.args.text("address-name")
        for alias in self._running.definitions(ALIAS):
            if alias.args.text("name") == wanted:
                return alias.args.text("address")
        raise line.mistake(f"no name is called {wanted}", "address-name")

    def level(self, line: Line, now: Logging) -> Logging:
        """`logging trap` and its like."""
        args = line.args
        asked = args.text("list") if args.has("list") else _level(args)
        return replace(now, levels={**now.levels, args.words("where")[0]: asked})

    def listed(self, line: Line, now: Logging) -> Logging:
        """`logging list`."""
        args = line.args
        name = args.text("name")
        if args.has("messages"):
            low, _, high = args.text("messages").partition("-")
            if high and int(high) < int(low):
                raise line.mistake("the range ends before it begins", "messages")
            wanted = Wanted(low=int(low), high=int(high or low))
        else:
            group = args.words("class")[0] if args.has("class") else ""
            wanted = Wanted(_level(args), group)
        return replace(
            now, lists={**now.lists, name: (*now.lists.get(name, ()), wanted)}
        )

    def classed(self, line: Line, now: Logging) -> Logging:
        """`logging class`, at one place or several."""
        group = line.args.words("class")[0]
        found = {(group, where): level for where, level in _places(line.args)}
        return replace(now, classes={**now.classes, **found})

    def off(self, line: Line, now: Logging) -> Logging:
        """`no logging message`."""
        return replace(now, disabled=now.disabled | {line.args.number("message")})

    def message(self, line: Line, now: Logging) -> Logging:
        """`logging message N level L`."""
        number = line.args.number("message")
        return replace(now, changed={**now.changed, number: _level(line.args)})

    def rate(self, line: Line, now: Logging) -> Logging:
        """`logging rate-limit`; `unlimited` takes back what stood before."""
        args = line.args
        number = args.number("message") if args.has("message") else 0
        level = -1 if number else _level(args)
        others = tuple(
            r for r in now.rate_limits if (r.number, r.level) != (number, level)
        )
        if args.has("unlimited"):
            return replace(now, rate_limits=others)
        seconds = args.number("seconds") if args.has("seconds") else 1
        made = RateLimit(args.number("count"), seconds, number, level)
        return replace(now, rate_limits=(*others, made))


_LINES: Final[dict[str, Callable[[LogCompiler, Line, Logging], Logging]]] = {
    rows.ENABLE.line.kind: LogCompiler.enable,
    rows.TIMESTAMP.line.kind: LogCompiler.timestamp,
    rows.EMBLEM.line.kind: LogCompiler.emblem,
    rows.PERMIT.line.kind: LogCompiler.permit,
    rows.LEVEL.line.kind: LogCompiler.level,
    rows.LEVEL_KEPT.line.kind: LogCompiler.level,
    rows.BUFFER.line.kind: LogCompiler.buffer,
    rows.FACILITY.line.kind: LogCompiler.facility,
    rows.QUEUE.line.kind: LogCompiler.queue,
    rows.DEVICE_ID.line.kind: LogCompiler.device_id,
    rows.HOST.line.kind: LogCompiler.host,
    rows.LIST.line.kind: LogCompiler.listed,
    rows.CLASS.line.kind: LogCompiler.classed,
    rows.CLASSES_LINE.line.kind: LogCompiler.classed,
    rows.MESSAGE_LEVEL.line.kind: LogCompiler.message,
    rows.RATE.line.kind: LogCompiler.rate,
    logservers.SERVER.line.kind: LogCompiler.server,
    logservers.STOP.line.kind: LogCompiler.stop,
}


def _as_asked(host: LogHost, line: Line | None) -> LogHost:
    """A server with what `mailward logging host` says of it."""
    if line is None:
        return host
    args = line.args
    form = args.words("form")[0] if args.has("form") else ""
    return replace(
        host,
        form="" if form == "asa" else form,
        counted=args.has("frame") and args.words("frame")[0] == "octet-counted",
        name=args.text("server") if args.has("server") else "",
    )


def _level(args: Args) -> int:
    return LEVELS.index(args.words("level")[0])


def _places(args: Args) -> Iterator[tuple[str, int]]:
    """The places of a class, each with its level."""
    if args.has("where"):
        yield args.words("where")[0], _level(args)
        return
    for place in ("first", "second", "third"):
        if args.has(place):
            level = args.words(f"{place}-level")[0]
            yield args.words(place)[0], LEVELS.index(level)
