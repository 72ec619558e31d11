"""Claims about `mailward.audit.appliance`: the records an ASA writes too."""

from mailward.audit.appliance import APPLIANCE
from mailward.audit.numbers import OWN


def test_severities_of_the_appliance_stand() -> None:
    """`reference section 6.2, 6.3`; 507003 as in real lines, not as in the guide."""
    assert {row.number: row.severity for row in APPLIANCE} == {
        106001: 2,
        106023: 4,
        106100: 6,
        108002: 2,
        108003: 2,
        108004: 4,
        108005: 6,
        108006: 7,
        108007: 6,
        111008: 5,
        111010: 5,
        201008: 3,
        201011: 3,
        201013: 3,
        302013: 6,
        302014: 6,
        414003: 3,
        414004: 6,
        414007: 6,
        507003: 4,
        605004: 6,
        605005: 6,
    }


def test_none_is_of_our_own() -> None:
    """Their tag is the appliance's."""
    assert all(row.number < OWN and row.head.startswith("%ASA-") for row in APPLIANCE)
