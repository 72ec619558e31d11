#!/usr/bin/env python3
"""Holds the pure houses to full branch coverage, each file by its own test.

Reads the .coverage file of a run with `--cov-context=test`, and counts for
each file only what its mirror under tests/unit ran (and what importing it ran).
A package's __init__ may be covered by any test.  Exit 1 with the lines that
are missing.
"""

import io
import re
import sys
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import CoverageException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.house.sources import Source, sources


def contexts(source: Source) -> list[str]:
    """Patterns of the test contexts that count for this file."""
    if source.path.endswith("__init__.py"):
        return [".*"]
    return ["^$", "^" + re.escape(source.test)]


def measured(coverage: Coverage, source: Source) -> tuple[float, str]:
    """The percentage of one file, and the row that tells what is missing."""
    page = io.StringIO()
    percent = coverage.report(
        morfs=[str(source.file)],
        contexts=contexts(source),
        file=page,
        show_missing=True,
        skip_covered=False,
        skip_empty=False,
    )
    row = next(line for line in page.getvalue().splitlines() if source.path in line)
    return percent, " ".join(row.split()[1:])


def main() -> int:
    """Print the files that fall short; 0 when there is none."""
    coverage = Coverage()
    coverage.load()
    wanted = [s for s in sources() if s.pure and s.has_code]
    short = []
    for source in wanted:
        try:
            percent, row = measured(coverage, source)
        except CoverageException as error:
            percent, row = 0.0, str(error)
        if percent < 100:
            short.append(f"src/mailward/{source.path}: {row}")
    for line in short:
        print(line)
    print(f"{len(wanted) - len(short)} of {len(wanted)} files fully covered")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
