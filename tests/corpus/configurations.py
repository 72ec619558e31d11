"""The configurations of the corpus, and what became of each of their lines.

Knows: which lines of a file are lines of a configuration; the trees that others
have built of them.
Does not know: what any line means.
Called by: test_configurations.py; as a program it writes
docs/internals/configurations.md.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mailward.config.lines import Block
from mailward.config.load import Loaded, load, text_of
from mailward.errors import ConfigErrors
from mailward.lang.script import prompt_of

#: File -> why it is refused, and rightly.
EXPLAINED: Final = {
    "batfish-batfish__tests__parsing-tests__networks__unit-tests__configs__asa_"
    "interface": (
        "puts a policy in force that is not there: nothing would be inspected"
    ),
    "fwbuilder-fwbuilder__fwsm1.test": (
        "`inspect smtp` of another product, which a misspelt `inspect esmtp` "
        "must not be taken for"
    ),
    "networktocode-ntc-templates__tests__cisco_asa__show_access-list__cisco_asa_show_"
    "access-list3.raw": "the answer to a show command, not a configuration",
}


def files(corpus: Path) -> list[Path]:
    """Every configuration of the corpus."""
    folder = corpus / "asa-config"
    return sorted(f for f in folder.iterdir() if f.is_file() and f.suffix != ".tsv")


def loaded(file: Path) -> Loaded | ConfigErrors:
    """What a file means, or why it is refused."""
    try:
        return load(text_of(file.read_bytes()))
    except ConfigErrors as errors:
        return errors


def unaccounted(file: Path, got: Loaded) -> list[int]:
    """Lines of a file of which nobody says what became of them."""
    told = {account.line for account in got.accounts}
    out: list[int] = []
    for number, line in enumerate(text_of(file.read_bytes()).split("\n"), 1):
        body = line[prompt_of(line)[1] :].strip()
        plain = body and body[0] not in "!:"
        if plain and body.lower() not in ("exit", "quit", "end") and number not in told:
            out.append(number)
    return out


def parents(got: Loaded) -> list[tuple[str, list[str]]]:
    """Each standing line, with the lines that enclose it."""
    return list(_under(got.running.block, []))


def _under(block: Block, around: list[str]) -> Iterator[tuple[str, list[str]]]:
    for line in block.lines:
        yield line.text, around
        yield from _under(line.block, [*around, line.text])


def oracle(corpus: Path, name: str) -> list[tuple[str, list[str]]]:
    """The same as another program has it, indentation aside."""
    text = (corpus / "asa-config" / "oracle" / name).read_text("utf-8")
    return [
        (line["config_line"].strip(), [parent.strip() for parent in line["parents"]])
        for line in json.loads(text)
    ]


def page(corpus: Path) -> str:
    """The text of docs/internals/configurations.md."""
    out = [
        "<!-- Written by tests/corpus/configurations.py; run it instead. -->",
        "",
        "# Configurations of others",
        "",
        "What becomes of each line of the configurations in the corpus: *active* is",
        "honoured, *kept* is stored and shown without effect, *ignored* is a command",
        "of a session. Comments, empty lines and `exit` are no lines.",
        "",
        "| file | active | kept | ignored | most of what is kept |",
        "|---|---|---|---|---|",
    ]
    for file in files(corpus):
        got = loaded(file)
        if isinstance(got, ConfigErrors):
            why = EXPLAINED.get(file.name, "NOT EXPLAINED")
            out.append(f"| {file.name} | refused | | | {why} |")
            continue
        words = Counter(
            account.text.split()[0] for account in got.accounts if account.reason
        )
        most = ", ".join(f"`{word}` {count}" for word, count in words.most_common(4))
        counts = got.lines
        out.append(
            f"| {file.name} | {counts.active} | {counts.kept} | {counts.ignored} "
            f"| {most} |"
        )
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(Path(sys.argv[1])), "utf-8")
