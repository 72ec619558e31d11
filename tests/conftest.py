"""What all tests share: the profiles of hypothesis and the corpus.

`HYPOTHESIS_PROFILE=deep` is for the night; `fast` is every day's.
"""

import os
from pathlib import Path

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
