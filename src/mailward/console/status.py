"""Status: records and drops.

Knows: the commands, the appliance's layout of each answer (`reference section
7.2, 7.3`).
Does not know: who asks, over which line.
Called by: `console.session`.
"""

from typing import Final

from mailward.audit.records import BY_NUMBER, TERMINATED, tag
from mailward.audit.rows import LEVEL_NAMES
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Word

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
