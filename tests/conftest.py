"""What all tests share: the profiles of hypothesis, the corpus, and figures.

`HYPOTHESIS_PROFILE=deep` is for the night; `fast` is every day's.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=60, deadline=None, print_blob=True)
settings.register_profile(
    "deep",
    max_examples=5000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "fast")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of captures, mails and configurations, or a skip."""
    named = os.environ.get("MAILWARD_CORPUS") or ROOT.parent / "shared" / "corpus"
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"no corpus at {folder} (MAILWARD_CORPUS names another)")
    return folder


#: What was measured stands in the last lines of every run.
FIGURE: Final = "figure"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells something that the test has measured, passed or not."""
    return lambda text: record_property(FIGURE, text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    told = [
        f"{report.nodeid.partition('::')[2]}: {text}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, text in report.user_properties
        if name == FIGURE
    ]
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.write_line(line)
