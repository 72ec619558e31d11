"""Claims about `mailward.console.discipline`: keys in, characters out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailward.console.discipline import Discipline
from mailward.console.filters import MORE
from mailward.console.session import LINE_MOST, Session
from tests.unit.console.gateways import gateway

PROMPT = "ciscoasa# "
UP, DOWN = "\x1b[A", "\x1b[B"


def terminal(*, echo: bool = True) -> Discipline:
    """A privileged terminal without pages."""
    session = Session(gateway("enable password sesame\n"))
    session.line("terminal pager 0")
    return Discipline(session, echo=echo)


def paged(lines: int) -> Discipline:
    """A terminal of so many lines."""
    session = Session(gateway())
    session.line(f"terminal pager {lines}")
    return Discipline(session)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_character_is_echoed_as_it_came(end: str) -> None:
    """However the line ends, it ends once; what is long is not wrapped."""
    desk = terminal()
    assert desk.begin() == PROMPT
    line = "! " + "x" * 600
    assert desk.feed(line) == line
    assert desk.feed(end) == f"\r\n{PROMPT}"
    assert desk.feed(f"conf t{end}{end}") == (
        "conf t\r\nciscoasa(config)# \r\nciscoasa(config)# "
    )


def test_secrets_are_not_shown() -> None:
    """Nor how long they are; `?` is a character of theirs."""
    desk = terminal()
    assert desk.feed("disable\renable\r") == (
        "disable\r\nciscoasa> enable\r\nPassword: "
    )
    assert desk.feed("ses?\x7fame") == ""
    assert desk.feed(UP) == ""
    assert desk.feed("\r") == f"\r\n{PROMPT}"


def test_keys_that_edit() -> None:
    """Backspace, Ctrl-U, Ctrl-W and Ctrl-L."""
    desk = terminal()
    assert desk.feed("\x7f") == ""
    assert desk.feed("ab\x7f\b\x7f") == "ab\b \b\b \b"
    assert desk.feed("show clok\x17") == "show clok" + "\b \b" * 4
    assert desk.feed("\x0c") == f"\r\n{PROMPT}show "
    assert desk.feed("\x15") == "\b \b" * 5
    assert desk.feed("\x07\x1bx\x1b[5~\x1b[1;5C") == ""
    assert desk.feed("\r") == f"\r\n{PROMPT}"


def test_history() -> None:
    """Up and down; neighbours that are equal count once, answers not at all."""
    desk = terminal()
    desk.feed("! a\r! b\r! b\r")
    assert desk.feed(UP) == "! b"
    assert desk.feed(UP) == "\b \b" * 3 + "! a"
    assert desk.feed(UP) == ""
    assert desk.feed(DOWN + DOWN) == "\b \b" * 3 + "! b" + "\b \b" * 3
    assert desk.feed(DOWN) == ""


def test_help_in_the_middle_of_a_line() -> None:
    """The answer comes at once, and the line stands as it stood; within quotes
    and behind Ctrl-V a question mark is a character."""
    desk = terminal()
    shown = desk.feed("show clo?")
    assert shown.startswith("show clo?\r\n\r\nexec mode commands/options:\r\n  clock")
    assert shown.endswith(f"\r\n{PROMPT}show clo")
    assert desk.feed('\x15regex A "a?"')[-4:] == '"a?"'
    assert desk.feed("\x15a\x16?\x16\x07")[-2:] == "a?"


def test_tab_completes() -> None:
    """The word in full if it is the only one, in the case it is written in."""
    desk = terminal()
    assert desk.feed("sh\t") == "show "
    assert desk.feed("SERV\t") == "SERV" + "\b \b" * 4 + "service-policy "
    assert desk.feed("\x15show c\t") == "\b \b" * 20 + "show c"


def test_a_wrong_word_has_its_caret_below() -> None:
    """The prompt counts."""
    shown = terminal().feed("show frob\r")
    line, caret, error, prompt = shown.split("\r\n")
    assert (PROMPT + line).index("frob") == caret.index("^")
    assert error == "ERROR: % Invalid input detected at '^' marker."
    assert prompt == PROMPT


def test_ctrl_c_and_ctrl_z() -> None:
    """A line, or a question, is forgotten; Ctrl-Z leaves configuration too."""
    desk = terminal()
    assert desk.feed("write mem\x03") == f"write mem^C\r\n{PROMPT}"
    desk.feed("conf t\rclass-map A\r")
    assert desk.feed("frob\x1a") == f"frob^Z\r\n{PROMPT}"
    desk.feed("login\r")
    assert desk.feed("x\x03") == f"x^C\r\n{PROMPT}"


def test_pages() -> None:
    """Space for a page, Return for a line, q for enough; nothing is lost."""
    wipe = f"\r{' ' * len(MORE)}\r"
    desk = paged(5)
    first = desk.feed("show running-config\r")
    assert first.count("\r\n") == 5
    assert first.endswith(f"\r\n{MORE}")
    second = desk.feed("\r")
    assert (second.count("\r\n"), second[-len(MORE) :]) == (1, MORE)
    assert desk.feed(" ").count("\r\n") == 3
    assert desk.feed("q") == wipe + PROMPT
    whole = paged(0).feed("show running-config\r")
    desk = paged(5)
    shown = desk.feed("show running-config\r") + desk.feed(" " * 3 + "\r" * 99)
    assert shown.replace(f"{MORE}{wipe}", "").startswith(whole)


def test_the_end() -> None:
    """`exit` closes, and what was typed behind it is not read."""
    desk = terminal()
    assert desk.feed("exit\rconf t\r") == "exit\r\n\r\nLogoff\r\n\r\n"
    assert desk.closed


def test_without_a_terminal_nothing_is_echoed() -> None:
    """Answers and prompts only, and no pages."""
    desk = terminal(echo=False)
    assert "ERROR: % Invalid input" in desk.feed("show clo?\n")
    assert desk.feed("conf t\n") == "ciscoasa(config)# "


def test_a_line_has_an_end() -> None:
    """What is beyond rings the bell."""
    desk = terminal()
    assert desk.feed("!" * (LINE_MOST + 2)) == "!" * LINE_MOST + "\a\a"


LINES = ("conf t", "policy-map type inspect esmtp A", "show run", "enable", "login", "")
KEYS = st.one_of(
    st.sampled_from([f"{line}\r" for line in LINES]),
    st.sampled_from(["?", "\t", "\x03", "\x1a", UP, DOWN, "\x1b", "\x16", " "]),
    st.text(max_size=12),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(KEYS, max_size=12))
def test_no_keys_break_it(keys: list[str]) -> None:
    """Whatever is typed, nothing but text, line ends, erasing and the bell
    comes back; split in any way it is the same."""
    whole, single = paged(5), paged(5)
    typed = "".join(keys)
    shown = whole.feed(typed)
    assert all(char.isprintable() or char in "\r\n\b\a" for char in shown)
    assert "".join(map(single.feed, typed)) == shown
