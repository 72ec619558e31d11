"""A tally counts per attachment and can be cleared."""

from mailward.criteria.lengths import BodyLength
from mailward.policy.inspection import build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally


def test_clear() -> None:
    """Every number goes back to nought; one number for each rule stays."""
    rules = tuple(Rule(BodyLength(n), 0, n, "", "") for n in (1, 2))
    tally = Tally(build("m", rules))
    tally.packets = tally.drops = tally.reset_drops = 3
    tally.mask_banner = tally.special_character = tally.allow_tls = 3
    tally.rules[1] = 3
    tally.clear()

    assert [getattr(tally, name) for name in Tally.__slots__] == [
        [0, 0] if name == "rules" else 0 for name in Tally.__slots__
    ]
