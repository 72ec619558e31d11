"""The bench: what it hands over, what it hears, and that runs do not mix."""

from mailward.testing.bench import Bench, Heard
from mailward.testing.dialogue import Turn, parse
from mailward.verdicts import DROP, PASS

MAP = """\
policy-map type inspect esmtp M
 parameters
  mask-banner
 match cmd line length gt 20
  drop-connection log
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class inspection_default
  inspect esmtp M
service-policy global_policy global
"""


def turns(*lines: str) -> tuple[Turn, ...]:
    """The turns of a dialogue."""
    return parse("\n".join(("# A claim.", "--", *lines))).turns


def test_what_arrives_turn_by_turn() -> None:
    """Each turn tells what it brought to either side."""
    outcome = Bench.of(MAP).carry_out(turns("S: 220 ab", "C: NOOP", "S: 250 ok"))

    assert outcome.heard == (
        Heard(b"", b"220 **\r\n", PASS),
        Heard(b"NOOP\r\n", b"", PASS),
        Heard(b"", b"250 ok\r\n", PASS),
    )


def test_what_a_reply_releases() -> None:
    """As a driver does, the bench lets go what a reply has freed."""
    outcome = Bench.of(MAP).carry_out(turns("C: NOOP", "S: 220 ab"))

    assert [heard.to_server for heard in outcome.heard] == [b"", b"NOOP\r\n"]


def test_verdict_and_audit() -> None:
    """Findings reach the auditor, and the end has its records."""
    outcome = Bench.of(MAP).carry_out(turns("S: 220 a", "C: EHLO 67890123456789012"))

    assert [heard.verdict for heard in outcome.heard] == [PASS, DROP]
    assert [record.number for record in outcome.records] == [
        302013,
        108004,
        507003,
        302014,
    ]
    assert outcome.findings[0][0] == "matched"
    assert outcome.counts == (1, 1, 0, 0, 0)


SLOW = MAP.replace(
    " match cmd line length gt 20\n  drop-connection log\n",
    " match cmd verb NOOP\n  rate-limit 2\n",
)


def test_time_passes_where_the_dialogue_says_so() -> None:
    """The clock stops at each moment that the session has named, and moves on."""
    talk = turns(
        *("S: 220 a", "C: EHLO c", "S: 250-a", "S: 250 PIPELINING"),
        *("C: NOOP", "C: NOOP", "C: NOOP", "C: NOOP", "C: RSET"),
        *("@ 0.499", "@ 0.001", "@ 0.75", "S: 250 a"),
    )

    outcome = Bench.of(SLOW).carry_out(talk)

    assert [heard.to_server for heard in outcome.heard[3:]] == [
        b"NOOP\r\nNOOP\r\n",
        b"",
        b"NOOP\r\n",
        b"NOOP\r\nRSET\r\n",
        b"",
    ]
    assert " duration 0:00:01 " in outcome.records[-1].text


def test_time_passes_without_an_inspection() -> None:
    """Where nothing is inspected a wait is a wait."""
    outcome = Bench.of("").carry_out(turns("S: 220 a", "@ 1.0"))

    assert outcome.heard[1] == Heard(b"", b"", PASS)


def test_pieces() -> None:
    """A turn may be handed over in pieces; a closing one has none."""
    talk = turns("S: 220 a", "C: NOOP", "C closes", "S closes")
    bench = Bench.of(MAP)

    pieces = ((b"220", b" a\r\n"), (b"N", b"OOP\r\n"), (b"",), (b"",))
    assert bench.carry_out(talk, pieces) == bench.carry_out(talk)


def test_runs_do_not_mix() -> None:
    """A second run on the same bench counts from nought."""
    talk = turns("S: 220 a", "C: EHLO 67890123456789012")
    bench = Bench.of(MAP)

    assert bench.carry_out(talk) == bench.carry_out(talk)


def test_without_an_inspection_all_passes() -> None:
    """Where the gate chooses none, nothing is changed and nothing noticed."""
    outcome = Bench.of("").carry_out(turns("S: 220 a", "C: WIZ"))

    assert outcome.heard == (
        Heard(b"", b"220 a\r\n", PASS),
        Heard(b"WIZ\r\n", b"", PASS),
    )
    assert outcome.findings == ()
    assert outcome.counts == ()
    assert [record.number for record in outcome.records] == [302013, 302014]


def test_outbound_is_told_as_such() -> None:
    """Levels of the configuration decide which side the records print first."""
    text = (
        "interface a\n nameif outside\n security-level 100\n"
        "interface b\n nameif inside\n security-level 0\n"
    )
    built = Bench.of(text).carry_out(turns("S: 220 a")).records[0].text

    assert built.startswith("Built outbound TCP connection 1 for inside:10.1.1.5/25")
