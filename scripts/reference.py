#!/usr/bin/env python3
"""Writes docs/reference out of the tables of the program.

Run it after a table has changed; a test fails until then.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mailward.audit import manual as audit
from mailward.config.objects import GRAMMAR as COMMANDS
from mailward.console.shows import GRAMMAR as SHOWS
from mailward.criteria import CRITERIA
from mailward.engine.dialogue import PHASE_NAMES, ROWS
from mailward.lang import manual as lang
from mailward.smtp.ehlo import KEYWORDS
from mailward.smtp.verbs import AUTH, DATA, GREETING, SECRET, STARTTLS, VERBS
from mailward.stages import GROWING, STAGE_NAMES
from mailward.testing import dialogue
from mailward.verdicts import DROPS, LOGS, MASKS, RESETS

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "reference"

_HEAD: Final = "<!-- Written by scripts/reference.py; edit the tables instead. -->\n\n"

_ALLOWED: Final = (
    (DROPS, "drop-connection"),
    (RESETS, "reset"),
    (MASKS, "mask"),
    (LOGS, "log"),
)
_AWAITED: Final = {
    GREETING: "the greeting",
    DATA: "DATA",
    AUTH: "AUTH",
    SECRET: "a line of an AUTH exchange",
    STARTTLS: "STARTTLS",
}


def criteria() -> str:
    """What can be matched, in the order of judgement."""
    out = [
        "# Criteria",
        "",
        "What a `match` of an inspection map may ask, in the order in which kinds of",
        "match are judged; matches of one kind are judged in the order typed.",
        "",
    ]
    for row in CRITERIA:
        stage = row.kind.stage
        actions = [word for bit, word in _ALLOWED if row.allows & bit]
        moment = "while the octets arrive" if stage in GROWING else "when it is read"
        out += [
            f"## {row.kind.__name__}",
            "",
            "```",
            f"match {lang.notation(row.syntax)}",
            "```",
            "",
            row.doc,
            "",
            f"Stage: {STAGE_NAMES[stage]}, judged {moment}.",
            f"Actions: {', '.join(actions)}.",
            "",
        ]
    return "\n".join(out)


def protocol() -> str:
    """Verbs, keywords and the replies that turn a dialogue."""
    out = ["# Protocol", "", "## Lawful commands", ""]
    out += ["Every other command reaches the server as Xs of the same length.", ""]
    out += ["| verb | must end its pipelined group | meaning |", "|---|---|---|"]
    out += [
        f"| {row.word.decode()} | {'yes' if row.last else 'no'} | {row.doc} |"
        for row in VERBS
    ]
    out += ["", "## Keywords of EHLO", ""]
    out += ["`others` means every keyword that is not in this list.", ""]
    out += ["| in a map | announced | meaning |", "|---|---|---|"]
    out += [f"| `{r.cli}` | {r.wire.decode()} | {r.help} |" for r in KEYWORDS]
    out += ["", "## Replies that turn the dialogue", ""]
    out += [
        "Anywhere else a reply with one of these codes is an unexpected",
        "transition: the connection ends.",
        "",
        "| answer to | code | then the client sends | note |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {_AWAITED[verb]} | {code} | {PHASE_NAMES[phase]} | {note} |"
        for verb, code, phase, note in ROWS
    ]
    return "\n".join(out) + "\n"


def dialogues() -> str:
    """The notation of dialogue files, in its own words."""
    words = (dialogue.__doc__ or "").strip()
    return f"# Dialogue files\n\n```text\n{words}\n```\n"


#: Each page and what writes it.
PAGES: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("commands.md", lambda: lang.page(COMMANDS, "Commands of the configuration")),
    ("shows.md", lambda: lang.page(SHOWS, "Commands of a running gateway")),
    ("criteria.md", criteria),
    ("protocol.md", protocol),
    ("records.md", audit.page),
    ("dialogues.md", dialogues),
)


def page(write: Callable[[], str]) -> str:
    """One page, as it stands in the folder."""
    return _HEAD + write().rstrip("\n") + "\n"


def main() -> int:
    """Write all pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES:
        (FOLDER / name).write_text(page(write), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
