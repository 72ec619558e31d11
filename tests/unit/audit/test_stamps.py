"""Claims about `mailward.audit.stamps`: moments as text."""

from mailward.audit.stamps import Precise, Stamp, legacy, rfc5424

#: 29 April 2013, 12:59:50 UTC.
AT = 1_367_240_390


def test_the_appliances_time_has_a_year() -> None:
    """As real lines have it, with two digits for the day."""
    assert legacy(AT) == "Apr 29 2013 12:59:50"
    assert legacy(AT + 2 * 86_400) == "May 01 2013 12:59:50"


def test_the_time_of_rfc5424_is_utc_to_the_second() -> None:
    """`logging timestamp rfc5424` of the appliance."""
    assert rfc5424(AT) == "2013-04-29T12:59:50Z"


def test_one_second_is_made_once() -> None:
    """Records of a second share its text; the next one has its own, and a clock
    that is set back too."""
    made: list[int] = []

    def form(second: int) -> str:
        made.append(second)
        return str(second)

    stamp = Stamp(form)
    assert [stamp.of(t) for t in (5.0, 5.9, 6.0, 5.5)] == ["5", "5", "6", "5"]
    assert made == [5, 6, 5]


def test_a_precise_time_has_milliseconds() -> None:
    """Cut, not rounded: 59.9999 s is no sixtieth second."""
    precise = Precise()
    assert precise.of(AT + 0.25) == "2013-04-29T12:59:50.250Z"
    assert precise.of(AT + 0.9999) == "2013-04-29T12:59:50.999Z"
    assert precise.of(AT + 1) == "2013-04-29T12:59:51.000Z"
