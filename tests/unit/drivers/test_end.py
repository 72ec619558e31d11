"""End: the base that drivers fill in."""

from collections.abc import Callable

import pytest

from mailward.drivers.end import End


def test_an_end_does_nothing_by_itself() -> None:
    """Every one of its six verbs is a driver's to fill in."""
    end = End()
    asked: tuple[Callable[[], None], ...] = (
        lambda: end.write(b""),
        end.pause,
        end.resume,
        end.finish,
        end.close,
        end.abort,
    )

    for ask in asked:
        with pytest.raises(NotImplementedError):
            ask()
