"""Claims about `mailward.console.shows`: questions, answers, refusals."""

import json
from hashlib import md5

import pytest

from mailward.config.load import load
from mailward.console.session import GRAMMAR, answer, respond
from tests.unit.console.gateways import CONFIG, gateway

LONG = (
    "packet {packet}, lock fail 0, drop {drop}, reset-drop {reset}, "
    "5-min-pkt-rate 0 pkts/sec, v6-fail-close 0 sctp-drop-override 0\n"
)
NOUGHT = LONG.format(packet=0, drop=0, reset=0)
GLOBAL = (
    "Global policy:\n"
    "  Service-policy: global_policy\n"
    "    Class-map: inspection_default\n"
    f"      Inspect: esmtp EMPTY_MAP, {NOUGHT}"
)
OUTSIDE = (
    "Interface outside:\n"
    "  Service-policy: L3_policy\n"
    "    Class-map: L3_email\n"
    f"      Inspect: esmtp L7_MAP, {NOUGHT}"
)


def test_every_counter_has_its_line() -> None:
    """Parameters with `count`, matches with the action and `packet`; a match
    without an action has no count to print."""
    state = gateway()
    tally = state.loaded.gate.attachments[1].tally
    tally.packets, tally.drops, tally.reset_drops = 54698280, 2676, 5
    tally.mask_banner, tally.special_character, tally.allow_tls = 278499, 7, 3
    tally.rules = [380, 0]
    assert answer("show service-policy inspect esmtp", state) == (
        f"{GLOBAL}"
        "Interface outside:\n"
        "  Service-policy: L3_policy\n"
        "    Class-map: L3_email\n"
        "      Inspect: esmtp L7_MAP, "
        + LONG.format(packet=54698280, drop=2676, reset=5)
        + "        mask-banner, count 278499\n"
        "        special-character, count 7\n"
        "        allow-tls, count 3\n"
        "        match body length gt 35000\n"
        "          drop-connection log, packet 380\n"
        "        match cmd line length gt 100\n"
    )


def test_relaying_is_counted_where_it_is_asked_for() -> None:
    """`mail-relay` stands behind `mask-banner`; two actions are told as one."""
    text = CONFIG.replace(
        "  mask-banner\n", "  mask-banner\n  mail-relay b.example action log\n"
    ).replace(
        " match cmd line length gt 100\n",
        " match not cmd verb VRFY\n  rate-limit 5 log\n  mask\n",
    )
    state = gateway(text)
    tally = state.loaded.gate.attachments[1].tally
    tally.mail_relay, tally.rules = 4, [0, 9]
    lines = answer("show service-policy interface outside inspect esmtp", state)
    assert lines.endswith(
        "        mask-banner, count 0\n"
        "        mail-relay, count 4\n"
        "        special-character, count 0\n"
        "        allow-tls, count 0\n"
        "        match body length gt 35000\n"
        "          drop-connection log, packet 0\n"
        "        match not cmd verb VRFY\n"
        "          mask rate-limit 5 log, packet 9\n"
    )


def test_the_short_inspect_line() -> None:
    """`mailward compat show-header short`: packet, drop and reset-drop only."""
    state = gateway(f"{CONFIG}mailward compat show-header short\n")
    tally = state.loaded.gate.attachments[1].tally
    tally.packets, tally.drops, tally.reset_drops = 54698280, 2676, 5
    assert answer("show service-policy interface outside", state).endswith(
        "      Inspect: esmtp L7_MAP, packet 54698280, drop 2676, reset-drop 5\n"
    )


def test_without_inspect_only_the_inspect_line() -> None:
    """Global first, then the interfaces."""
    assert answer("show service-policy", gateway()) == GLOBAL + OUTSIDE


def test_a_place_may_be_chosen() -> None:
    """`global`, or one interface; an interface without a policy says nothing."""
    state = gateway()
    assert answer("show service-policy global", state) == GLOBAL
    assert answer("show service-policy global inspect esmtp", state) == GLOBAL
    assert answer("show service-policy interface outside", state) == OUTSIDE
    assert answer("show service-policy interface inside", state) == ""


def test_several_classes_share_their_policy_and_place() -> None:
    """The heading of a place and of a policy is printed once."""
    more = CONFIG.replace(
        "  inspect esmtp L7_MAP\n",
        "  inspect esmtp L7_MAP\n class inspection_default\n"
        "  inspect esmtp EMPTY_MAP\n",
    )
    assert answer("show service-policy interface outside", gateway(more)) == (
        f"{OUTSIDE}"
        "    Class-map: inspection_default\n"
        f"      Inspect: esmtp EMPTY_MAP, {NOUGHT}"
    )


def test_clear_sets_counters_to_nought() -> None:
    """Silent; only at the place that was named."""
    state = gateway()
    everywhere, outside = (a.tally for a in state.loaded.gate.attachments)
    everywhere.packets, outside.packets, outside.rules[0] = 5, 6, 7
    assert respond("clear service-policy interface outside", state) == (True, "")
    assert (everywhere.packets, outside.packets, outside.rules) == (5, 0, [0, 0])
    assert respond("clear service-policy", state) == (True, "")
    assert everywhere.packets == 0


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("sh service-p i e", "show service-policy inspect esmtp"),
        ("SHOW SERV", "show service-policy"),
        ("sh ser g i e", "show service-policy global inspect esmtp"),
        ("sh s int inside i e", "show service-policy interface inside inspect e"),
        ("sh run", "show running-config"),
        ("sh run al", "show running-config all"),
        ("  sh   ver ", "show version"),
        ("cl s", "clear service-policy"),
    ],
)
def test_abbreviations_mean_the_full_words(short: str, full: str) -> None:
    """Any unique prefix, in any letter case."""
    state = gateway()
    done, text = respond(short, state)
    assert (done, text) == (True, answer(full, state))


def test_running_config_stands_in_its_frame() -> None:
    """`: Saved` … `: end`, and what stands between loads again as the same."""
    state = gateway()
    for words, everything in (("", False), (" all", True)):
        text = answer(f"show running-config{words}", state)
        body = state.loaded.running.render(everything=everything).strip("\n")
        digest = md5(body.encode()).hexdigest()
        assert text == (
            f": Saved\n:\nASA Version 9.16(4)\n!\n{body}\n"
            f"Cryptochecksum:{digest}\n: end\n"
        )
    plain = answer("show running-config", state)
    assert "service-policy L3_policy interface outside\n" in plain
    assert answer("show running-config", gateway(plain)) == plain
    old = gateway(plain.replace("9.16(4)", "8.4(7)"))
    assert "\nASA Version 8.4(7)\n!\n" in answer("show running-config", old)
    assert "Software Version 8.4(7)\n" in answer("show version", old)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("", ""),
        (" \t ", ""),
        ("frobnicate", "ERROR: % Unrecognized command\n"),
        ("no show version", "ERROR: % Unrecognized command\n"),
        ("show", "ERROR: % Incomplete command\n"),
        ("show service-policy inspect", "ERROR: % Incomplete command\n"),
        (
            "show service-policy i",
            'ERROR: % Ambiguous command:  "show service-policy i"\n',
        ),
        (
            "show service-policy interface nowhere",
            (
                "show service-policy interface nowhere\n"
                "                              ^\n"
                "ERROR: % Invalid input detected at '^' marker.\n"
            ),
        ),
        (
            "show running-config\tobjekt",
            (
                "show running-config objekt\n"
                "                    ^\n"
                "ERROR: % Invalid input detected at '^' marker.\n"
            ),
        ),
        (
            "show version\x1b[2J",
            (
                "show version [2J\n"
                "            ^\n"
                "ERROR: % Invalid input detected at '^' marker.\n"
            ),
        ),
    ],
)
def test_refusals_are_in_the_appliances_words(words: str, text: str) -> None:
    """A caret where the mistake is; nothing that moves a cursor is echoed."""
    assert respond(words, gateway()) == (not text, text)


def test_interfaces_come_from_names_and_from_policies() -> None:
    """A policy on an interface that no `nameif` names can be asked for too."""
    state = gateway()
    assert state.interfaces() == {"outside", "inside"}
    other = CONFIG[CONFIG.index("access-list") :].replace("outside", "dmz")
    state.loaded = load(other)
    assert state.interfaces() == {"outside", "inside", "dmz"}
    shown = answer("show service-policy interface dmz", state)
    assert shown == OUTSIDE.replace("outside", "dmz")


def test_every_command_is_documented() -> None:
    """Each row explains itself for the reference."""
    assert all(row.doc.endswith(".") for row in GRAMMAR.rows)


def test_monitor_mode_is_shown() -> None:
    """Below the Inspect line, in every form; the counts are there all the same."""
    state = gateway(f"{CONFIG}mailward monitor EMPTY_MAP\n")
    said = "        monitor: judged, counted and logged; nothing is done\n"

    assert answer("show service-policy global", state) == GLOBAL + said
    assert answer("show service-policy interface outside", state) == OUTSIDE
    data = json.loads(answer("show service-policy | json", state))
    assert [policy["monitor"] for policy in data["answer"]] == [True, False]
