"""Replies that are known: bounded in number and in length."""

from mailward.policy.announced import LONGEST, MOST, Announced, Masked


def test_remember() -> None:
    """What was found out is there, octet by octet."""
    announced = Announced()
    masked = Masked(b"250 XXXA\r\n", ((0, 1),), False)

    announced.remember(b"250 HELP\r\n", masked)

    assert announced.known == {b"250 HELP\r\n": masked}
    assert (masked.masked, masked.hits, masked.pipelining) == (
        b"250 XXXA\r\n",
        ((0, 1),),
        False,
    )


def test_bounded() -> None:
    """One too many, and all are forgotten; one too long is not remembered."""
    announced = Announced()
    for number in range(MOST):
        announced.remember(b"%d" % number, Masked(b"", (), True))
    assert len(announced.known) == MOST

    announced.remember(b"x" * (LONGEST + 1), Masked(b"", (), True))
    assert len(announced.known) == MOST

    announced.remember(b"x" * LONGEST, Masked(b"", (), True))
    assert list(announced.known) == [b"x" * LONGEST]


def test_none() -> None:
    """With room for none, none is remembered."""
    announced = Announced(0)
    announced.remember(b"250 DSN\r\n", Masked(b"250 DSN\r\n", (), True))
    assert announced.known == {}
