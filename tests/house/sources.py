"""The source tree as the house tests see it.

Knows: the floors of the house, which houses are pure, which files are hot.
Does not know: what any file does.
Called by: the tests beside it, `scripts/cover.py`.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "mailward"

#: House -> floor.  Imports go down; houses of one floor are strangers.
FLOORS: Final[dict[str, int]] = {
    "octets": 0,
    "errors": 0,
    "smtp": 1,
    "lang": 1,
    "rex": 1,
    "facts": 2,
    "stages": 2,
    "verdicts": 2,
    "criteria": 3,
    "actions": 3,
    "parameters": 3,
    "policy": 4,
    "engine": 5,
    "config": 5,
    "audit": 5,
    "drivers": 6,
    "network": 6,
    "story": 6,
    "fleet": 7,
    "console": 8,
    "demo": 9,
    "cli": 10,
    "__main__": 11,
}

#: Up to this floor a house touches no world.
PURE: Final = 5

#: The public kit stands beside the house: it may look at these floors, and
#: only these houses may look at it.
TESTING_FLOOR: Final = 6
TESTING_GUESTS: Final = frozenset({"testing", "demo"})

#: What mypyc compiles unchanged, as `pyproject.toml` has it.  A folder stands for
#: its files.
HOT: Final = tuple(
    pattern.removeprefix("src/mailward/").removesuffix("/*.py")
    for pattern in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
        "hatch"
    ]["build"]["targets"]["wheel"]["hooks"]["mypyc"]["include"]
)


@final
@dataclass(frozen=True)
class Import:
    """One import of another house of mailward, or of a library."""

    module: str
    line: int
    text: str

    @property
    def house(self) -> str:
        """The house it asks for; empty for a library or the package itself.  What a
        house has in C is named as it is, behind a _."""
        parts = self.module.split(".")
        if parts[0] != "mailward" or len(parts) == 1:
            return ""
        in_c = parts[1].removeprefix("_")
        return in_c if in_c in FLOORS else parts[1]


@final
@dataclass(frozen=True)
class Source:
    """One file under src/mailward; `path` is relative to it."""

    path: str

    @property
    def file(self) -> Path:
        """Where it lies."""
        return SOURCE / self.path

    @property
    def house(self) -> str:
        """Its house; empty for the package's own __init__."""
        first = self.path.split("/", 1)[0].removesuffix(".py")
        return "" if first == "__init__" else first

    @property
    def floor(self) -> int:
        """Its floor; -1 where the table has none."""
        return FLOORS.get(self.house, -1)

    @property
    def pure(self) -> bool:
        """May it touch no world?"""
        return 0 <= self.floor <= PURE

    @property
    def hot(self) -> bool:
        """Must it compile unchanged?"""
        return any(self.path == h or self.path.startswith(h + "/") for h in HOT)

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.file.read_text("utf-8")

    @property
    def tree(self) -> ast.Module:
        """What stands in it, parsed."""
        return ast.parse(self.text, self.path)

    @property
    def has_code(self) -> bool:
        """Does anything stand in it beside a docstring and imports?"""
        still = (ast.Import, ast.ImportFrom)
        return any(
            not isinstance(node, still)
            for node in self.tree.body[1 if ast.get_docstring(self.tree) else 0 :]
        )

    @property
    def test(self) -> str:
        """The test file that is its mirror, relative to the root."""
        folder, _, name = self.path.rpartition("/")
        stem = name.removesuffix(".py").strip("_")
        return "/".join(x for x in ("tests/unit", folder, f"test_{stem}.py") if x)

    def imports(self) -> Iterator[Import]:
        """Every import, wherever it stands."""
        lines = self.text.splitlines()
        for node in ast.walk(self.tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if module == "mailward":
                    names = [f"mailward.{alias.name}" for alias in node.names]
                else:
                    names = [module]
            for name in names:
                assert isinstance(node, ast.Import | ast.ImportFrom)
                yield Import(name, node.lineno, lines[node.lineno - 1].strip())


def sources() -> tuple[Source, ...]:
    """Every source file, in the order of its path."""
    found = sorted(SOURCE.rglob("*.py"))
    return tuple(Source(file.relative_to(SOURCE).as_posix()) for file in found)
