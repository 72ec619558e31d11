"""The dialogue files of this repository, as parameters of a test."""

from pathlib import Path
from typing import Final

import pytest

from mailward.testing.dialogue import load

FOLDER: Final = Path(__file__).resolve().parent.parent / "dialogues"
FILES: Final = tuple(sorted(FOLDER.glob("*.dlg")))

each_dialogue: Final = pytest.mark.parametrize(
    "dialogue", [load(path) for path in FILES], ids=[path.stem for path in FILES]
)
