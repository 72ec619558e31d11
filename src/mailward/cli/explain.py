"""The commands that explain: trace, replay.

Knows: their options as they are typed.
Does not know: how anything of it is done.
Called by: `mailward.cli`.
"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailward.cli.captured import Between

#: What `--from`, `--to` and `--service` mean wherever a dialogue has no addresses.
From = Annotated[
    str, typer.Option("--from", help="The clients' interface.", metavar="NAMEIF")
]
To = Annotated[
    str, typer.Option("--to", help="The server's interface.", metavar="NAMEIF")
]
Service = Annotated[
    str,
    typer.Option(
        help="The destination that policies see: by default 10.1.1.5:25; for captures "
        "their own, of this only the port counts.",
        metavar="HOST:PORT",
        show_default=False,
    ),
]


Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Config = Annotated[
    str,
    typer.Option(
        help="A configuration of the appliance's.", metavar="CONFIG", show_default=False
    ),
]


def trace(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="A dialogue (`-`: standard input) or captures; before it a "
            "configuration, without which that in front of the dialogue or the factory "
            "default applies.",
            metavar="[CONFIG] DIALOGUE|CAPTURE...",
            show_default=False,
        ),
    ] = None,
    session: Annotated[
        int | None,
        typer.Option(
            help="Which session of the captures: the number of its first packet, as "
            "`inspect` and `replay` tell it.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    live: Annotated[
        int | None,
        typer.Option(
            help="A session of the running gateway: its connection number.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    control: Annotated[
        str,
        typer.Option(help="The control socket.", metavar="PATH", show_default=False),
    ] = "",
    client_interface: From = "outside",
    server_interface: To = "inside",
    service: Service = "",
) -> None:
    """Which rule saw what, line by line, and why a mail was stopped.

    A dialogue is a file with lines `C: ...` and `S: ...`, or a transcript of swaks
    or telnet. Exit code 0: it would have passed; 1: it would have been ended; 2:
    it or CONFIG cannot be read.
    """
    import sys

    from mailward.cli.trace import ask, show
    from mailward.cli.trace import trace as told
    from mailward.verdicts import PASS

    words = what or []
    if live is not None:
        if words:
            raise typer.BadParameter("--live takes no file")
        sys.exit(ask(control, live, as_json=json))
    if not words:
        raise typer.BadParameter("a dialogue, a capture or --live")
    between = _between(client_interface, server_interface, service)
    story = told(words, session, between)
    show(story, as_json=json)
    sys.exit(0 if story.verdict == PASS else 1)


def replay(
    what: Annotated[
        list[str],
        typer.Argument(
            help="Captures, folders and patterns of them, dialogues.",
            metavar="CAPTURE...",
        ),
    ],
    before: Config = "",
    after: Config = "",
    json: Json = False,
    client_interface: From = "outside",
    server_interface: To = "inside",
    service: Service = "",
) -> None:
    """What would change for these sessions if the policy changed.

    Exit code 0: nothing; 1: something; 2: trouble. Of `--before` and `--after` one
    may be left out: it is the factory default.
    """
    import sys

    from mailward.cli import replay as replaying

    if not before and not after:
        raise typer.BadParameter("give --before, --after or both")
    between = _between(client_interface, server_interface, service)
    gates = replaying.gate_of(before), replaying.gate_of(after)
    replayed = replaying.replay(what, *gates, between, as_json=json)
    if not json:
        replaying.show(replayed)
    sys.exit(2 if replayed.troubles else 1 if replayed.changed else 0)


def _between(client: str, server: str, service: str) -> "Between":
    from mailward.cli.captured import Between
    from mailward.drivers.tcp import place

    if not service:
        return Between(client, server, "10.1.1.5", 25, 0)
    try:
        seen = place(service)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return Between(client, server, seen.host, seen.port, seen.port)


def add(app: typer.Typer) -> None:
    """Make them commands of the command line."""
    app.command()(trace)
    app.command()(replay)
