"""`mailward monitor`: the line, and the maps that it names."""

from mailward.config.load import load
from tests.unit.config.kit import mistakes, taken

MAPS = "policy-map type inspect esmtp A\npolicy-map type inspect esmtp B\n"


def test_the_line() -> None:
    """By prefixes, once for each map, behind all maps; removed whole."""
    text = f"mailw mon B\nmailward monitor A\n{MAPS}"
    shown = [line for line in taken(text).render().splitlines() if "monitor" in line]

    assert shown == ["mailward monitor B", "mailward monitor A"]
    assert "monitor A" not in taken(f"{text}no mailward monitor A\n").render()


def test_the_maps_that_it_names() -> None:
    """Those judge without acting, and no others."""
    policy = (
        "class-map C\nmatch any\nclass-map D\nmatch any\npolicy-map P\nclass C\n"
        "inspect esmtp A\nclass D\ninspect esmtp B\nservice-policy P global\n"
    )
    gate = load(f"{MAPS}{policy}mailward monitor B\n").gate

    assert [a.inspection.monitor for a in gate.attachments] == [False, True]


def test_the_default_map() -> None:
    """It may be named too."""
    policy = (
        "class-map C\nmatch any\npolicy-map P\nclass C\ninspect esmtp\n"
        "service-policy P global\nmailward monitor _default_esmtp_map\n"
    )

    assert load(policy).gate.attachments[0].inspection.monitor


def test_a_map_that_is_not_there() -> None:
    """It is a mistake, where it stands."""
    (told,) = mistakes("mailward monitor A\n")

    assert "no esmtp inspection map is called A" in str(told)


def test_how_many_sessions_are_kept() -> None:
    """The default is shown only with `all`; nought keeps none."""
    assert load("hostname a\n").limits.sessions == 32
    assert load("mailward sessions 0\n").limits.sessions == 0
    running = taken("mailward sessions 5\nmailward sess 7\n")
    assert "mailward sessions 7\n" in running.render()
    assert "sessions" not in taken("mailward sessions 32\n").render()
    assert "mailward sessions 32\n" in taken("").render(everything=True)
    assert (
        "sessions" not in taken("mailward sessions 5\nno mailward sessions\n").render()
    )
