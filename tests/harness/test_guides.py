"""The guide to explanations shows what the commands print."""

import re
from typing import Final

from mailward.cli.trace import Between, levelled, told
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
