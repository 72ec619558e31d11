"""The commands that explain: trace.

Knows: their options as they are typed.
Does not know: how anything of it is done.
Called by: `mailward.cli`.
"""

from typing import Annotated

import typer

#: What `--from`, `--to` and `--service` mean wherever a dialogue has no addresses.
From = Annotated[
    str, typer.Option("--from", help="The clients' interface.", metavar="NAMEIF")
]
To = Annotated[
    str, typer.Option("--to", help="The server's interface.", metavar="NAMEIF")
]
Service = Annotated[
    str,
    typer.Option(help="The destination that policies see.", metavar="HOST:PORT"),
]


def trace(
    what: Annotated[
        list[str],
        typer.Argument(
            help="A dialogue (`-`: standard input); before it a configuration, "
            "without which that in front of the dialogue or the factory default "
            "applies.",
            metavar="[CONFIG] DIALOGUE",
        ),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line.")
    ] = False,
    client_interface: From = "outside",
    server_interface: To = "inside",
    service: Service = "10.1.1.5:25",
) -> None:
    """Which rule saw what, line by line, and why a mail was stopped.

    A dialogue is a file with lines `C: ...` and `S: ...`, or a transcript of swaks
    or telnet. Exit code 0: it would have passed; 1: it would have been ended; 2:
    it or CONFIG cannot be read.
    """
    import sys

    from mailward.cli.trace import (
        Between,
        levelled,
        policy_of,
        script_of,
        show,
        told,
    )
    from mailward.drivers.tcp import place
    from mailward.verdicts import PASS

    if len(what) > 2:
        raise typer.BadParameter("one configuration and one dialogue at most")
    dialogue = what[-1]
    config = what[0] if len(what) == 2 else ""
    try:
        seen = place(service)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    between = Between(client_interface, server_interface, seen.host, seen.port)
    script = script_of(dialogue)
    loaded = policy_of(config, script, dialogue)
    story = told(script, levelled(loaded), between)
    show(story, as_json=json)
    sys.exit(0 if story.verdict == PASS else 1)


def add(app: typer.Typer) -> None:
    """Make them commands of the command line."""
    app.command()(trace)
