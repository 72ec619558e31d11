"""Status: connections, records, hits, drops, and what this program is.

Knows: the commands, the appliance's layout of each answer (`reference section
7.2, 7.3`).
Does not know: who asks, over which line.
Called by: `console.session`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

from mailward.audit.records import BY_NUMBER, TERMINATED, tag
from mailward.audit.rows import LEVEL_NAMES
from mailward.audit.totals import Connection, Totals
from mailward.audit.words import clock
from mailward.config.objects.access import ACCESS_LIST, REMARK
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, Ref, Token, Word

_WIDTH: Final = 80


def _conn(_args: Args, gateway: Gateway) -> str:
    totals = gateway.totals()
    connections = _ordered(totals)
    most = max(totals.most, len(connections))
    out = [f"{len(connections)} in use, {most} most used"]
    for one in connections:
        client = f"{one.client_interface} {one.client_address}:{one.client_port}"
        server = f"{one.server_interface} {one.server_address}:{one.server_port}"
        first, second = (client, server) if one.inbound else (server, client)
        out.append(
            f"TCP {first} {second}, idle {clock(int(one.idle))}, "
            f"bytes {one.octets}, flags {_flags(one)}"
        )
    return "".join(f"{line}\n" for line in out)


def _conn_data(_args: Args, gateway: Gateway) -> Data:
    return [
        {
            "number": one.number,
            "client": f"{one.client_address}:{one.client_port}",
            "server": f"{one.server_address}:{one.server_port}",
            "idle": clock(int(one.idle)),
            "bytes": one.octets,
            "flags": _flags(one),
        }
        for one in _ordered(gateway.totals())
    ]


def _ordered(totals: Totals) -> list[Connection]:
    return sorted(totals.connections, key=lambda one: (one.worker, one.number))


def _flags(one: Connection) -> str:
    """Up, data both ways, from outside, SMTP inspected."""
    return f"UIO{'B' if one.inbound else ''}{'M' if one.inspected else ''}"


def _logging(_args: Args, gateway: Gateway) -> str:
    level = gateway.auditor.level if gateway.auditor is not None else 6
    totals = gateway.totals()
    head = (
        "Syslog logging: enabled\n"
        "    Facility: 20\n"
        "    Timestamp logging: disabled\n"
        "    Hide Username logging: disabled\n"
        "    Standby logging: disabled\n"
        "    Debug-trace logging: disabled\n"
        "    Console logging: disabled\n"
        "    Monitor logging: disabled\n"
        f"    Buffer logging: level {LEVEL_NAMES[level]}, "
        f"{totals.written.get('buffered', 0)} messages logged\n"
        "    Trap logging: disabled\n"
        "    Permit-hostdown logging: disabled\n"
        "    History logging: disabled\n"
        "    Device ID: disabled\n"
        "    Mail logging: disabled\n"
        "    ASDM logging: disabled\n"
    )
    return head + "".join(f"{line}\n" for _, line in totals.recent)


def _clear_logging(_args: Args, gateway: Gateway) -> str:
    gateway.clear("logging", "")
    return ""


def _access_list(args: Args, gateway: Gateway) -> str:
    """The lines of each list, with the hits of those that select mail."""
    totals = gateway.totals()
    lists: dict[str, list[tuple[str, bool]]] = {}
    for line in gateway.loaded.running.definitions(ACCESS_LIST):
        name = line.args.text("name")
        lists.setdefault(name, []).append((line.text, line.row is REMARK))
    wanted = args.text("access-list") if args.has("access-list") else ""
    out: list[str] = []
    for name, lines in lists.items():
        if wanted in ("", name):
            out += _listed(name, lines, totals)
    return "".join(f"{line}\n" for line in out)


def _listed(name: str, lines: list[tuple[str, bool]], totals: Totals) -> Iterator[str]:
    entries = [text for text, remark in lines if not remark]
    hits = totals.hits(name, len(entries))
    yield f"access-list {name}; {len(entries)} elements; name hash: {_hash(name)}"
    place = 0
    for number, (text, remark) in enumerate(lines, 1):
        shown = text.replace(f" {name} ", f" {name} line {number} ", 1).rstrip()
        if remark:
            yield shown
            continue
        yield f"{shown} (hitcnt={hits[place]}) {_hash(text)} "
        place += 1


def _clear_access_list(_args: Args, gateway: Gateway) -> str:
    gateway.clear("access-list", "")
    return ""


def _hash(text: str) -> str:
    return f"0x{crc32(text.encode()):08x}"


def _asp_drop(_args: Args, gateway: Gateway) -> str:
    """What inspection ended counts as a flow that was dropped."""
    ended = gateway.totals().records.get(TERMINATED, 0)
    what = "  Inspection failure (inspect-fail)"
    row = f"{what}{ended:>{_WIDTH - len(what)}}\n" if ended else ""
    return (
        "\nFrame drop:\n\nLast clearing: Never\n\n"
        f"Flow drop:\n{row}\nLast clearing: Never\n"
    )


def _records(_args: Args, gateway: Gateway) -> str:
    """How often each record arose since the start, written or not."""
    counts = gateway.totals().records
    return "".join(
        f"%{tag(number)}-{BY_NUMBER[number].severity}-{number} {count:>12}  "
        f"{BY_NUMBER[number].action}\n"
        for number, count in sorted(counts.items())
    )


def _records_data(_args: Args, gateway: Gateway) -> Data:
    counts = gateway.totals().records
    return {str(number): count for number, count in sorted(counts.items())}


def _clock(_args: Args, gateway: Gateway) -> str:
    now = datetime.fromtimestamp(gateway.clock(), UTC)
    day = f"{now:%a %b} {now.day} {now.year}"
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {day}\n"


def _version(_args: Args, gateway: Gateway) -> str:
    """Our own name first; then what tools look for that speak to the
    appliance, which says of itself what it is."""
    started = datetime.fromtimestamp(gateway.started, UTC)
    up = max(0, int(gateway.clock() - gateway.started))
    days, hours, minutes = up // 86400, up // 3600 % 24, up // 60 % 60
    lasted = f"{days} days {hours} hours" if days else f"{hours} hours {minutes} mins"
    return (
        f"mailward Version {gateway.version}\n"
        "ESMTP inspection in the manner of the Cisco Adaptive Security Appliance\n"
        f"started {started:%Y-%m-%d %H:%M:%S} UTC\n\n"
        f"{gateway.host} up {lasted}\n\n"
        "Hardware:   none, a program\n"
        "Serial Number: none\n"
    )


def _show(word: str, tells: str) -> tuple[Token, ...]:
    return (SHOW, Word(word, tells))


STATUS: Final = (
    ShowRow(
        LineRow(
            "show-version",
            EXEC,
            _show("version", "Name, version, time of start"),
            "Name and version of this program, and since when it runs.",
            key=NEVER,
        ),
        _version,
        open=True,
    ),
    ShowRow(
        LineRow(
            "show-clock",
            EXEC,
            _show("clock", "What time it is"),
            "The time, UTC.",
            key=NEVER,
        ),
        _clock,
        open=True,
    ),
    ShowRow(
        LineRow(
            "show-conn",
            EXEC,
            _show("conn", "Connections"),
            "The live connections, the less trusted side first. Flags: `U` up, `I` "
            "and `O` data in and out, `B` opened from the less trusted side, `M` "
            "SMTP that is inspected.",
            key=NEVER,
        ),
        _conn,
        _conn_data,
    ),
    ShowRow(
        LineRow(
            "show-logging",
            EXEC,
            _show("logging", "Recent records"),
            "How records are kept, and the last 512 of them.",
            key=NEVER,
        ),
        _logging,
    ),
    ShowRow(
        LineRow(
            "clear-logging",
            EXEC,
            (CLEAR, Word("logging", "Recent records"), Word("buffer", "All of them")),
            "Forgets the records that `show logging` shows.",
            key=NEVER,
        ),
        _clear_logging,
        quiet=False,
    ),
    ShowRow(
        LineRow(
            "show-access-list",
            EXEC,
            (
                SHOW,
                Word("access-list", "Access lists and their hits"),
                Maybe((Ref("access-list", ACCESS_LIST, "Name of an access list"),)),
            ),
            "The entries of each list, with the hits of lists that select mail.",
            key=NEVER,
        ),
        _access_list,
    ),
    ShowRow(
        LineRow(
            "clear-access-list",
            EXEC,
            (
                CLEAR,
                Word("access-list", "Access lists"),
                Word("counters", "Their hits"),
            ),
            "Sets the hits of every access list to nought.",
            key=NEVER,
        ),
        _clear_access_list,
        quiet=False,
    ),
    ShowRow(
        LineRow(
            "show-asp-drop",
            EXEC,
            (SHOW, Word("asp", "What was dropped"), Word("drop", "By its reason")),
            "Connections that inspection has ended count under `inspect-fail`.",
            key=NEVER,
        ),
        _asp_drop,
    ),
    ShowRow(
        LineRow(
            "show-mailward-records",
            EXEC,
            (
                SHOW,
                Word("mailward", "What the appliance has not"),
                Word("records", "How often each record arose"),
            ),
            "How often each record arose since the start, also those below the level "
            "that is written. Of mailward's own.",
            key=NEVER,
        ),
        _records,
        _records_data,
    ),
)
