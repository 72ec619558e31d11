"""A gateway for each test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.automation.gateways import Process


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Process]:
    """A running gateway."""
    process = Process(tmp_path)
    try:
        yield process
    finally:
        process.close()
