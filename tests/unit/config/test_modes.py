"""MODES: names unique, parents explicit."""

from mailward.config.modes import CONFIG, ESMTP_ACTIONS, ESMTP_MAP, MODES
from mailward.criteria.words import ENDS
from mailward.verdicts import MASKS, RATES


def test_names_are_unique_and_all_lead_to_the_top() -> None:
    """Prompts may be shared, names not; every chain ends in CONFIG."""
    names = [mode.name for mode in MODES]

    assert len(names) == len(set(names))
    assert {mode.chain()[-1] for mode in MODES} == {CONFIG}


def test_a_mode_for_each_set_of_actions() -> None:
    """What may follow a match is decided by the mode it enters."""
    assert list(ESMTP_ACTIONS) == sorted((ENDS, ENDS | MASKS, ENDS | MASKS | RATES))
    assert {mode.parent for mode in ESMTP_ACTIONS.values()} == {ESMTP_MAP}
    assert {mode.prompt for mode in ESMTP_ACTIONS.values()} == {"config-pmap-c"}
