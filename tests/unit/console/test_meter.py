"""Claims about `mailward.console.meter`."""

from mailward.console.meter import SPAN, STEP, Meter


def test_rates() -> None:
    """Of a minute and of five; what is older is forgotten."""
    meter = Meter()
    assert meter.rate(100.0, "a", 50, 60.0) == 0
    now = 0.0
    for number in range(100):
        now = number * STEP
        count = number * 100 if number < 98 else 97 * 100 + (number - 97) * 1000
        meter.take(now, {"a": count})
    assert meter.rate(now, "a", 11_700, 60.0) == 2200 // 80
    assert meter.rate(now, "a", 11_700, 300.0) == (11_700 - 8400) // int(SPAN)
    assert meter.rate(now, "b", 800, 60.0) == 10


def test_a_count_that_was_cleared() -> None:
    """Is never a negative rate."""
    meter = Meter()
    meter.take(0.0, {"a": 1000})
    meter.take(20.0, {"a": 2000})
    assert meter.rate(40.0, "a", 100, 60.0) == 5
