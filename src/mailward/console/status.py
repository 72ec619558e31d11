"""Status: records, hits, drops.

Knows: the commands, the appliance's layout of each answer (`reference section
7.2, 7.3`).
Does not know: who asks, over which line.
Called by: `console.session`.
"""

from collections.abc import Iterator
from typing import Final
from zlib import crc32

from mailward.audit.records import BY_NUMBER, TERMINATED, tag
from mailward.audit.rows import LEVEL_NAMES
from mailward.audit.totals import Totals
from mailward.config.objects.access import ACCESS_LIST, REMARK
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, Ref, Word

_WIDTH: Final = 80


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


STATUS: Final = (
    ShowRow(
        LineRow(
            "show-logging",
            EXEC,
            (SHOW, Word("logging", "Recent records")),
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
