"""Claims about `mailward.audit.floods`: bounded by connection and by record."""

from mailward.audit.floods import FLOOD, FLOOD_APPLIANCE, Floods, most


def test_each_owner_has_its_bound() -> None:
    """The appliance's records are worth more lines than our own."""
    assert (most(900001), most(108002)) == (FLOOD, FLOOD_APPLIANCE)


def test_one_too_many_is_held() -> None:
    """Of one record, in one connection."""
    floods = Floods()
    assert [floods.hold(7, 900001) for _ in range(FLOOD + 2)] == (
        [False] * FLOOD + [True, True]
    )
    assert not floods.hold(7, 900002)
    assert not floods.hold(8, 900001)


def test_the_end_tells_what_was_held_and_forgets() -> None:
    """Only what was held; a connection that is over leaves nothing behind."""
    floods = Floods()
    for _ in range(FLOOD + 3):
        floods.hold(7, 900001)
    floods.hold(7, 108002)
    assert list(floods.over(7)) == [(900001, 3)]
    assert floods.by_connection == {}
