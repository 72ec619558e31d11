#!/usr/bin/env python3
"""Writes docs/reference out of the tables of the program.

Run it after a table has changed; a test fails until then.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from mailward.actions import ACTIONS
from mailward.audit import manual as audit
from mailward.cli.sessions import FIELDS
from mailward.config.objects import GRAMMAR as COMMANDS
from mailward.config.objects.inspections import CRITERION_OF
from mailward.console.session import GRAMMAR as SHOWS
from mailward.criteria import CRITERIA
from mailward.criteria.base import CriterionRow
from mailward.engine.dialogue import PHASE_NAMES, ROWS
from mailward.lang import manual as lang
from mailward.lang.tokens import Word
from mailward.smtp.ehlo import KEYWORDS
from mailward.smtp.verbs import AUTH, DATA, GREETING, SECRET, STARTTLS, VERBS
from mailward.stages import GROWING, STAGE_NAMES
from mailward.story import manual as stories
from mailward.testing import dialogue

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "reference"
DIALOGUES: Final = ROOT / "tests" / "dialogues"

_HEAD: Final = "<!-- Written by scripts/reference.py; edit the tables instead. -->\n\n"

#: Action bit -> its first word, in printed order.
WORDS: Final = {
    row.bits: word.text for row in ACTIONS if isinstance(word := row.syntax[0], Word)
}
#: How a dialogue file says which cell of the matrix it proves.
_PROVES: Final = re.compile(r"^# proves: (.+?) (\S+)( not)?$", re.MULTILINE)

#: (criterion, action word, negated).
Cell = tuple[str, str, bool]
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
        "With `not` a match holds for each thing of its kind for which it would not",
        "hold without: a command, a recipient, a name. A length or a number that",
        "grows is then judged at the end of its line, header or body, and holds if the",
        "limit was not passed.",
        "",
    ]
    for line, row in CRITERION_OF.values():
        stage = row.kind.stage
        actions = [word for bit, word in WORDS.items() if row.allows & bit]
        moment = "while the octets arrive" if stage in GROWING else "when it is read"
        out += [
            f"## {row.kind.__name__}",
            "",
            "```",
            lang.notation(line.line.syntax),
            "```",
            "",
            row.doc,
            "",
            f"Stage: {STAGE_NAMES[stage]}, judged {moment}.",
            f"Actions: {', '.join(actions)}.",
            "",
        ]
    return "\n".join(out)


def title(row: CriterionRow) -> str:
    """The words by which a criterion is called, as they are typed up to its
    first argument (`body line length`, `MIME filetype regex`)."""
    words: list[str] = []
    for token in row.syntax:
        if not isinstance(token, Word) or token.text == "gt":
            break
        words.append(token.text)
    return " ".join(words)


def cells() -> Iterator[tuple[Cell, bool]]:
    """Every cell of the matrix, and whether it is legal."""
    for row in CRITERIA:
        for negated in (False, True):
            for bit, word in WORDS.items():
                yield (title(row), word, negated), bool(row.allows & bit)


def proofs() -> dict[Cell, list[str]]:
    """By cell, the dialogue files that say they prove it."""
    out: dict[Cell, list[str]] = {}
    for file in sorted(DIALOGUES.glob("*.dlg")):
        for what, action, negated in _PROVES.findall(file.read_text("utf-8")):
            out.setdefault((what, action, bool(negated)), []).append(file.name)
    return out


def matrix() -> str:
    """What may be done about each match, and what proves that it is done."""
    proved = proofs()
    out = [
        "# Matches and actions",
        "",
        "Each match, plain and negated, with each action: *refused*, or the dialogue",
        "that proves what comes of it (`tests/dialogues`). What is refused, the reader",
        "of configurations refuses at the action's first word, which the tests of",
        "`config.objects.inspections` prove for every such cell.",
        "",
        f"| match | {' | '.join(WORDS.values())} |",
        "|---" * (len(WORDS) + 1) + "|",
    ]
    rows: dict[str, list[str]] = {}
    for cell, legal in cells():
        files = [f"[{f}](../../tests/dialogues/{f})" for f in proved.get(cell, [])]
        head = f"`{'not ' if cell[2] else ''}{cell[0]}`"
        rows.setdefault(head, []).append(", ".join(files) if legal else "refused")
    out += [f"| {' | '.join([head, *found])} |" for head, found in rows.items()]
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


def sessions() -> str:
    """The fields of `mailward inspect --json`."""
    rows = [f"| `{name}` | {meaning} |" for name, meaning in FIELDS]
    return "\n".join(
        (
            "# Sessions of captures in JSON",
            "",
            "`mailward inspect --json` prints one object a line for each session of",
            "mail, in the order of their first packets.",
            "",
            "| field | meaning |",
            "|---|---|",
            *rows,
        )
    )


#: Each page and what writes it.
PAGES: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("commands.md", lambda: lang.page(COMMANDS, "Commands of the configuration")),
    ("shows.md", lambda: lang.page(SHOWS, "Commands of a running gateway")),
    ("criteria.md", criteria),
    ("matrix.md", matrix),
    ("protocol.md", protocol),
    ("records.md", audit.page),
    ("dialogues.md", dialogues),
    ("stories.md", stories.page),
    ("inspect.md", sessions),
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
