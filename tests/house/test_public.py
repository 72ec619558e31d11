"""The public names of the package, pinned: adding one is a decision."""

import re
from types import ModuleType

import mailward

PUBLIC: set[str] = set()


def test_public_names() -> None:
    """The package itself offers exactly these names."""
    names = {
        name
        for name, thing in vars(mailward).items()
        if not name.startswith("_") and not isinstance(thing, ModuleType)
    }

    assert names == PUBLIC


def test_version() -> None:
    """The version is three numbers."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", mailward.__version__)
