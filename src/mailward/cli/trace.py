"""`mailward trace`: a dialogue, line by line, and what came of each.

Knows: files, colours, exit codes.
Does not know: how a story is found out, how it is laid out.
Called by: the command `trace`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn, final

from mailward.cli.files import notice, read_config, tell, warn
from mailward.config.factory import FACTORY
from mailward.config.load import Loaded, load
from mailward.errors import MailwardError
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Gate
from mailward.story import tell as layout
from mailward.story.script import Script, read
from mailward.story.steps import Story
from mailward.story.walk import Walk

#: When every dialogue begins: seconds since the epoch.
BEGIN: Final = 1_700_000_000.0
#: Who speaks in a dialogue: addresses set aside for documents (RFC 5737).
_CLIENT: Final = ("203.0.113.9", 51111)

#: What rich is told to make of each kind of text.
_STYLES: Final = {
    layout.QUIET: "bright_black",
    layout.SAID: "bold",
    layout.CHANGED: "bold red",
    layout.HOLDS: "bold yellow",
    layout.NOTE: "cyan",
    layout.RECORD: "magenta",
    layout.ENDED: "bold red",
    layout.PASSED: "bold green",
}


@final
@dataclass(frozen=True)
class Between:
    """Between whom a dialogue takes place, as policies see it."""

    client_interface: str
    server_interface: str
    server_address: str
    server_port: int

    def ends(self, gate: Gate) -> Endpoints:
        """The connection, as the gate is asked about it."""
        client = gate.levels.get(self.client_interface)
        server = gate.levels.get(self.server_interface)
        inbound = client is None or server is None or client <= server
        return Endpoints(
            client_interface=self.client_interface,
            client_address=_CLIENT[0],
            client_port=_CLIENT[1],
            server_interface=self.server_interface,
            server_address=self.server_address,
            server_port=self.server_port,
            inbound=inbound,
        )


def script_of(dialogue: str) -> Script:
    """What a file says; or why it cannot be read, and exit code 2."""
    try:
        octets = sys.stdin.buffer.read() if dialogue == "-" else _octets(dialogue)
        text = octets.decode("utf-8", "surrogateescape")
        script = read(text, FACTORY, "standard input" if dialogue == "-" else dialogue)
    except OSError as error:
        _trouble(f"{dialogue}: {error.strerror}")
    except MailwardError as error:
        _trouble(str(error))
    if script.skipped:
        notice(f"{dialogue}: {script.skipped} lines that nobody says")
    return script


def policy_of(config: str, script: Script, dialogue: str) -> Loaded:
    """CONFIG, or what stands in front of the dialogue, or the factory default;
    or its mistakes, and exit code 2."""
    inner = script.config if not config else None
    name = config if inner is None else dialogue
    try:
        loaded = read_config(config) if inner is None else load(inner)
    except (OSError, MailwardError) as error:
        tell(name, error)
        sys.exit(2)
    warn(name, loaded)
    return loaded


def told(script: Script, gate: Gate, between: Between) -> Story:
    """The story of a dialogue."""
    ends = between.ends(gate)
    walk = Walk(gate.choose(ends), ends, BEGIN)
    for said in script.says:
        if said.passes:
            walk.wait(said.passes, said.pieces[0][0])
        elif said.closes:
            walk.close(said.speaker, said.pieces[0][0])
        else:
            walk.say(said.speaker, said.pieces)
    return walk.finish()


def levelled(loaded: Loaded) -> Gate:
    """The gate, with the levels that `outside` and `inside` have by habit."""
    levels = {"outside": 0, "inside": 100, **loaded.gate.levels}
    return replace(loaded.gate, levels=levels)


def show(story: Story, *, as_json: bool) -> None:
    """On standard output: JSON, one object a line, or lines for people."""
    if as_json:
        print("\n".join(json_lines(story)))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in layout.lines(story):
        if console.is_terminal and not console.no_color:
            runs = [(text, _STYLES.get(kind, "")) for text, kind in line]
            console.print(Text.assemble(*runs))
        else:
            print(layout.plain(line))


def json_lines(story: Story) -> Iterator[str]:
    """Whose story it is, each step, how it ended."""
    yield json.dumps(story.head())
    for step in story.steps:
        yield json.dumps(step.data())
    yield json.dumps(story.end())


def _octets(dialogue: str) -> bytes:
    return Path(dialogue).read_bytes()


def _trouble(text: str) -> NoReturn:
    notice(text)
    sys.exit(2)
