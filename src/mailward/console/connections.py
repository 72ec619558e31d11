"""Connections: those that stand, and how they are ended.

Knows: the commands, the appliance's layouts (`reference section 7.2`).
Does not know: who asks, which process holds a connection.
Called by: `console.session`.
"""

from collections.abc import Callable
from typing import Final

from mailward.audit.totals import Connection, Totals
from mailward.audit.words import clock
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.drivers.totals import CONNECTIONS as CLEARED
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Address, Args, Maybe, Number, OneOf, Word

_FLAGS: Final = (
    "Flags: B - initial SYN from outside, F - one side has closed, I - inbound data,",
    "       M - SMTP data, O - outbound data, U - up",
)


def _conn(args: Args, gateway: Gateway) -> str:
    totals = gateway.totals()
    chosen = _chosen(args, totals)
    most = max(totals.most, len(totals.connections))
    out = [f"{len(totals.connections)} in use, {most} most used"]
    if args.has("count"):
        chosen = []
    layout = _short
    if args.has("detail"):
        layout = _detail
        out += _FLAGS
    elif args.has("long"):
        layout = _long
        out += _FLAGS
    for one in chosen:
        out += layout(one)
    return "".join(f"{line}\n" for line in out)


def _short(one: Connection) -> list[str]:
    first, second = _sides(one, "{} {}:{}")
    idle = clock(int(one.idle))
    return [
        f"TCP {first} {second}, idle {idle}, bytes {one.octets}, flags {_flags(one)}"
    ]


def _detail(one: Connection) -> list[str]:
    first, second = _sides(one, "{}: {}/{}")
    return [f"TCP {first} {second},", f"    flags {_flags(one)}, {_times(one)}"]


def _long(one: Connection) -> list[str]:
    first, second = _sides(one, "{0}: {1}/{2} ({1}/{2})")
    return [
        f"TCP {first} {second}, flags {_flags(one)} , {_times(one)}",
        f"  Initiator: {one.client_address}, Responder: {one.server_address}",
    ]


def _times(one: Connection) -> str:
    idle, age = _span(one.idle), _span(one.age)
    return f"idle {idle}, uptime {age}, bytes {one.octets}"


def _sides(one: Connection, layout: str) -> tuple[str, str]:
    """The less trusted side first, as the appliance has it."""
    say: Callable[..., str] = layout.format
    client = say(one.client_interface, one.client_address, one.client_port)
    server = say(one.server_interface, one.server_address, one.server_port)
    return (client, server) if one.inbound else (server, client)


def _span(seconds: float) -> str:
    """`3s`, `1m5s`, `2h0m`, `1D4h`: two units at most."""
    whole = int(seconds)
    for unit, size, lesser, step in (
        ("D", 86400, "h", 3600),
        ("h", 3600, "m", 60),
        ("m", 60, "s", 1),
    ):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // step}{lesser}"
    return f"{whole}s"


def _flags(one: Connection) -> str:
    """Up, data both ways, from outside, half closed, SMTP inspected."""
    return (
        f"UIO{'B' if one.inbound else ''}{'F' if one.half_closed else ''}"
        f"{'M' if one.inspected else ''}"
    )


def _conn_data(args: Args, gateway: Gateway) -> Data:
    return [
        {
            "number": one.number,
            "client": f"{one.client_address}:{one.client_port}",
            "client-interface": one.client_interface,
            "server": f"{one.server_address}:{one.server_port}",
            "server-interface": one.server_interface,
            "idle": clock(int(one.idle)),
            "uptime": clock(int(one.age)),
            "bytes": one.octets,
            "flags": _flags(one),
            "inspect": one.map_name,
        }
        for one in _chosen(args, gateway.totals())
    ]


def _chosen(args: Args, totals: Totals) -> list[Connection]:
    """Those of the address and the port that were named, the oldest first."""
    address = args.text("address") if args.has("address") else ""
    port = args.number("port") if args.has("port") else -1
    return sorted(
        (
            one
            for one in totals.connections
            if address in ("", one.client_address, one.server_address)
            if port in (-1, one.client_port, one.server_port)
        ),
        key=lambda one: (one.worker, one.number),
    )


def _clear(args: Args, gateway: Gateway) -> str:
    chosen = _chosen(args, gateway.totals())
    gateway.clear(CLEARED, args.text("address") if args.has("address") else "")
    return f"{len(chosen)} connection(s) deleted.\n"


_ADDRESS: Final = Maybe(
    (Word("address", "Of one address"), Address("address", "Client or server"))
)
_PORT: Final = Maybe(
    (Word("port", "Of one port"), Number("port", 0, 65535, "Client's or server's"))
)

CONNECTIONS: Final = (
    ShowRow(
        LineRow(
            "show-conn",
            EXEC,
            (
                SHOW,
                Word("conn", "Connections"),
                Maybe(
                    (
                        OneOf(
                            (
                                (Word("count", "How many", name="count"),),
                                (Word("detail", "In two lines", name="detail"),),
                                (Word("long", "With real addresses", name="long"),),
                            )
                        ),
                    )
                ),
                _ADDRESS,
                _PORT,
            ),
            "The live connections, the less trusted side first. Flags: `U` up, `I` "
            "and `O` data in and out, `B` opened from the less trusted side, `F` one "
            "side has closed, `M` SMTP that is inspected.",
            key=NEVER,
        ),
        _conn,
        _conn_data,
    ),
    ShowRow(
        LineRow(
            "clear-conn",
            EXEC,
            (
                CLEAR,
                Word("conn", "Connections"),
                OneOf(
                    (
                        (Word("all", "All of them", name="all"),),
                        (
                            Word("address", "Of one address"),
                            Address("address", "Client or server"),
                        ),
                    )
                ),
            ),
            "Ends connections by a reset on both sides.",
            key=NEVER,
        ),
        _clear,
        quiet=False,
    ),
)
