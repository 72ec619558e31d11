"""The stages."""

from mailward.stages import GROWING, STAGE_NAMES


def test_each_stage_has_a_name() -> None:
    """Growing stages are among the named ones."""
    assert len(set(STAGE_NAMES)) == len(STAGE_NAMES)
    assert all(stage < len(STAGE_NAMES) for stage in GROWING)
