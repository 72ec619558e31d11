"""The guide to explanations shows what the commands print."""

import re
from pathlib import Path
from typing import Final

import pytest

from mailward.cli.captured import Between, levelled
from mailward.cli.replay import replay, show
from mailward.cli.trace import told
from mailward.config.load import load
from mailward.story.script import read
from mailward.story.tell import lines, plain
from tests.house.sources import ROOT

GUIDE: Final = ROOT / "docs" / "guide" / "why-was-it-stopped.md"
#: Every block of the guide that is no command.
BLOCK: Final = re.compile(r"```text\n(.*?)```", re.DOTALL)


def test_the_story_of_the_guide() -> None:
    """Letter by letter, from the guide's own policy and dialogue."""
    policy, dialogue, printed = BLOCK.findall(GUIDE.read_text("utf-8"))[:3]
    between = Between("outside", "inside", "10.1.1.5", 25)

    story = told(read(dialogue, ""), levelled(load(policy)), between)

    assert "".join(f"{plain(line)}\n" for line in lines(story)) == printed


def test_the_comparison_of_the_guide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same policy with another number, as the guide says."""
    policy, dialogue, _, printed = BLOCK.findall(GUIDE.read_text("utf-8"))[:4]
    (tmp_path / "dialogue.txt").write_text(dialogue)
    gates = [
        levelled(load(text))
        for text in (policy, policy.replace("body length gt 60", "body length gt 100"))
    ]
    paths = [str(tmp_path / "dialogue.txt")]

    one, two = gates
    show(replay(paths, one, two, Between("outside", "inside"), as_json=False))

    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert "\n".join(shown).strip() == printed.strip()
