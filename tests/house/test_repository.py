"""What must not stand anywhere in the repository."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from tests.house.sources import ROOT

# Written in pieces, so that this file does not accuse itself.
PATHS: Final = re.compile(
    "|".join(("/" + "work/", "/" + "root/", "/" + "home/[a-z]", "/tmp/" + "briefs"))
)
MARKS: Final = ("ODOT", "EMXIF", "DBT")  # backwards, for the same reason
UNFINISHED: Final = re.compile(r"\b(" + "|".join(m[::-1] for m in MARKS) + r")\b")
HOSTS: Final = re.compile(
    r"\b("
    + "|".join(
        name + r"\." + end
        for name, end in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("debian", "org"),
            ("npmjs", "(org|com)"),
            ("crates", "io"),
        )
    )
    + r")\b"
)
BINARY: Final = frozenset({".pcap", ".pcapng", ".png", ".gz"})


def files() -> list[Path]:
    """Every file that is, or could be, under version control."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        names = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [
            file
            for folder in ("src", "tests", "docs", "scripts", "bench", "newsfragments")
            for file in (ROOT / folder).rglob("*")
            if "__pycache__" not in file.parts
        ]
        names += ROOT.glob("[A-Za-z]*.*")
    return sorted(f for f in set(names) if f.is_file() and f.suffix not in BINARY)


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """`file:line: text` of every line that the pattern finds."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in files()
        for number, line in enumerate(
            file.read_text("utf-8", "replace").splitlines(), start=1
        )
        if pattern.search(line)
    ]


def test_no_path_of_a_machine() -> None:
    """No file knows where somebody's checkout lies."""
    assert lines_with(PATHS) == []


def test_nothing_unfinished() -> None:
    """No mark promises what is not there."""
    assert lines_with(UNFINISHED) == []


def test_no_registry_host() -> None:
    """Where packages come from is the reader's own affair."""
    assert lines_with(HOSTS) == []


def test_scripts_can_be_run() -> None:
    """Whatever begins with #! is executable."""
    lame = [
        str(file.relative_to(ROOT))
        for file in files()
        if file.read_bytes()[:2] == b"#!" and not os.access(file, os.X_OK)
    ]

    assert lame == []


def test_news_fragments_are_named_well() -> None:
    """`ISSUE.KIND.md`, with a number when there are several."""
    kinds = "feature|change|fix|doc"
    odd = [
        file.name
        for file in (ROOT / "newsfragments").iterdir()
        if file.name != "README.md"
        if not re.fullmatch(rf"\d+\.({kinds})(\.\d+)?\.md", file.name)
    ]

    assert odd == []


def test_there_are_files() -> None:
    """The lists above are not empty by mistake."""
    assert ROOT / "pyproject.toml" in files()
