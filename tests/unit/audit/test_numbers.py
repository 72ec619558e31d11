"""Claims about `mailward.audit.numbers`."""

from mailward.audit import numbers


def test_each_name_has_a_number_of_its_own() -> None:
    """No number twice; six digits, as the appliance's."""
    named = [n for name, n in vars(numbers).items() if name.isupper()]
    assert len(set(named)) == len(named)
    assert all(100_000 <= number <= 999_999 for number in named)
