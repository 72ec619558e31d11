"""The command line: run, check, show, console, network, demo.

Knows: options and exit codes.
Does not know: how anything of it is done.
Called by: the command `mailward`, `python -m mailward`.

Heavy imports stand inside the commands, so that `mailward show` starts at once.
Exit codes: 0 done; 1 the configuration has errors, or what was asked for could
not be had; 2 wrong usage; 130 interrupted.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailward.cli import explain, inspect, options
from mailward.cli.files import (
    fail,
    loaded_or_exit,
    read_config,
    tell,
    warn,
)
from mailward.cli.network import network
from mailward.cli.options import default_control, default_state
from mailward.errors import MailwardError

app = typer.Typer(
    name="mailward",
    help="Cisco ASA's ESMTP inspection as open software.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
explain.add(app)
inspect.add(app)
app.add_typer(network, name="network")

Control = Annotated[
    str, typer.Option(help="The control socket.", metavar="PATH", show_default=False)
]


def main() -> None:
    """The command `mailward`."""
    # numpy's library for matrices, which nobody here has, would start a thread for
    # each core in each worker.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app()


@app.command()
def run(
    config: Annotated[
        str,
        typer.Argument(
            help="A configuration of the appliance's; without one the factory default.",
            metavar="CONFIG",
            show_default=False,
        ),
    ] = "",
    listen: Annotated[
        list[str] | None,
        typer.Option(
            help="Where clients connect; by default where the configuration's static "
            "NAT publishes a mail server.",
            metavar="HOST:PORT",
            show_default=False,
        ),
    ] = None,
    upstream: Annotated[
        str,
        typer.Option(help="The mail server.", metavar="HOST:PORT", show_default=False),
    ] = "",
    transparent: Annotated[
        bool,
        typer.Option(
            "--transparent",
            help="Take what `mailward network up` diverts, unseen by both sides.",
        ),
    ] = False,
    service: Annotated[
        str,
        typer.Option(
            help="The destination that policies see: by default the upstream's "
            "address, port 25.",
            metavar="HOST:PORT",
            show_default=False,
        ),
    ] = "",
    client_interface: Annotated[
        str, typer.Option("--from", help="The clients' interface.", metavar="NAMEIF")
    ] = "outside",
    server_interface: Annotated[
        str, typer.Option("--to", help="The server's interface.", metavar="NAMEIF")
    ] = "inside",
    proxy_protocol: Annotated[
        bool,
        typer.Option(
            "--proxy-protocol", help="A balancer says who clients are (PROXY v1, v2)."
        ),
    ] = False,
    send_proxy: Annotated[
        str,
        typer.Option(
            help="Tell the mail server who clients are: v1 or v2.",
            metavar="VERSION",
            show_default=False,
        ),
    ] = "",
    xclient: Annotated[
        bool,
        typer.Option("--xclient", help="Tell a Postfix who clients are (XCLIENT)."),
    ] = False,
    control: Control = "",
    log: Annotated[
        str, typer.Option(help="Where records go; `-`: standard output.")
    ] = "-",
    log_size: Annotated[
        str,
        typer.Option(
            help="Octets of a log file (`10M`), then it is put aside; 0: any number.",
            metavar="SIZE",
        ),
    ] = "0",
    log_keep: Annotated[
        int, typer.Option(help="How many files put aside are kept.", min=1)
    ] = 9,
    log_format: Annotated[str, typer.Option(help="asa or json.")] = "asa",
    log_level: Annotated[
        str, typer.Option(help="The least severe level that is written.")
    ] = "informational",
    log_ca: Annotated[
        str,
        typer.Option(
            help="Certificates that log servers may have (`logging host … secure`); "
            "by default the system's.",
            metavar="FILE",
            show_default=False,
        ),
    ] = "",
    idle: Annotated[
        float,
        typer.Option(
            help="Seconds of silence that end a connection; else `timeout conn`.",
            min=0.001,
        ),
    ] = 3600.0,
    ssh: Annotated[
        str,
        typer.Option(
            help="Where administrators connect.",
            metavar="HOST:PORT",
            show_default=False,
        ),
    ] = "",
    metrics: Annotated[
        str,
        typer.Option(
            help="Where /livez, /readyz and /metrics answer.",
            metavar="HOST:PORT",
            show_default=False,
        ),
    ] = "",
    user: Annotated[
        str,
        typer.Option(
            help="Become this user once the sockets are open.",
            metavar="NAME",
            show_default=False,
        ),
    ] = "",
    workers: Annotated[
        str,
        typer.Option(
            help="Processes that inspect; 0 or auto: one a core.", metavar="N"
        ),
    ] = "1",
    drain: Annotated[
        float, typer.Option(help="Seconds that SIGTERM leaves to connections.", min=0)
    ] = 60.0,
) -> None:
    """Inspect the mail that goes through.

    SIGHUP reads CONFIG again, for new connections; SIGUSR1 opens the log file again;
    SIGUSR2 has the program on disk take over (`mailward upgrade`); SIGTERM accepts
    no more and waits for the live ones, a second SIGTERM ends at once.
    """
    import asyncio
    import contextlib

    import uvloop

    from mailward.cli.entrances import Asked, agree, entrances_or_exit, version
    from mailward.cli.gateway import stand
    from mailward.cli.plan import Plan
    from mailward.cli.succession import inherited
    from mailward.drivers.times import Times
    from mailward.fleet.sockets import legacy
    from mailward.fleet.trail import Pen

    level = options.level(log_level)
    if log_format not in ("asa", "json"):
        raise typer.BadParameter(f"'{log_format}' is neither asa nor json")
    announced = version(send_proxy)
    agree(
        listens=bool(listen),
        upstream=bool(upstream),
        transparent=transparent,
        proxied=proxy_protocol,
        configured=bool(config),
    )
    listens = [options.place(text) for text in listen or ()]
    server = options.place(upstream) if upstream else None
    seen = options.place(service) if service else None
    left = legacy(os.environ)
    loaded = loaded_or_exit(config, inherited(left) if left is not None else None)
    asked = Asked(
        listens=tuple(options.resolved(where) for where in listens),
        upstream=options.resolved(server) if server else None,
        service=options.resolved(seen) if seen else None,
        client_interface=client_interface,
        server_interface=server_interface,
        transparent=transparent,
        proxied=proxy_protocol,
        announced=announced,
        xclient=xclient,
    )
    plan = Plan(
        config=config,
        asked=asked,
        entrances=entrances_or_exit(asked, loaded),
        client_interface=client_interface,
        server_interface=server_interface,
        times=Times(idle=idle),
        drain=drain,
        control=left.control if left else control or default_control(make=True),
        pen=Pen(
            log,
            options.size(log_size),
            log_keep,
            log_format == "json",
            level,
            log_ca,
        ),
        ssh=options.resolved(options.place(ssh)) if ssh else None,
        state=left.state if left else default_state(),
        workers=options.workers(workers),
        metrics=options.resolved(options.place(metrics)) if metrics else None,
        user=user,
    )
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    try:
        code = runner.run(stand(plan, loaded, left))
    finally:
        # libuv may be letting go of a handle still: no matter, we are leaving.
        with contextlib.suppress(OSError):
            runner.close()
    sys.exit(code)


@app.command()
def check(
    config: Annotated[
        str,
        typer.Argument(help="A configuration of the appliance's.", metavar="CONFIG"),
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings are errors.")
    ] = False,
) -> None:
    """Load a configuration; say what it means and what is not honoured."""
    from mailward.cli.document import document, mistakes
    from mailward.cli.report import sentences

    try:
        loaded = read_config(config)
    except (OSError, MailwardError) as error:
        if json:
            print(document(mistakes(error), None))
        tell(config, error)
        sys.exit(1)
    if json:
        print(document((), loaded))
    else:
        print("\n".join(sentences(config, loaded)))
    warn(config, loaded)
    sys.exit(1 if strict and loaded.warnings else 0)


@app.command()
def show(words: list[str], control: Control = "") -> None:
    """Any show command, on the running gateway (`show service-policy`)."""
    from mailward.console.control import ControlError, ask

    path = control or default_control()
    try:
        status, text = ask(path, " ".join(["show", *words]))
    except ControlError as error:
        fail(str(error))
    print(text, end="")
    sys.exit(status)


@app.command()
def console(control: Control = "") -> None:
    """The appliance's console, on the running gateway."""
    from mailward.console.control import ControlError
    from mailward.console.link import Link

    try:
        from mailward.console.local import talk
    except ImportError:
        fail("the console needs the extra `console`: pip install 'mailward[console]'")
    history: Path | None = Path(default_state()) / "history"
    try:
        Path(default_state()).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        history = None
    try:
        link = Link(control or default_control())
        try:
            talk(link, history)
        finally:
            link.close()
    except ControlError as error:
        fail(str(error))


@app.command()
def upgrade(control: Control = "") -> None:
    """Have the program on disk take over from the running one.

    Waits for the outcome.  No connection is refused, those that stand are ended by
    the old program; the running configuration is taken along.
    """
    from mailward.console.control import UPGRADE, ControlError, ask

    try:
        status, text = ask(control or default_control(), UPGRADE, 180.0)
    except ControlError as error:
        fail(str(error))
    print(text, end="")
    sys.exit(status)


@app.command()
def demo() -> None:
    """Good and bad mails through a gateway of its own, and what became of them."""
    from mailward.demo import main as shown

    sys.exit(shown())
