"""Stories: what was heard of a session, live or just over.

Knows: the commands, the layout of the list.
Does not know: how a story is found out, where it was heard.
Called by: `console.session`.
"""

from typing import Any, Final

from mailward.console.gateway import Gateway
from mailward.console.rows import EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Number, Word

_MAILWARD: Final = Word("mailward", "What the appliance has not")
_UNKNOWN: Final = "Nothing is known of session {number}: see show mailward sessions\n"


def _sessions(_args: Args, gateway: Gateway) -> str:
    sessions = _known(gateway)
    out = [f"{len(sessions)} sessions can be told"]
    if sessions:
        out.append(f"{'number':>10}  {'verdict':7}  {'':5}  client -> server")
    for one in sessions:
        alive = "alive" if one["alive"] else ""
        head = f"{one['number']:>10}  {one['verdict']:7}  {alive:5}"
        out.append(f"{head}  {one['client']} -> {one['server']}")
    return "".join(f"{line}\n" for line in out)


def _sessions_data(_args: Args, gateway: Gateway) -> Data:
    return _known(gateway)


def _known(gateway: Gateway) -> list[Any]:
    return sorted(gateway.story(0).get("sessions", ()), key=lambda one: one["number"])


def _session(args: Args, gateway: Gateway) -> str:
    number = args.number("number")
    told = gateway.story(number)
    if not told:
        return _UNKNOWN.format(number=number)
    # Tools that read consoles take ASCII for granted.
    return "".join(f"{line}\n" for line in told["lines"]).replace("\u2014", "-")


def _session_data(args: Args, gateway: Gateway) -> Data:
    told = gateway.story(args.number("number"))
    return {name: told[name] for name in ("head", "steps", "end") if told}


STORIES: Final = (
    ShowRow(
        LineRow(
            "show-mailward-sessions",
            EXEC,
            (SHOW, _MAILWARD, Word("sessions", "Which sessions can be told")),
            "The last sessions and the live ones, by the number that records and "
            "`show conn | json` give them. How many are kept: `mailward sessions`.",
            key=NEVER,
        ),
        _sessions,
        _sessions_data,
    ),
    ShowRow(
        LineRow(
            "show-mailward-session",
            EXEC,
            (
                SHOW,
                _MAILWARD,
                Word("session", "What was heard of a session"),
                Number("number", 1, (1 << 63) - 1, "Number of the connection"),
            ),
            "One session, line by line: what was forwarded, which rule looked at it, "
            "what it saw, which records followed; as `mailward trace` tells a "
            "dialogue. Messages and secrets are told by their length.",
            key=NEVER,
        ),
        _session,
        _session_data,
    ),
)
