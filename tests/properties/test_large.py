"""Large segments are surveyed at once, small ones walked: no difference."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mailward.criteria.lengths import BodyLength, BodyLineLength, HeaderLineLength
from mailward.criteria.message import FileNameLength, FileType
from mailward.engine.session import Session
from mailward.policy.inspection import Inspection, build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS, PASS

#: Small enough to be walked, and large enough to be surveyed.
SMALL, LARGE = 1000, 60_000

_LINES = (
    b"x" * 76 + b"\r\n",
    b"x" * 76 + b"\r\n",
    b"y" * 96 + b"\r\n",
    b"y" * 98 + b"\r\n",
    b"y" * 99 + b"\r\n",
    b"z" * 150 + b"\r\n",
    b"..stuffed\r\n",
    b"bare\n",
    b"bare\r",
    b"--limit\r\nContent-Type: a/b; name=" + b"n" * 30 + b"\r\n\r\n",
    b"\r\n.\n",
)
_HEADER = b"A: b\r\nContent-Type: multipart/mixed; boundary=limit\r\n\r\n"


def _inspection(drops: bool) -> Inspection:
    criteria = (
        HeaderLineLength(60),
        BodyLineLength(98),
        BodyLineLength(120),
        BodyLength(90_000),
        FileNameLength(20),
        FileType(Matcher(("^a/",))),
    )
    rules = [Rule(c, LOGS, place, "", "") for place, c in enumerate(criteria, 1)]
    if drops:
        rules.append(Rule(BodyLineLength(149), LOGS | DROPS, len(rules) + 1, "", ""))
    return build("large", tuple(rules))


Told = tuple[bytes, int, list[tuple[object, ...]], list[int]]


def _told(message: bytes, piece: int, drops: bool) -> Told:
    inspection = _inspection(drops)
    tally = Tally(inspection)
    session = Session(inspection, tally)
    for octets in (b"EHLO a\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<a@b>\r\n"):
        session.from_server(b"250 ok\r\n" if tally.packets else b"220 ok\r\n", 1.0)
        session.from_client(octets, 1.0)
    session.from_server(b"250 ok\r\n", 1.0)
    session.from_client(b"DATA\r\n", 1.0)
    session.from_server(b"354 go\r\n", 1.0)
    out = [
        session.from_client(message[at : at + piece], 1.0)
        for at in range(0, len(message), piece)
    ]
    return (
        b"".join(out),
        session.verdict,
        [finding.key() for finding in session.findings],
        tally.rules,
    )


@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from(_LINES), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from((LARGE, LARGE - 1, 8192, 20_001)),
)
def test_large_and_small(seed: int, rare: list[bytes], drops: bool, piece: int) -> None:
    """What leaves, the verdict, the findings and the counts are the same."""
    chance = Random(seed)
    lines = chance.choices(_LINES[:2], k=1500)
    for line in rare:
        lines.insert(chance.randrange(len(lines)), line)
    message = _HEADER + b"".join(lines) + b".\r\n"

    large = _told(message, piece, drops)

    assert large == _told(message, SMALL, drops)
    assert large[1] != PASS or large[0].endswith(b".\r\n")
