"""Status: records and drops.

Knows: the commands, the appliance's layout of each answer (`reference section
7.2, 7.3`).
Does not know: who asks, over which line.
Called by: `console.session`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mailward.audit.delivery import UP, Delivery
from mailward.audit.records import BY_NUMBER, TERMINATED, tag
from mailward.audit.rows import LEVEL_NAMES
from mailward.audit.totals import Totals
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, Word
from mailward.policy.logs import (
    ASDM,
    BUFFERED,
    CONSOLE,
    HISTORY,
    MAIL,
    MONITOR,
    TRAP,
    Logging,
)

_WIDTH: Final = 80
#: What a server said, or a fault of ours, may stand in a record; Ansible takes
#: an answer that holds this for a failure.
_CHOKES: Final = re.compile(r"(?i)(error):")


def _logging(args: Args, gateway: Gateway) -> str:
    """What the configuration asks for, how much of it was done, and the last
    records; with `setting` without them."""
    totals = gateway.totals()
    out = list(_settings(gateway.loaded.logging, gateway, totals))
    if totals.lost:
        out.append(f"    Lost: {totals.lost} messages could not be written")
    if not args.has("setting"):
        out += [_CHOKES.sub(r"\1 :", line) for _, line in totals.recent]
    return "".join(f"{line}\n" for line in out)


def _settings(logging: Logging, gateway: Gateway, totals: Totals) -> Iterator[str]:
    """The head, in the appliance's order."""
    yield f"Syslog logging: {_on(logging.enabled)}"
    yield f"    Facility: {logging.facility}"
    yield f"    Timestamp logging: {_on(logging.timestamp)}"
    yield "    Hide Username logging: disabled"
    yield "    Standby logging: disabled"
    yield "    Debug-trace logging: disabled"
    for name, destination in (("Console", CONSOLE), ("Monitor", MONITOR)):
        yield f"    {name} logging: {_level(logging, destination, totals)}"
    # The buffer is kept whether the configuration speaks of it or not.
    level = gateway.auditor.level if gateway.auditor is not None else 6
    yield f"    Buffer logging: {_level(logging, BUFFERED, totals, level)}"
    facility = f"facility {logging.facility}, "
    delivery = gateway.delivery()
    if TRAP not in totals.written:
        sent = max(
            (s.sent + s.dropped + s.waiting for s in delivery.servers), default=0
        )
        totals = replace(totals, written={**totals.written, TRAP: sent})
    yield f"    Trap logging: {_level(logging, TRAP, totals, said=facility)}"
    yield from _servers(delivery)
    yield f"    Permit-hostdown logging: {_on(logging.permit_hostdown)}"
    if delivery.refusing:
        yield "    New connections are refused: every TCP log server is down"
    yield f"    History logging: {_level(logging, HISTORY, totals)}"
    device = f"{_on(logging.device_id)}"
    if logging.device_id:
        device = f'{logging.device_id_from} "{logging.device_id}"'
    yield f"    Device ID: {device}"
    yield f"    Mail logging: {_level(logging, MAIL, totals)}"
    yield f"    ASDM logging: {_level(logging, ASDM, totals)}"


def _servers(delivery: Delivery) -> Iterator[str]:
    """What became of the records for each, and for all that are streams."""
    for one in delivery.servers:
        where = f"        Logging to {one.interface} {one.address}"
        counts = f"TX:{one.sent} errors: {one.errors}  dropped: {one.dropped}"
        if one.protocol == "udp":
            yield f"{where}, UDP {counts}"
            continue
        secure = " SECURE" if one.secure else ""
        state = one.state if one.state == UP else f"{one.state}, {one.trouble}"
        yield f"{where} tcp/{one.port}{secure} {state.rstrip(', ')}, TCP {counts}"
    if delivery.servers:
        yield "    Global TCP syslog stats::"
        counted = [f"{name}: {n}" for name, n in delivery.streams().items()]
        for at in range(0, len(counted), 2):
            yield f"        {', '.join(counted[at : at + 2])}"


def _on(what: object) -> str:
    return "enabled" if what else "disabled"


def _level(
    logging: Logging, destination: str, totals: Totals, level: int = -1, said: str = ""
) -> str:
    """`level warnings, 10003 messages logged`, or `disabled`; `level` is what
    holds where the configuration says nothing."""
    asked = logging.levels.get(destination, level) if logging.enabled else level
    if asked == -1:
        return "disabled"
    name = f"level {LEVEL_NAMES[asked]}" if isinstance(asked, int) else f"list {asked}"
    return f"{name}, {said}{totals.written.get(destination, 0)} messages logged"


def _logging_data(_args: Args, gateway: Gateway) -> Data:
    totals = gateway.totals()
    return {
        "written": dict(totals.written),
        "lost": totals.lost,
        "servers": [
            {
                "address": one.address,
                "port": one.port,
                "protocol": one.protocol,
                "state": one.state,
                "sent": one.sent,
                "dropped": one.dropped,
                "waiting": one.waiting,
                "trouble": one.trouble,
            }
            for one in gateway.delivery().servers
        ],
        "records": [
            {"time": f"{when:.3f}", "line": line} for when, line in totals.recent
        ],
    }


def _clear_logging(_args: Args, gateway: Gateway) -> str:
    gateway.clear("logging", "")
    return ""


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
            (
                SHOW,
                Word("logging", "Recent records"),
                Maybe((Word("setting", "Without the records", name="setting"),)),
            ),
            "Where records go, how many went there, and the last 512 of them.",
            key=NEVER,
        ),
        _logging,
        _logging_data,
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
