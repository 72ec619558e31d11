"""Compile: maps to inspections, policies to attachments."""

from mailward.config.compile import Compiler
from mailward.config.factory import BUILT_IN
from mailward.config.names import Compiled
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.lengths import BodyLength
from mailward.parameters import Compat, Parameters
from mailward.policy.inspection import Inspection
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS
from tests.unit.config.kit import ends, taken, told

IN_FORCE = """\
class-map c
 match any
policy-map p
 class c
  inspect esmtp m
service-policy p global
"""


def compiled(text: str) -> Compiler:
    """A text, taken on top of the factory's and compiled."""
    running = taken(text, BUILT_IN)
    return Compiler(running, Compiled(running))


def inspection(lines: str) -> Inspection:
    """The inspection that a map of these lines becomes."""
    made = compiled(f"policy-map type inspect esmtp m\n{lines}\n{IN_FORCE}")
    assert made.errors == []
    return made.gate.attachments[0].inspection


def test_rules() -> None:
    """A match is a rule by its place, with the action under it, or none."""
    made = inspection(
        "description d\n"
        "match body length gt 10\nreset log\n"
        "match body length gt 5\n"
        "match ehlo-reply-parameter others dsn\nmask"
    )

    assert [
        (r.criterion, r.action, r.place, r.label, r.action_label) for r in made.rules
    ] == [
        (BodyLength(10), RESETS | LOGS, 1, "body length gt 10", "reset log"),
        (BodyLength(5), 0, 2, "body length gt 5", ""),
        (
            EhloKeyword(0b1110000010000),
            MASKS,
            3,
            "ehlo-reply-parameter dsn others",
            "mask",
        ),
    ]
    assert made.name == "m"


def test_parameters() -> None:
    """Each parameter sets its field; an empty map has none."""
    assert inspection("parameters").parameters == Parameters()
    assert inspection(
        "parameters\nmask-banner\nallow-tls action log\n"
        "special-character action drop-connection\n"
        "mail-relay Example.com action drop-connection log"
    ).parameters == Parameters(
        mask_banner=True,
        mail_relay=DROPS | LOGS,
        local_domain=b"example.com",
        special_character=DROPS,
        allow_tls=True,
        allow_tls_log=True,
    )


def test_unknown_lines_of_a_map_are_passed_over() -> None:
    """What nobody knows makes no parameter and no rule."""
    running = taken(
        "policy-map type inspect esmtp m\n parameters\n  what\n "
        "match body length gt 1\n  what\n" + IN_FORCE
    )
    (attachment,) = Compiler(running, Compiled(running)).gate.attachments

    assert attachment.inspection.parameters == Parameters()
    assert attachment.inspection.rules[0].action == 0


def test_negated_rules() -> None:
    """`not` is of the rule and of its label, never of the criterion."""
    (rule,) = inspection("match not body length gt 5\nlog").rules

    assert (rule.criterion, rule.negated, rule.label) == (
        BodyLength(5),
        True,
        "not body length gt 5",
    )


def test_two_actions() -> None:
    """`mask` and `rate-limit` together are one action; `log` of either holds."""
    lines = "match cmd verb VRFY\nrate-limit 5 log\nmask\n"
    lines += "match cmd verb EHLO\nrate-limit 9\nmatch cmd verb HELP\nmask\nlog"

    assert [(r.action, r.rate, r.action_label) for r in inspection(lines).rules] == [
        (MASKS | RATES | LOGS, 5, "mask rate-limit 5 log"),
        (RATES, 9, "rate-limit 9"),
        (LOGS, 0, "log"),
    ]


def test_compatibility() -> None:
    """The switches hold for every map, and for the gate."""
    text = f"policy-map type inspect esmtp m\n{IN_FORCE}mailward compat "
    made = compiled(f"{text}bdat cross\nmailward compat direction both\n")
    plain = compiled(f"{text}bdat close\n")

    assert made.gate.attachments[0].inspection.compat == (
        Compat(cross_bdat=True, both_ways=True)
    )
    assert plain.gate.attachments[0].inspection.compat == Compat()
    assert (made.gate.both_ways, plain.gate.both_ways) == (True, False)


def test_a_class_of_patterns_beyond_the_budget() -> None:
    """It is an error of the class, once for each rule that asks it."""
    count = 400
    lines = [f"regex r{n} ({'[ab]' * 20}){{12}}{n}" for n in range(count)]
    lines.append("class-map type regex match-any big")
    lines += [f"match regex r{n}" for n in range(count)]
    lines += ["policy-map type inspect esmtp m"]
    lines += ["match sender-address regex class big", "log"]
    made = compiled("\n".join(lines))

    assert [(e.line, e.column) for e in made.errors] == [(count + 1, 32)]


def test_levels() -> None:
    """Those of the interfaces that have a name."""
    made = compiled(
        "interface e0\n nameif inside\n"
        "interface e2\n nameif dmz\n security-level 50\n"
        "interface e3\n security-level 70\n"
    )

    assert made.levels == {"inside": 100, "dmz": 50}
    assert made.gate.levels == made.levels
    assert [one.name for one in made.interfaces] == ["inside", "dmz"]


def test_everything_else() -> None:
    """Publications, times, logging and access groups; errors and warnings of
    each are told together."""
    made = compiled(
        "timeout conn 2:00:00\nlogging enable\n"
        "object network o\n host 10.0.0.1\n nat (a,b) static interface\n"
        "access-group nobody in interface a\n"
        "logging host a 10.0.0.1 udp/0\nstatic none\n"
        "logging host a 10.0.0.2 udp/99\n"
    )

    assert [p.real_address for p in made.publications] == ["10.0.0.1"]
    assert (made.timeouts.conn, made.logging.enabled) == (7200.0, True)
    assert list(made.gate.access.entrances) == ["a"]
    assert [e.line for e in made.errors] == [7]
    assert sorted(w.line for w in made.warnings) == [6, 8, 9]


def test_attachments_in_the_order_of_show() -> None:
    """Global first, then interfaces as typed; classes as they stand in their
    policy; only those with an esmtp inspection."""
    made = compiled(
        "class-map a\n match port tcp eq 25\nclass-map b\n match any\n"
        "policy-map empty\n"
        "policy-map p\n class inspection_default\n  inspect ftp\n"
        " class a\n  inspect esmtp\n class b\n  inspect esmtp\n"
        "service-policy p interface outside\n"
        "service-policy p global\n"
        "service-policy empty interface dmz\n"
    )

    assert [(a.place, a.policy_map, a.class_map) for a in made.gate.attachments] == [
        ("global", "p", "a"),
        ("global", "p", "b"),
        ("outside", "p", "a"),
        ("outside", "p", "b"),
    ]
    assert {a.map_name for a in made.gate.attachments} == {"_default_esmtp_map"}
    assert made.gate.choose(ends(port=26)) is made.gate.attachments[3]
    tallies = {id(a.tally) for a in made.gate.attachments}
    assert len(tallies) == 4


def test_two_policies_at_one_place() -> None:
    """The second is an error that names the first."""
    made = compiled(
        "policy-map p\npolicy-map q\nservice-policy p global\nservice-policy q global\n"
    )

    assert told(made.errors) == [(4, 16, "line 3 puts p in force there already")]


def test_traffic_that_cannot_be_told() -> None:
    """The error of the class stops its attachment, and is told."""
    made = compiled(
        "class-map c\n match dscp ef\npolicy-map p\n class c\n  inspect esmtp\n"
        "service-policy p global\n"
    )

    assert made.gate.attachments == ()
    assert [(e.line, e.column) for e in made.errors] == [(2, 8)]
