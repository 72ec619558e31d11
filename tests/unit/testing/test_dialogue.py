"""The notation of dialogue files: what each line means, and each mistake."""

from pathlib import Path

import pytest

from mailward.policy.findings import CLIENT, SERVER
from mailward.testing.dialogue import Dialogue, DialogueError, Expected, load, parse
from mailward.verdicts import DROP, PASS, RESET


def talk(*lines: str) -> Dialogue:
    """A dialogue under the factory default."""
    return parse("\n".join(("# A claim.", "factory", "--", *lines)))


def test_claim_and_configuration() -> None:
    """The first remark is the claim; the lines above `--` are the policy."""
    read = parse("# It holds.\n# more\nregex A b\nfactory\n\n--\nS: 220 x\n", "f")

    assert read.claim == "It holds."
    assert read.config == ("regex A b", None)
    assert read.config_text("class-map c\n!\n") == "regex A b\nclass-map c\n!\n"
    assert read.file == "f"


def test_line_arrives_unchanged() -> None:
    """What a speaker says arrives at the other side, CR LF and all."""
    server, client = talk("S: 220 hello", "C: NOOP").turns

    assert (server.speaker, server.sent, server.line) == (SERVER, b"220 hello\r\n", 4)
    assert (server.to_client, server.to_server) == (b"220 hello\r\n", b"")
    assert (client.speaker, client.sent, client.line) == (CLIENT, b"NOOP\r\n", 5)
    assert (client.to_client, client.to_server) == (b"", b"NOOP\r\n")
    assert client.verdict == PASS


def test_lines_on_end_are_one_segment() -> None:
    """Lines of one speaker join; an empty line parts them."""
    turns = talk("C: RSET", "C: NOOP", "", "C:", "# remark", "C+ QUIT").turns

    assert [turn.sent for turn in turns] == [b"RSET\r\nNOOP\r\n", b"\r\nQUIT"]


def test_what_the_other_side_hears_instead() -> None:
    """`s:` and `c:` replace the line above; several add up; `-` is nothing."""
    turns = talk(
        *("S: 220 ab", "c: 220 **"),
        *("C: WIZ", "s: XXX", "C: NOOP", "C: HELP", "s: -"),
        *("S: 250 a", "c+ 250", r"c* 2 \x20", "c: a"),
    ).turns

    assert turns[0].to_client == b"220 **\r\n"
    assert turns[1].sent == b"WIZ\r\nNOOP\r\nHELP\r\n"
    assert turns[1].to_server == b"XXX\r\nNOOP\r\n"
    assert turns[2].to_client == b"250  a\r\n"


def test_what_a_reply_releases() -> None:
    """`s:` behind a line of the server is what the server then receives."""
    turn = talk("S: 250 a", "s: NOOP", "S: 250 b", "c: 250 c", "s: QUIT").turns[0]

    assert turn.to_client == b"250 a\r\n250 c\r\n"
    assert turn.to_server == b"NOOP\r\nQUIT\r\n"


def test_escapes_and_repetition() -> None:
    r"""`\xNN` and its like are octets; `C* n` says a text n times."""
    turns = talk(r"C+ \r\n\t\0\\\xfFé", r"S* 3 ab\n").turns

    assert turns[0].sent == b"\r\n\t\0\\\xff" + "é".encode()
    assert turns[1].sent == b"ab\nab\nab\n"


def test_close() -> None:
    """`closes` is a turn of its own without octets."""
    turns = talk("C: QUIT", "C closes", "S: 221 bye", "S closes").turns

    assert [(t.speaker, t.closes, t.sent) for t in turns] == [
        (CLIENT, False, b"QUIT\r\n"),
        (CLIENT, True, b""),
        (SERVER, False, b"221 bye\r\n"),
        (SERVER, True, b""),
    ]


def test_verdict_stops_the_line_above_and_all_below() -> None:
    """The line that brings the verdict does not arrive, nor what follows."""
    read = talk("C: RSET", "C: WIZ", "! drop", "C: NOOP", "S: 250 ok")

    assert [(t.to_server, t.to_client) for t in read.turns] == [
        (b"RSET\r\n", b""),
        (b"", b""),
    ]
    assert [t.verdict for t in read.turns] == [DROP, DROP]
    assert read.verdict == DROP


def test_part_of_the_offence_may_arrive() -> None:
    """An `s:` on either side of the verdict says how much of it arrived."""
    before = talk("C: abc", "s+ a", "! reset").turns[0]
    after = talk("C: abc", "! reset", "s+ a").turns[0]

    assert (before.to_server, before.verdict) == (b"a", RESET)
    assert (after.to_server, after.verdict) == (b"a", RESET)


def test_time_passes() -> None:
    """A wait is a turn of its own; `s:` below it is what goes to the server."""
    turns = talk("S: 220 a", "@ 0.5", "s: NOOP", "s: RSET", "@ 0.25", "S: 250 a").turns

    assert [(t.passes, t.sent, t.to_server, t.to_client) for t in turns] == [
        (0.0, b"220 a\r\n", b"", b"220 a\r\n"),
        (0.5, b"", b"NOOP\r\nRSET\r\n", b""),
        (0.25, b"", b"", b""),
        (0.0, b"250 a\r\n", b"", b"250 a\r\n"),
    ]


def test_cuts_may_matter() -> None:
    """A remark says that the outcome depends on cuts, and why."""
    assert talk("C: a").cuts_matter == ""
    assert talk("# cuts matter: by letter", "C: a").cuts_matter == "by letter"


def test_pass_may_be_said() -> None:
    """`! pass` changes nothing."""
    assert talk("C: a", "! pass").turns[0].to_server == b"a\r\n"


def test_records() -> None:
    """A record has a number, a text and its line in the file."""
    read = talk("C: a", "% 108005 one", "% 4-507003 two ... end")

    assert read.records == (
        Expected(5, 108005, "one"),
        Expected(6, 507003, "two ... end", 4),
    )


@pytest.mark.parametrize(
    ("number", "text", "fits"),
    [
        (1, "a (b) c", True),
        (2, "a (b) c", False),
        (1, "a (xyz) c", True),
        (1, "a (b) d", False),
        (1, "xa (b) c", False),
    ],
)
def test_record_fits(number: int, text: str, *, fits: bool) -> None:
    """`...` stands for anything; the rest is compared letter by letter."""
    assert Expected(1, 1, "a (...) c").fits(number, 4, text) is fits


@pytest.mark.parametrize(("severity", "fits"), [(None, True), (4, True), (3, False)])
def test_severity_fits(severity: int | None, *, fits: bool) -> None:
    """A severity is compared where one is asked for."""
    assert Expected(1, 1, "a", severity).fits(1, 4, "a") is fits


@pytest.mark.parametrize(
    ("lines", "place", "says"),
    [
        (["C: a\x20"], 4, "a blank at the end of the line"),
        (["hello"], 4, "expected C: C+ C* S:"),
        (["C:a"], 4, "expected C: C+ C* S:"),
        (["! drop"], 4, "no line of a speaker right above"),
        (["C: a", "! stop"], 5, "a verdict is one of pass, drop, reset"),
        (["C: a", "", "! drop"], 6, "a verdict stands below the line"),
        (["C: a", "! drop", "! drop"], 6, "a verdict stays"),
        (["C: a", "! drop", "C: b", "s: b"], 7, "nothing arrives after a verdict"),
        (["s: a"], 4, "no line of a speaker right above"),
        (["C: a", "c: a"], 5, "the client hears nothing while it speaks"),
        (["C: a", "% 12"], 5, "a record is written"),
        (["C: a", "% x12 text"], 5, "a record is written"),
        (["C: a", "% ² text"], 5, "a record is written"),
        ([r"C: \q"], 4, "escapes are"),
        ([r"C: \x1"], 4, "escapes are"),
        (["C: a\\"], 4, "escapes are"),
        (["C* 99999999999 a"], 4, "longer than"),
        ([], 3, "nobody says anything"),
        (["@ 1"], 4, "a wait is written"),
        (["@ 1.0", "@ 1.0", "@ 0.1"], 6, "longer than 2.0 seconds in all"),
        (["@ 1.0", "c: a"], 5, "the client hears nothing of a wait"),
    ],
)
def test_mistakes(lines: list[str], place: int, says: str) -> None:
    """Each mistake is told with its file and its line."""
    with pytest.raises(DialogueError) as caught:
        talk(*lines)

    assert str(caught.value).startswith(f"dialogue:{place}: {says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("factory\n--\nC: a\n", "dialogue:1: the first line states the claim"),
        ("# A claim.\nfactory\n", "dialogue:3: no line `--`"),
    ],
)
def test_missing_parts(text: str, says: str) -> None:
    """A file has a claim and a `--`."""
    with pytest.raises(DialogueError) as caught:
        parse(text)

    assert str(caught.value).startswith(says)


def test_load(tmp_path: Path) -> None:
    """`load` reads a file and names it in errors."""
    file = tmp_path / "a.dlg"
    file.write_text("# A claim.\n--\nC: a\n")
    assert load(file).turns[0].sent == b"a\r\n"

    file.write_text("# A claim.\n--\nhuh\n")
    with pytest.raises(DialogueError, match=f"{file}:3: "):
        load(file)
