"""Running: what a typed line does to the lines that stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.config.modes import CONFIG
from mailward.config.objects import OBJECTS
from mailward.config.running import TOP, Counts
from mailward.errors import ConfigError
from mailward.lang.rows import Mode
from mailward.lang.samples import line as sample
from tests.unit.config.kit import EMAIL, EMAIL_RENDERED, mistakes, taken, told

MAP = "policy-map type inspect esmtp m\n"
EXISTS = (
    "Inspect configuration of this type exists, first remove\n"
    "that configuration and then add the new configuration"
)
MATCH_ONE = "a class has one match; only default-inspection-traffic may stand beside it"


def after(text: str) -> str:
    """What stands after these lines were typed."""
    running = taken(text)
    assert running.errors == []
    return running.render()


def test_counts() -> None:
    """Honoured, kept and ignored lines are counted apart."""
    running = taken("regex a b\nstrange fw\n thing\nwrite memory\nnameif e0 a b\n")

    assert running.counts == Counts(active=1, kept=3, ignored=1)


def test_typed_again() -> None:
    """The same key replaces in place; the same line changes nothing."""
    assert after("regex a b\nregex c d\nregex a e\nregex c d\n") == (
        'regex a "e"\nregex c "d"\n'
    )


def test_reopened() -> None:
    """An object typed again is opened again, with what it holds."""
    text = f"{MAP}match body length gt 1\nlog\n{MAP}parameters\nmask-banner\n"
    text += f"{MAP}match body length gt 1\nreset\n"

    assert after(text) == (
        f"{MAP} parameters\n  mask-banner\n match body length gt 1 \n  reset\n!\n"
    )


def test_one_action_a_match() -> None:
    """A second action replaces the first; `no` removes it by its word."""
    text = f"{MAP}match body length gt 1\ndrop-connection log\nreset\n"

    assert after(text).count("\n  ") == 1
    assert "  reset\n" in after(text)
    assert "  reset\n" not in after(text + "no reset\n")
    assert "  reset\n" in after(text + "no drop-connection\n")


def test_actions_that_oust_each_other() -> None:
    """Two may stand side by side; one that stands alone ousts both, and each of
    them ousts it."""
    text = f"{MAP}match cmd verb VRFY\nreset\nrate-limit 5\nmask\n"

    assert "VRFY \n  mask\n  rate-limit 5\n!" in after(text)
    assert "VRFY \n  log\n!" in after(f"{text}log\n")


def test_a_match_typed_again_is_opened_again() -> None:
    """With `not` it is another match."""
    text = f"{MAP}match body length gt 1\nlog\nmatch not body length gt 1\nreset\n"
    text += "match body length gt 1\ndrop-connection\n"

    assert after(text) == (
        f"{MAP} parameters\n match body length gt 1 \n  drop-connection\n"
        " match not body length gt 1 \n  reset\n!\n"
    )


def test_parameters_are_always_there() -> None:
    """A new inspection map has its `parameters` line from the beginning."""
    assert after(MAP) == f"{MAP} parameters\n!\n"


def test_no() -> None:
    """`no` takes a line away, with what stands under it, and says nothing where
    nothing stands."""
    text = "class-map c\nmatch any\nregex a b\n"

    assert after(f"{text}no class-map c\n") == 'regex a "b"\n'
    assert after(f"{text}no regex a\nno regex a\n").startswith("class-map c\n")
    assert after(f"{MAP}match body length gt 1\nlog\nno match body length gt 1\n") == (
        after(MAP)
    )


def test_no_of_a_name_in_use() -> None:
    """What is referred to cannot go; one of several entries can."""
    text = EMAIL.replace(
        "class-map L3", "access-list email deny ip any any\nclass-map L3"
    )

    assert told(mistakes(f"{EMAIL}no regex BAD_SENDER1\n")) == [
        (16, 10, "BAD_SENDER1 is in use in line 3")
    ]
    assert after(f"{text}no access-list email deny ip any any\n") == EMAIL_RENDERED
    assert after(f"regex z z\n{EMAIL}no regex z\n") == EMAIL_RENDERED


def test_a_second_line_where_one_may_stand() -> None:
    """It is refused in the appliance's words; the same line again is not."""
    text = "class-map c\nmatch any\nmatch port tcp eq 25\n"
    again = EMAIL.replace("service", "inspect esmtp\nservice")
    running = taken(again)

    assert told(taken(text).errors) == [
        (
            3,
            1,
            MATCH_ONE,
        )
    ]
    assert told(running.errors) == [
        (
            15,
            1,
            EXISTS,
        )
    ]
    assert taken("class-map c\nmatch any\nmatch any\n").errors == []


def test_what_is_off_is_told() -> None:
    """`no` of what is not there stays where the appliance shows it, once."""
    text = "interface e0\n no nameif\n"

    assert after(f"{text} no nameif\n") == f"{text}!\n"


def test_switches() -> None:
    """Of a line that says what holds anyway only the `no` stands, once."""
    off = "no logging message 302013\n"

    assert taken(f"{off}{off}").render() == off
    assert taken(f"{off}logging message 302013\n").render() == ""
    assert taken("logging message 302013\n").counts.active == 1


def test_moves() -> None:
    """Where later lines win, one that is typed again stands last."""
    lines = "timeout conn 1:0:0\ntimeout udp 0:1:0\n"

    assert taken(f"{lines}timeout conn 2:0:0\n").render() == (
        "timeout udp 0:1:0\ntimeout conn 2:0:0\n"
    )
    assert taken(f"{lines}timeout conn 1:0:0\n").render() == (
        "timeout udp 0:1:0\ntimeout conn 1:0:0\n"
    )


def test_swapped_after_no() -> None:
    """Once the first is removed, another may be added."""
    text = EMAIL.replace("service", "no inspect esmtp\ninspect esmtp\nservice")

    assert "  inspect esmtp \n" in after(text)


def test_refused_lines_point_behind_a_prompt() -> None:
    """The column counts the prompt."""
    text = f"fw(config)# {MAP}fw(config-pmap)#   class x\n"

    assert told(taken(text).errors) == [
        (2, 20, "an esmtp map has no classes: write its match lines here")
    ]


@pytest.mark.parametrize("head", ["", "no "])
def test_factory_objects_cannot_be_changed(head: str) -> None:
    """Neither opened nor removed."""
    text = f"{head}policy-map type inspect esmtp _default_esmtp_map\n"

    assert told(mistakes(text)) == [
        (
            1,
            31 + len(head),
            "_default_esmtp_map is of the factory and cannot be changed",
        )
    ]


def test_clear_configure() -> None:
    """Lines that begin so go, with what is under them; `all` takes every line."""
    text = "regex a b\nobject network o\n host 10.0.0.1\nclass-map c\nnat 1 2\n"

    assert after(f"{text}clear configure object\nclear conf regex a\n") == (
        "nat 1 2\nclass-map c\n!\n!\n"
    )
    assert after(f"{text}clear configure all\nregex z z\n") == 'regex z "z"\n'
    assert after(f"{EMAIL}clear configure all\n") == ""


def test_clear_configure_of_what_is_in_use() -> None:
    """What a line that stays names stays."""
    running = taken(f"{EMAIL}clear configure  regex\nclear configure access-list\n")

    assert told(running.errors) == [
        (16, 0, "BAD_SENDER1 is in use in line 3"),
        (17, 0, "email is in use in line 11"),
    ]
    assert running.render() == EMAIL_RENDERED


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            (
                "object network o\n description x\n host 10.0.0.1\n"
                "access-list a permit ip object o any\n"
                "object network o\n no description\n no host 10.0.0.1\n"
            ),
            [(7, 2, "o is in use in line 4, would become empty")],
        ),
        (
            (
                "object service o\n service tcp destination eq 25\n"
                "access-list a permit object o any any\n"
                "object service o\n no service tcp destination eq 25\n"
            ),
            [(5, 2, "o is in use in line 3, would become empty")],
        ),
        (
            (
                "object-group service g tcp\n port-object eq 25\n port-object eq 26\n"
                "access-list a permit tcp any any object-group g\n"
                "object-group service g tcp\n no port-object eq 25\n"
                " no port-object eq 26\n"
            ),
            [(7, 2, "g is in use in line 4, would become empty")],
        ),
        (
            (
                "object-group network g\n network-object host 10.0.0.1\n"
                "object-group network h\n group-object g\n"
                "object-group network g\n no network-object host 10.0.0.1\n"
            ),
            [(6, 2, "g is in use in line 4, would become empty")],
        ),
        (
            (
                "object network o\n host 10.0.0.1\n no host 10.0.0.1\n"
                "class-map type regex match-any c\n match regex r\n no match regex r\n"
            ),
            [],
        ),
    ],
)
def test_what_is_in_use_is_not_emptied(text: str, why: list[object]) -> None:
    """Whatever names it would mean something else of a sudden."""
    assert told(taken(text).errors) == why


def test_the_factory_stays_defined() -> None:
    """A name that the factory defines too may go though it is in use."""
    text = "class-map c\nmatch any\npolicy-map p\nclass c\nno class-map c\n"

    assert taken(text, "class-map c\n").errors == []
    assert told(taken(text, "class-map d\n").errors) == [
        (5, 14, "c is in use in line 4")
    ]


def test_apply() -> None:
    """Line by line, each in the place that the line before left."""
    running = taken("")
    inside = running.apply(TOP, "class-map c")
    running.apply(inside, "match any")
    still = running.apply(inside, "no match any")
    top = running.apply(still, "regex a b")

    assert (inside.mode.name, still, top) == ("class-map", inside, TOP)
    assert (inside.up(), TOP.up()) == (TOP, TOP)
    assert running.render() == 'regex a "b"\nclass-map c\n!\n!\n'


def test_apply_refuses() -> None:
    """A mistake changes nothing; what nobody knows is kept if it may be."""
    running = taken("class-map c\n")
    inside = running.apply(TOP, "class-map c")
    for line in ("regex a", "what", "no what"):
        with pytest.raises(ConfigError):
            running.apply(inside, line)
    with pytest.raises(ConfigError):
        running.apply(TOP, "regex a", keep=True)

    assert running.apply(inside, "what", keep=True) == inside
    assert running.render() == "class-map c\n what\n!\n!\n"
    running.apply(TOP, "no class-map c")
    with pytest.raises(ConfigError, match="is gone"):
        running.apply(inside, "match any")


def test_copy() -> None:
    """A copy changes by itself, and knows what is in use."""
    running = taken(EMAIL)
    copy = running.copy()
    copy.apply(TOP, "no service-policy L3_outside_policy interface outside")
    used = "by `match regex BAD_SENDER1` under `class-map type regex match-any"
    with pytest.raises(ConfigError, match=f"in use {used}"):
        copy.apply(TOP, "no regex BAD_SENDER1")
    with pytest.raises(ConfigError, match="in use by `service-policy L3"):
        running.copy().apply(TOP, "no policy-map L3_outside_policy")

    assert running.render() == EMAIL_RENDERED
    assert copy.render() == EMAIL_RENDERED.partition("service-policy")[0]


def test_in_use_after_changes() -> None:
    """Only what is named now is in use."""
    text = EMAIL.replace("service", "no inspect esmtp\nservice")

    assert "L7_EMAIL_MAP" not in after(
        f"{text}no policy-map type inspect esmtp L7_EMAIL_MAP\n"
    )


def test_access_list_lines() -> None:
    """`line N` inserts among the entries of that list, or appends."""
    text = """\
access-list a permit ip any any
access-list b permit ip any any
access-list a line 1 deny tcp any any
access-list a line 9 remark last
access-list a line 2 remark second
hostname fw
no access-list a line 7 deny tcp any any
"""
    assert (
        after(text)
        == """\
hostname fw
access-list a remark second
access-list a extended permit ip any any~
access-list a remark last
access-list b extended permit ip any any~
""".replace("~", " ")
    )


def test_definitions_and_references() -> None:
    """Who defines a name, who refers to it; the factory's come first."""
    running = taken("what\nregex g y\n", "regex f x\n")

    assert [line.args.text("name") for line in running.definitions("regex")] == [
        "f",
        "g",
    ]
    running = taken("hostname fw\n" + EMAIL)
    assert [line.number for line in running.definitions("regex")] == [2]
    assert [(r.kind, r.name, r.token, r.line.number) for r in running.references()] == [
        ("regex", "BAD_SENDER1", "regex", 4),
        ("class-map type regex", "BAD_SENDERS", "class", 8),
        ("access-list", "email", "access-list", 12),
        ("class-map", "L3_email_class_map", "class", 14),
        ("policy-map type inspect esmtp", "L7_EMAIL_MAP", "map", 15),
        ("policy-map", "L3_outside_policy", "policy", 16),
    ]


def drawn(data: st.DataObject, mode: Mode, depth: int) -> list[str]:
    """Lawful lines of a mode, in any order, each with lawful lines under it."""

    def chooser(n: int) -> int:
        return data.draw(st.integers(0, n - 1))

    out: list[str] = []
    mine = [row.line for row in OBJECTS if row.line.mode == mode]
    for row in data.draw(st.lists(st.sampled_from(mine), max_size=5)) if mine else ():
        negated = row.key >= 0 and data.draw(st.integers(0, 9)) == 0
        out.append(" " * depth + sample(row, chooser, negated=negated))
        if row.enters is not None and not negated:
            out += drawn(data, row.enters, depth + 1)
    return out


@given(st.data())
def test_any_lines_render_to_themselves(data: st.DataObject) -> None:
    """Whatever lawful lines are typed in whatever order: what is rendered reads
    back without a mistake and renders the same, `all` included."""
    rendered = taken("\n".join(drawn(data, CONFIG, 0))).render()
    again = taken(rendered)

    assert again.errors == []
    assert again.render() == rendered
    assert taken(again.render(everything=True)).errors == []


def test_clear_configure_of_nothing() -> None:
    """A text may come from elsewhere; whoever types has misspelt it."""
    assert taken("clear configure frob\n").errors == []
    with pytest.raises(ConfigError, match="no line of a configuration begins so"):
        taken("").apply(TOP, "clear configure frob")
    for line in ("clear configure crypto", "clear configure all"):
        assert taken("").apply(TOP, line) == TOP
