"""The commands `network up`, `network down` and `network show`.

Knows: options, exit codes, what is printed.
Does not know: rules, routes.
Called by: the command line.
"""

import re
import sys
from collections import Counter
from types import ModuleType
from typing import Annotated, Final

import typer

from mailward.cli.files import fail, loaded_or_exit, notice

network = typer.Typer(
    help="What `run --transparent` needs of the kernel: rules and routes.",
    no_args_is_help=True,
)

Config = Annotated[
    str,
    typer.Argument(
        help="A configuration of the appliance's.",
        metavar="CONFIG",
        show_default=False,
    ),
]
Printed = Annotated[bool, typer.Option("--print", help="Print it, and change nothing.")]

#: The counters of our rules, as `nft list` prints them.
_DIVERTED: Final = re.compile(
    r" tproxy .* counter packets (\d+) bytes \d+ accept comment \"(.*)\""
)
_DROPPED: Final = re.compile(r"^\t\tcounter packets (\d+) bytes \d+ drop", re.MULTILINE)


@network.command()
def up(config: Config, printed: Printed = False) -> None:
    """Divert what CONFIG inspects to the relay; repeat it after a change.

    The rules are replaced in one transaction.  Whatever is wrong, nothing is
    changed.  Needs root.
    """
    from mailward.cli.entrances import network_plan
    from mailward.network.plan import NetworkError

    try:
        plan = network_plan(loaded_or_exit(config))
    except NetworkError as error:
        fail(str(error))
    if printed:
        from mailward.network.nft import rules

        print(rules(plan), end="")
        print(_routes().commands(), end="")
        return
    _routes()
    from mailward.network import kernel

    try:
        kernel.up(plan)
    except NetworkError as error:
        fail(str(error))
    for ingress in plan.ingresses:
        if ingress.taken:
            ways = ", ".join(device for device, _ in ingress.taken)
            notice(f"{ingress.name}: {ingress.device} to {ways}, port {ingress.port}")
    if not any(ingress.taken for ingress in plan.ingresses):
        notice("no policy inspects anything between these interfaces")


@network.command()
def down(config: Config = "", printed: Printed = False) -> None:
    """Take the rules and routes away; CONFIG is not read.  Needs root."""
    del config
    if printed:
        from mailward.network.nft import removal

        print(removal(), end="")
        print(_routes().removals(), end="")
        return
    from mailward.network.plan import NetworkError

    _routes()
    from mailward.network import kernel

    try:
        kernel.down()
    except NetworkError as error:
        fail(str(error))


@network.command()
def show(printed: Printed = False) -> None:
    """What is in force, and how much was diverted; `--print`: every rule.

    Exit code 1 if nothing is in force.  Needs root.
    """
    from mailward.network.plan import NetworkError

    routes = _routes()
    from mailward.network import kernel

    try:
        table, standing = kernel.table(), routes.standing()
    except NetworkError as error:
        fail(str(error))
    if printed:
        print(table, end="")
    else:
        _tell(table)
    for line in standing:
        print(line)
    if not table and not standing:
        notice("nothing is in force")
        sys.exit(1)


def _tell(table: str) -> None:
    """The counters of the rules, by interface."""
    diverted: Counter[str] = Counter()
    for count, name in _DIVERTED.findall(table):
        diverted[name] += int(count)
    for name, connections in diverted.items():
        print(f"from {name}: {connections} connections diverted")
    lost = sum(map(int, _DROPPED.findall(table)))
    if diverted:
        print(f"of no connection of the relay's: {lost} packets dropped")


def _routes() -> ModuleType:
    """The routes, and with them the library that they need."""
    try:
        from mailward.network import routes
    except ImportError:
        fail("this needs the extra `tproxy`: pip install 'mailward[tproxy]'")
    return routes
