"""The demonstration: mails through a gateway of its own, and what became of them.

Knows: the order of the show, and that it must check itself.
Does not know: SMTP, the gateway's insides: it is run as anybody would run it.
Called by: cli (`mailward demo`).
"""

import tempfile
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Final, final

from rich.console import Console
from rich.table import Table

from mailward.console.control import ask
from mailward.demo.parts import Gateway, MailServer
from mailward.demo.trials import TRIALS, Link, Trial
from mailward.errors import MailwardError

#: As wide as a table is where the width of the screen is not known.
WIDTH: Final = 110

#: What the counters must say in the end.
COUNTERS: Final = (
    ("match body length gt 35000", "drop-connection log, packet 1"),
    ("match sender-address regex class BAD_SENDERS", "drop-connection, packet 1"),
)


@final
class Shown:
    """What became of one trial."""

    def __init__(self, trial: Trial, saw: str, got: int, trail: list[str]) -> None:
        self.trial = trial
        self.saw = saw
        self.got = got
        self.trail = trail
        self.wrong: list[str] = []


def main(trials: tuple[Trial, ...] = TRIALS) -> int:
    """Show it all; 0 if everything was as it must be, else 1."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    policy = files("mailward").joinpath("examples/email.cfg").read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="mailward-demo-") as folder:
        config = Path(folder) / "email.cfg"
        config.write_text(policy, encoding="utf-8")
        server = MailServer()
        gateway = Gateway(config, server.start())
        try:
            port = gateway.start()
            console.print(
                f"A mail server, and mailward in front of it on 127.0.0.1:{port}. "
                "The policy:\n"
            )
            console.print(_indented(policy), markup=False)
            shown = [_tried(trial, port, server, gateway) for trial in trials]
            _, counters = ask(gateway.control, "show service-policy inspect esmtp")
        except (MailwardError, OSError) as error:
            console.print(f"mailward: {error}", markup=False)
            return 1
        finally:
            gateway.stop()
            server.stop()
    return _told(console, shown, counters)


def _tried(trial: Trial, port: int, server: MailServer, gateway: Gateway) -> Shown:
    """Carry out one trial and compare it with what must come of it."""
    before = len(server.mailbox.contents)
    link = Link(port)
    saw = trial.play(link)
    link.close()
    trail = gateway.records_of(link.port)
    arrived = tuple(server.mailbox.contents[before:])
    shown = Shown(trial, saw, len(arrived), trail)
    if not saw.startswith(trial.sees):
        shown.wrong.append(f"the client ought to have seen: {trial.sees}")
    if arrived != trial.arrives:
        shown.wrong.append("something else arrived at the server")
    told = tuple(n for n in map(_number, trail) if n not in ("302013", "302014"))
    if told != trial.records:
        shown.wrong.append(f"records {told} instead of {trial.records}")
    return shown


def _told(console: Console, shown: list[Shown], counters: str) -> int:
    """The table, the audit trail, the counters; the exit code."""
    table = Table(title="What became of them", title_justify="left")
    for head in ("sent", "the client saw", "arrived", "why"):
        table.add_column(head, overflow="fold")
    for each in shown:
        table.add_row(
            each.trial.title,
            each.saw,
            "the mail" if each.got else "nothing",
            each.trial.why,
            style="red" if each.wrong else "",
        )
    console.print(table, markup=False)
    console.print("\nThe audit trail:\n")
    for each in shown:
        console.print(f"  {each.trial.title}", markup=False, style="bold")
        for line in each.trail:
            console.print(f"    {line}", markup=False, soft_wrap=True)
    console.print("\nmailward show service-policy inspect esmtp\n")
    console.print(_indented(counters), markup=False, soft_wrap=True)
    wrong = [f"{each.trial.title}: {w}" for each in shown for w in each.wrong]
    lines = [line.strip() for line in counters.splitlines()]
    pairs = set(pairwise(lines))
    wrong += [f"not counted: {match}" for match in COUNTERS if match not in pairs]
    for line in wrong:
        console.print(f"WRONG: {line}", markup=False)
    if not wrong:
        console.print(f"All {len(shown)} went as they must.")
    return 1 if wrong else 0


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _number(record: str) -> str:
    """`%ASA-6-302013: …` -> `302013`."""
    return record.partition(":")[0].rpartition("-")[2]
