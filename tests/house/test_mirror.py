"""Each file of the pure houses has a test file of its own, at the same path."""

from tests.house.sources import ROOT, sources


def test_each_pure_file_has_its_test() -> None:
    """src/mailward/a/b.py is tested by tests/unit/a/test_b.py."""
    missing = [
        f"src/mailward/{s.path} wants {s.test}"
        for s in sources()
        if s.pure and s.has_code and not (ROOT / s.test).is_file()
        if not s.path.endswith("__init__.py")
    ]

    assert missing == []


def test_no_test_file_without_its_source() -> None:
    """A test under tests/unit mirrors a file that exists, so none is forgotten
    when a file moves."""
    known = {s.test for s in sources()}
    folders = {s.test.rpartition("/")[0] for s in sources() if s.pure}
    stray = [
        path
        for file in sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
        if (path := file.relative_to(ROOT).as_posix()) not in known
        if path.rpartition("/")[0] in folders - {"tests/unit"}
    ]

    assert stray == []
