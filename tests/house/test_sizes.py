"""Files stay small enough to be read at one sitting."""

from statistics import median
from typing import Final

from tests.house.sources import sources

CEILING: Final = 400
MEDIAN: Final = 180


def test_no_file_is_too_long() -> None:
    """400 lines are the ceiling."""
    sizes = {s.path: s.text.count("\n") for s in sources()}

    assert {path: size for path, size in sizes.items() if size > CEILING} == {}


def test_most_files_are_short() -> None:
    """The median of the files that hold anything is under 180 lines."""
    sizes = [s.text.count("\n") for s in sources() if s.text.strip()]

    assert median(sizes) < MEDIAN


def test_every_file_introduces_itself() -> None:
    """A docstring says what a file knows, does not know and who calls it."""
    silent = [
        s.path
        for s in sources()
        if s.has_code and not s.path.endswith("__init__.py")
        if not all(
            words in " ".join(s.text.split())
            for words in ("Knows", "not know", "Called by")
        )
    ]

    assert silent == []
