"""`mailward trace`: one session, line by line, and what came of each.

Knows: files, colours, exit codes.
Does not know: how a story is found out, how it is laid out.
Called by: the command `trace`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

from mailward.cli.captured import (
    BEGIN,
    CLIENT_SIDE,
    Between,
    Captured,
    in_captures,
    is_capture,
    levelled,
    script_in,
)
from mailward.cli.files import notice, read_config, tell, warn
from mailward.config.load import Loaded, load
from mailward.errors import MailwardError
from mailward.policy.gate import Gate
from mailward.story import tell as layout
from mailward.story.compare import story_of
from mailward.story.script import Script
from mailward.story.steps import Story
from mailward.story.walk import Walk
from mailward.verdicts import PASS, VERDICT_NAMES

#: So many sessions of a capture are named when it is not said which is meant.
_NAMED: Final = 20

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


def trace(words: Sequence[str], session: int | None, between: Between) -> Story:
    """The story of a dialogue, or of one session of captures, under the policy that
    may stand before it; or why there is none, and exit code 2."""
    config, what = ("", words[0]) if len(words) == 1 else (words[0], words[1])
    try:
        if is_capture(words[-1]):
            config = "" if is_capture(words[0]) else words[0]
            captures = words[1:] if config else words
            gate = levelled(policy_of(config, None, what))
            return _captured(_chosen(captures, session, between), gate, between)
        if len(words) > 2:
            trouble("one dialogue at a time")
        script = script_of(what)
        gate = levelled(policy_of(config, script.config, what))
        return told(script, gate, between)
    except OSError as error:
        trouble(f"{what}: {error.strerror}")
    except MailwardError as error:
        trouble(str(error))


def script_of(dialogue: str) -> Script:
    """What a file says, or standard input.  OSError, ScriptError."""
    if dialogue == "-":
        return script_in("standard input", sys.stdin.buffer.read())
    return script_in(dialogue, Path(dialogue).read_bytes())


def policy_of(config: str, inner: str | None, dialogue: str) -> Loaded:
    """CONFIG, or `inner`, which stands in front of the dialogue, or the factory
    default; or its mistakes, and exit code 2."""
    ours = config or inner is None
    name = config if ours else dialogue
    try:
        loaded = read_config(config) if ours or inner is None else load(inner)
    except (OSError, MailwardError) as error:
        tell(name, error)
        sys.exit(2)
    warn(name, loaded)
    return loaded


def told(script: Script, gate: Gate, between: Between) -> Story:
    """The story of a dialogue."""
    ends = between.ends(gate, CLIENT_SIDE, (between.address, between.port))
    walk = Walk(gate.choose(ends), ends, BEGIN)
    for said in script.says:
        if said.passes:
            walk.wait(said.passes, said.pieces[0][0])
        elif said.closes:
            walk.close(said.speaker, said.pieces[0][0])
        else:
            walk.say(said.speaker, said.pieces)
    return walk.finish()


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


def ask(control: str, number: int, *, as_json: bool) -> int:
    """A session of the running gateway; the exit code."""
    from mailward.cli.options import default_control
    from mailward.console.control import ControlError
    from mailward.console.control import ask as asked

    line = f"show mailward session {number}"
    path = control or default_control()
    try:
        status, text = asked(path, f"{line} | json")
        told = json.loads(text)["answer"] if not status else {}
        if told and not as_json:
            status, text = asked(path, line)
    except ControlError as error:
        trouble(str(error))
    if not told:
        trouble(f"nothing is known of session {number}: see show mailward sessions")
    if as_json:
        objects = (told["head"], *told["steps"], told["end"])
        text = "".join(f"{json.dumps(one)}\n" for one in objects)
    print(text, end="")
    return 0 if told["end"]["verdict"] == VERDICT_NAMES[PASS] else 1


def json_lines(story: Story) -> Iterator[str]:
    """Whose story it is, each step, how it ended."""
    yield json.dumps(story.head())
    for step in story.steps:
        yield json.dumps(step.data())
    yield json.dumps(story.end())


def trouble(text: str) -> NoReturn:
    """One line, and exit code 2."""
    notice(text)
    sys.exit(2)


def _captured(session: Captured, gate: Gate, between: Between) -> Story:
    if not session.whole:
        notice(f"session {session.number} is too long: this is its beginning")
    ends = between.ends(gate, session.client, session.server)
    return story_of(gate.choose(ends), ends, session.events, session.number)


def _chosen(paths: Sequence[str], number: int | None, between: Between) -> Captured:
    """The session with a number, or the only one."""
    found: list[Captured] = []
    for session in in_captures(paths, between):
        if session.number == number:
            return session
        if number is None and len(found) < _NAMED:
            found.append(session)
    names = " ".join(paths)
    if number is not None:
        trouble(f"{names}: no session has the number {number}")
    if not found:
        trouble(f"{names}: no mail in it")
    if len(found) == 1:
        return found[0]
    numbers = ", ".join(str(session.number) for session in found)
    more = ", ..." if len(found) == _NAMED else ""
    trouble(f"{names}: which session? --session takes one of {numbers}{more}")
