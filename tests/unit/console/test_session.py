"""Claims about `mailward.console.session`: a conversation, line by line."""

import json

import pytest

from mailward.console.desk import Person
from mailward.console.gateway import Gateway
from mailward.console.session import GRAMMAR, LINE_MOST, Session
from tests.unit.console.gateways import CONFIG, counting, gateway

CARET = "ERROR: % Invalid input detected at '^' marker.\n"
SECRETS = (
    "enable password sesame\n"
    "username john password opensesame privilege 15\n"
    "username guest password nosesame privilege 1\n"
)


def say(session: Session, *lines: str) -> str:
    """Type the lines; what came of the last."""
    text = ""
    for line in lines:
        text = session.line(line)[1]
    return text


def empty() -> Gateway:
    """A gateway without a policy."""
    return gateway("")


def test_a_policy_is_configured_as_on_the_appliance() -> None:
    """Prompts follow the modes, modes fall back, and every line is in force at
    once: the object that the prompt stands in is there already."""
    state = empty()
    session = Session(state)
    seen: list[str] = []
    for line in (
        "conf t",
        'regex BAD "@abc\\.com"',
        "access-list email permit tcp any any eq 25",
        "class-map type regex match-any BAD_SENDERS",
        "match regex BAD",
        "class-map L3",
        "match access-list email",
        "policy-map type inspect esmtp L7",
        "parameters",
        "mask-banner",
        "match body length gt 35000",
        "drop-connection log",
        "match sender-address regex class BAD_SENDERS",
        "drop-connection",
        "policy-map OUT",
        "class L3",
        "inspect esmtp L7",
        "service-policy OUT interface outside",
    ):
        seen.append(session.prompt)
        assert session.line(line) == (True, ""), line
    assert seen == [
        f"ciscoasa{mode}# "
        for mode in (
            "",
            *["(config)"] * 3,
            *["(config-cmap)"] * 4,
            "(config-pmap)",
            *["(config-pmap-p)"] * 2,
            *["(config-pmap-c)"] * 4,
            "(config-pmap)",
            *["(config-pmap-c)"] * 2,
        )
    ]
    assert session.prompt == "ciscoasa(config)# "
    (attachment,) = state.loaded.gate.attachments
    assert [rule.label for rule in attachment.inspection.rules] == [
        "body length gt 35000",
        "sender-address regex class BAD_SENDERS",
    ]


def test_shows_are_answered_in_every_mode() -> None:
    """Without `do`, and the mode stays."""
    session = Session(gateway())
    say(session, "conf t", "policy-map type inspect esmtp L7_MAP", "parameters")
    assert say(session, "sh ver").startswith("mailward Software Version 1.2.3\n")
    assert session.prompt == "ciscoasa(config-pmap-p)# "


def test_ways_out_of_configuration() -> None:
    """`exit` and `quit` leave one mode, `end` and Ctrl-Z all, `logout` the
    console, and so does `exit` outside of configuration."""
    session = Session(gateway())
    say(session, "conf t", "policy-map L3_policy", "class L3_email", "exit")
    assert session.prompt == "ciscoasa(config-pmap)# "
    say(session, "quit")
    assert session.prompt == "ciscoasa(config)# "
    say(session, "quit")
    assert session.prompt == "ciscoasa# "
    say(session, "conf t", "class-map L3_email", "end")
    assert session.prompt == "ciscoasa# "
    say(session, "conf t", "class-map L3_email")
    session.top()
    assert session.prompt == "ciscoasa# "
    assert say(session, "exit") == "\nLogoff\n\n"
    assert session.closed
    other = Session(gateway())
    say(other, "conf t", "class-map L3_email", "logout")
    assert other.closed


def test_the_prompt_has_the_name_of_the_configuration() -> None:
    """At once, and without what no prompt may hold."""
    session = Session(empty())
    say(session, "conf t", "hostname gw-1.example")
    assert session.prompt == "gw-1.example(config)# "
    say(session, "hostname a\x1b#b")
    assert session.prompt in ("ab(config)# ", "gw-1.example(config)# ")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("shwo version", "ERROR: % Unrecognized command\n"),
        ("show", "ERROR: % Incomplete command\n"),
        ("s", "ERROR: % Incomplete command\n"),
        ("show service-policy i", "ERROR: % Ambiguous command:"),
        ("show clock now", f"{' ' * 21}^\n{CARET}"),
        ("show version | frob", f"ERROR: {CARET[7:]}"),
        ("show version | include", "ERROR: % Incomplete command\n"),
        ("show version | include (", "ERROR: the pattern is no regular"),
    ],
)
def test_mistakes_are_told_in_the_appliances_words(line: str, text: str) -> None:
    """The caret stands under what was typed behind the prompt."""
    done, got = Session(gateway()).line(line)
    assert not done
    assert got.startswith(text)


def test_a_mistake_in_configuration_changes_nothing() -> None:
    """A name that nobody defined, an object in use, a line that may not stand:
    the old configuration stays, and so does the mode."""
    state = gateway()
    session = Session(state)
    say(session, "conf t", "policy-map L3_policy", "class L3_email")
    before = state.loaded
    assert say(session, "service-policy NOSUCH interface inside") == (
        "ERROR: no policy-map is called NOSUCH\n"
    )
    assert "in use" in say(session, "no class-map L3_email")
    column = len("ciscoasa(config-pmap-c)# ") + len("access-list email permit x")
    text = say(session, "access-list email permit tcp any any lq 25")
    assert text.endswith(CARET)
    assert text.index("^") > column
    assert say(session, "frobnicate") == "ERROR: % Unrecognized command\n"
    assert state.loaded is before
    assert session.prompt == "ciscoasa(config-pmap-c)# "


def test_lines_of_other_houses_are_kept() -> None:
    """What the appliance knows and mailward does not is kept, at the top and
    where a whole block is kept; anything else is a mistake."""
    session = Session(gateway())
    say(session, "conf t")
    assert say(session, "snmp-server location here") == ""
    assert say(session, "interface GigabitEthernet0/0", "duplex full") == ""
    shown = say(session, "show running-config")
    assert "\nsnmp-server location here\n" in shown
    assert "\n duplex full\n" in shown
    assert say(session, "policy-map L3_policy", "duplex full").startswith("ERROR")


def test_before_enable_little_is_open() -> None:
    """Only what is harmless; three wrong secrets are enough, and the right one
    opens the rest until `disable`."""
    session = Session(gateway(SECRETS), Person("john"), privileged=False)
    assert session.prompt == "ciscoasa> "
    assert say(session, "show version").startswith("mailward")
    assert say(session, "show running-config").endswith(CARET)
    assert say(session, "enable") == ""
    assert (session.prompt, session.secret) == ("Password: ", True)
    assert say(session, "a") == "Invalid password\n"
    assert say(session, "b") == "Invalid password\n"
    assert say(session, "c") == "Access denied.\n"
    assert (session.prompt, session.secret) == ("ciscoasa> ", False)
    say(session, "en", "sesame")
    assert session.prompt == "ciscoasa# "
    assert say(session, "enable") == ""
    assert session.prompt == "ciscoasa# "
    say(session, "conf t", "disable")
    assert session.prompt == "ciscoasa> "
    say(session, "enable")
    session.interrupt()
    assert session.prompt == "ciscoasa> "


def test_without_a_secret_of_enable_the_users_own_is_asked() -> None:
    """Nobody comes further on an empty line."""
    state = gateway(SECRETS.split("\n", 1)[1])
    session = Session(state, Person("john"), privileged=False)
    assert say(session, "enable", "") == "Invalid password\n"
    say(session, "opensesame")
    assert session.prompt == "ciscoasa# "


def test_enable_may_ask_for_the_users_own_secret() -> None:
    """As `aaa authentication enable console LOCAL` says; whoever has no name is
    asked for that of `enable` all the same."""
    state = gateway(f"{SECRETS}aaa authentication enable console LOCAL\n")
    session = Session(state, Person("john"), privileged=False)
    assert say(session, "enable", "sesame") == "Invalid password\n"
    say(session, "opensesame")
    assert session.prompt == "ciscoasa# "
    nobody = Session(state, privileged=False)
    say(nobody, "enable", "sesame")
    assert nobody.prompt == "ciscoasa# "


def test_login_asks_for_a_user() -> None:
    """The name may be seen; the privilege of the user decides what is open."""
    session = Session(gateway(SECRETS), privileged=False)
    say(session, "login")
    assert (session.prompt, session.secret) == ("Username: ", False)
    say(session, "john")
    assert (session.prompt, session.secret) == ("Password: ", True)
    say(session, "opensesame")
    assert "Username : john\nCurrent privilege level : 15\n" in say(
        session, "show curpriv"
    )
    say(session, "login", "guest", "nosesame")
    assert session.prompt == "ciscoasa> "


def test_answers_are_filtered() -> None:
    """include, exclude, begin, grep, count and json, in any unique prefix; a
    `|` in a pattern of the configuration is no filter."""
    session = Session(gateway())
    assert say(session, "sh run | inc service-policy g") == (
        "service-policy global_policy global\n"
    )
    assert "esmtp" not in say(session, "show running-config | exclude esmtp")
    begun = say(session, "show running-config | begin ^service").splitlines()
    assert begun[:2] == [
        "service-policy global_policy global",
        "service-policy L3_policy interface outside",
    ]
    assert (begun[2][:15], begun[3:]) == ("Cryptochecksum:", [": end"])
    assert say(session, "show running-config | begin nowhere") == ""
    assert say(session, "show run | grep -v .") == ""
    assert say(session, "show run | grep level 100") == " security-level 100\n"
    assert say(session, "show run | count security-level") == "Number of lines: 2\n"
    assert say(session, "show service-policy | count") == "Number of lines: 8\n"
    told = json.loads(say(session, "show  service-policy interface outside | json"))
    assert told["command"] == "show service-policy interface outside"
    assert told["answer"][0]["matches"][1] == {
        "match": "cmd line length gt 100",
        "action": "",
        "packet": 0,
    }
    told = json.loads(say(session, "show curpriv | json"))
    assert told["answer"][0] == "Username : enable_15"
    say(session, "conf t", 'regex EITHER "a|include"')
    assert say(session, "sh run regex") == 'regex EITHER "a|include"\n'


def test_sections_of_the_configuration() -> None:
    """By kind, by kind and type, by name, with defaults."""
    session = Session(gateway())
    assert say(session, "show running-config access-list") == (
        "access-list email extended permit tcp any any eq smtp \n"
    )
    assert say(session, "show run policy-map type inspect esmtp EMPTY_MAP") == (
        "policy-map type inspect esmtp EMPTY_MAP\n parameters\n"
    )
    assert say(session, "show run class-map L3_email") == (
        "class-map L3_email\n match access-list email\n"
    )
    shown = say(session, "show run all policy-map type inspect esmtp")
    assert shown.startswith("policy-map type inspect esmtp _default_esmtp_map\n")


def test_help_and_tab() -> None:
    """`?` in the middle of a line and of a word, names that are defined, the
    words behind `|`; tab as far as all offers agree."""
    session = Session(gateway())
    assert "  service-policy " in session.help("show ")
    shown = session.help("show service-policy interface ")
    assert shown == (
        "\nexec mode commands/options:\n"
        "  inside   Name of an interface\n"
        "  outside  Name of an interface\n"
    )
    assert session.help("frob ") == "ERROR: % Unrecognized command\n"
    assert "exclude" in session.help("show version | ex")
    assert "include" not in session.help("show version | ex")
    assert session.tab("sh") == "show "
    assert session.tab("show serv") == "show service-policy "
    assert session.tab("show c") == "show c"
    assert session.tab("show version | inc") == "show version | inc"
    assert "email" in session.words("show access-list ")
    say(session, "conf t")
    assert session.tab("class-m") == "class-map "
    assert session.help("").startswith("\nconfigure mode commands/options:\n")
    assert "exec mode commands/options:\n" in session.help("")
    say(session, "login")
    assert session.tab("sh") == "sh"


def test_deeds_are_audited_and_secrets_are_not() -> None:
    """111008 for what is no show, 111010 for a line of configuration."""
    state, ring = counting()
    session = Session(state, Person("john", "10.1.1.9"))
    say(session, "show version", "conf t", "hostname gw", "end")
    say(session, "conf t", "username joe password sesame privilege 15")
    say(session, "clear service-policy", "frobnicate")
    assert [line for _, line in ring.lines] == [
        "%ASA-5-111008: User 'john' executed the 'conf t' command.",
        "%ASA-5-111008: User 'john' executed the 'hostname gw' command.",
        (
            "%ASA-5-111010: User 'john', running 'CLI' from IP 10.1.1.9, executed "
            "'hostname gw'"
        ),
        "%ASA-5-111008: User 'john' executed the 'conf t' command.",
        (
            "%ASA-5-111008: User 'john' executed the 'username joe password ***** "
            "privilege 15' command."
        ),
        (
            "%ASA-5-111010: User 'john', running 'CLI' from IP 10.1.1.9, executed "
            "'username joe password ***** privilege 15'"
        ),
        "%ASA-5-111008: User 'john' executed the 'clear service-policy' command.",
    ]


def test_comments_and_endless_lines() -> None:
    """Comments and blanks say nothing; a line has an end."""
    session = Session(gateway())
    assert [say(session, line) for line in ("", "  ", "! a", ": b")] == [""] * 4
    assert session.line("x" * (LINE_MOST + 1))[0] is False


def test_nothing_that_moves_a_cursor_enters_the_configuration() -> None:
    """Not even in a line that is kept as it stands."""
    state = gateway()
    session = Session(state)
    before = state.loaded
    assert say(session, "conf t", "banner motd \x1b[2Jhello").endswith(CARET)
    assert state.loaded is before


def test_every_command_is_documented() -> None:
    """Each row explains itself for the reference."""
    assert all(row.doc.endswith(".") for row in GRAMMAR.rows)


@pytest.mark.parametrize("mode", ["hostname gw", "interface eth7", "webvpn"])
@pytest.mark.parametrize("line", ["show frob", "sh frob", "write frob", "copy frob"])
def test_commands_with_a_mistake_are_not_kept(mode: str, line: str) -> None:
    """In configuration neither: modes whose unknown lines are kept hold none."""
    state = gateway()
    session = Session(state)
    session.line("conf t")
    assert session.line(mode) == (True, "")
    before = state.loaded.running.render()
    done, text = session.line(line)
    column = len(session.prompt) + line.index("frob") + 1
    marked = f"{'^':>{column}}\nERROR: % Invalid input detected at '^' marker.\n"
    assert (done, text) == (False, marked)
    assert session.line("show")[1] == "ERROR: % Incomplete command\n"
    assert state.loaded.running.render() == before


def test_what_is_named_must_be_there() -> None:
    """As on the appliance; what is taken away need not."""
    session = Session(gateway())
    session.line("conf t")
    line = "access-group nowhere in interface outside"
    assert session.line(line) == (False, "ERROR: no access list is called nowhere\n")
    assert session.line(f"no {line}") == (True, "")


def test_mistakes_name_other_lines_by_their_words() -> None:
    """Their numbers are of a file that nobody here has before him."""
    session = Session(gateway(f"object network O\n host 10.0.0.1\n{CONFIG}"))
    session.line("conf t")
    assert session.line("object-group network O")[1] == (
        "ERROR: O is defined by `object network O` already\n"
    )
    assert session.line("service-policy global_policy interface outside")[1] == (
        "ERROR: `service-policy L3_policy interface outside` puts L3_policy in force "
        "there already\n"
    )


def test_what_is_cleared_must_be_of_the_language() -> None:
    """Nothing there is no mistake; a misspelt word is."""
    session = Session(gateway())
    session.line("conf t")
    why = "ERROR: no line of a configuration begins so\n"
    assert session.line("clear configure acces-list") == (False, why)
    assert session.line("clear configure telnet") == (True, "")
    assert session.line("clear configure access-list nothing") == (True, "")
    assert session.line("clear configure all") == (True, "")
    assert session.line("clear configure all") == (True, "")
