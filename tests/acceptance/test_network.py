"""`mailward network`: rules and routes come as one, and go as they came."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.bed import FIREWALL, OUTSIDE, Bed, host, why_not
from tests.acceptance.firewall import POLICY

INTERFACES: Final = """\
interface outside0
 nameif outside
 security-level 0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
interface dmz0
 nameif dmz
 security-level 50
mailward interface inside inside0
"""


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    """The test bed, with a ruleset and a route of somebody else's."""
    if why := why_not():
        pytest.skip(why)
    made = Bed()
    try:
        made.run(
            *(FIREWALL, "nft", "-f", "-"),
            content="table ip theirs { chain c { type filter hook forward priority "
            "filter; policy accept; counter; }; }",
        )
        made.ip(FIREWALL, "rule", "add", "fwmark", "7", "lookup", "77", "pref", "700")
        made.ip(FIREWALL, "route", "add", "192.0.2.0/24", "dev", "dmz0", "table", "77")
        yield made
    finally:
        made.remove()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that inspects."""
    file = tmp_path / "asa.cfg"
    file.write_text(INTERFACES + POLICY)
    return file


def state(bed: Bed) -> dict[str, str]:
    """Everything that the command might touch."""
    return {
        "rules": bed.run(FIREWALL, "nft", "--stateless", "list", "ruleset").stdout,
        "rule": bed.ip(FIREWALL, "rule"),
        "rule 6": bed.ip(FIREWALL, "-6", "rule"),
        "route": bed.ip(FIREWALL, "route", "show", "table", "all"),
        "route 6": bed.ip(FIREWALL, "-6", "route", "show", "table", "all"),
    }


def network(
    bed: Bed, *words: str, before: tuple[str, ...] = ()
) -> "subprocess.CompletedProcess[str]":
    """`mailward network …` on the firewall."""
    command = (*before, sys.executable, "-m", "mailward", "network", *words)
    return bed.run(FIREWALL, *command, check=False)


def done(bed: Bed, *words: str) -> str:
    """The same, without a complaint; what it prints."""
    answer = network(bed, *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_down_leaves_all_as_it_was(bed: Bed, config: Path) -> None:
    """Twice up is once up; twice down is once down; what others have there is
    touched by neither."""
    before = state(bed)
    done(bed, "up", str(config))
    once = state(bed)
    done(bed, "up", str(config))

    assert state(bed) == once
    assert {name for name in once if once[name] != before[name]} == set(once)
    assert before["rules"] in once["rules"]

    done(bed, "down", str(config))
    assert state(bed) == before
    done(bed, "down")
    assert state(bed) == before


def test_another_policy_takes_the_place_of_the_first(
    bed: Bed, config: Path, tmp_path: Path
) -> None:
    """`up` after a change of the configuration leaves nothing of the old rules."""
    other = tmp_path / "other.cfg"
    other.write_text((INTERFACES + POLICY).replace("eq 25", "eq 587"))
    done(bed, "up", str(other))
    alone = state(bed)
    done(bed, "down")
    done(bed, "up", str(config))
    done(bed, "up", str(other))

    assert state(bed) == alone
    done(bed, "down")


def test_a_mistake_changes_nothing(bed: Bed, config: Path, tmp_path: Path) -> None:
    """Neither a configuration with errors, nor one whose device is not there,
    nor one that names none."""
    done(bed, "up", str(config))
    before = state(bed)
    wrong = tmp_path / "wrong.cfg"
    for text, said in (
        ("class-map SMTP\n match prt\n", "error"),
        (
            INTERFACES.replace("interface dmz0", "interface eth77") + POLICY,
            (
                "interface dmz: this machine has no device eth77; say which is meant: "
                "mailward interface dmz LINUXNAME"
            ),
        ),
        (
            INTERFACES.replace("mailward interface", "!") + POLICY,
            "interface inside: 'GigabitEthernet0/1' cannot be a device of Linux",
        ),
        (POLICY, "the configuration names no interface"),
    ):
        wrong.write_text(text)
        answer = network(bed, "up", str(wrong))
        assert (answer.returncode, said in answer.stderr) == (1, True), answer.stderr
        assert state(bed) == before
    done(bed, "down")


def test_who_may_not_is_told(bed: Bed, config: Path) -> None:
    """Without CAP_NET_ADMIN nothing is tried."""
    before = state(bed)
    plain = ("setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin")
    for words in (("up", str(config)), ("down",), ("show",)):
        answer = network(bed, *words, before=plain)
        assert answer.returncode == 1
        assert answer.stderr.splitlines()[-1] == (
            "mailward: this needs the capability CAP_NET_ADMIN: run it as root"
        )
    assert state(bed) == before


def test_a_machine_without_nft(bed: Bed, config: Path) -> None:
    """The program that is missing is named."""
    hide = ("unshare", "--mount", "sh", "-c")
    script = 'for f in $(which -a nft); do mount --bind /dev/null "$f"; done; exec "$@"'
    answer = network(bed, "up", str(config), before=(*hide, script, "sh"))

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-1] == (
        "mailward: the program nft is not installed (Debian: nftables)"
    )


def test_print_is_what_up_does(bed: Bed, config: Path) -> None:
    """What is printed, given to `nft` and `ip` by hand, comes to the same, and
    what `down` prints takes it away; printing needs no root."""
    before = state(bed)
    printed = network(
        bed, "up", str(config), "--print", before=("setpriv", "--bounding-set=-all")
    ).stdout
    assert state(bed) == before
    rules, _, commands = printed.partition("\nip ")
    bed.run(FIREWALL, "nft", "-f", "-", content=rules)
    for line in f"ip {commands}".splitlines():
        bed.run(FIREWALL, *line.split())
    by_hand = state(bed)
    done(bed, "up", str(config))
    assert state(bed) == by_hand

    printed = done(bed, "down", "--print")
    assert state(bed) == by_hand
    rules, _, commands = printed.partition("\nip ")
    bed.run(FIREWALL, "nft", "-f", "-", content=rules)
    for line in f"ip {commands}".splitlines():
        bed.run(FIREWALL, *line.split())
    assert state(bed) == before


def test_show(bed: Bed, config: Path) -> None:
    """It tells what is in force, and how much was diverted."""
    answer = network(bed, "show")
    assert (answer.returncode, answer.stderr) == (1, "mailward: nothing is in force\n")

    done(bed, "up", str(config))
    # Nobody listens: the connection is not let through uninspected.
    client = "import socket; socket.create_connection(('{}', 25), 1)".format(
        host("inside")
    )
    refused = bed.run(OUTSIDE, sys.executable, "-c", client, check=False)
    assert "TimeoutError" in refused.stderr
    lines = done(bed, "show").splitlines()
    assert lines[:3] == [
        "from outside: 0 connections diverted",
        "from inside: 0 connections diverted",
        "from dmz: 0 connections diverted",
    ]
    assert lines[3].endswith("packets dropped")
    assert not lines[3].startswith("of no connection of the relay's: 0 ")
    assert lines[4:] == [
        "ip rule: fwmark 0x6d77 lookup 28023 pref 28023",
        "ip route: local 0.0.0.0/0 dev lo table 28023",
        "ip -6 rule: fwmark 0x6d77 lookup 28023 pref 28023",
        "ip -6 route: local ::/0 dev lo table 28023",
    ]
    assert done(bed, "show", "--print").startswith("table inet mailward {\n")
    done(bed, "down")


def test_a_large_access_list(bed: Bed, tmp_path: Path) -> None:
    """Ten thousand hosts in a group and a thousand entries are read by nft."""
    lines = ["object-group network BIG"]
    lines += [f" network-object host 10.{n >> 8}.{n & 255}.1" for n in range(10_000)]
    lines += ["access-list MAIL extended deny tcp object-group BIG any eq smtp"]
    lines += [
        f"access-list MAIL extended permit tcp host 192.0.{n >> 8}.{n & 255} any eq 25"
        for n in range(1000)
    ]
    lines += [POLICY.replace("port tcp eq 25", "access-list MAIL")]
    file = tmp_path / "large.cfg"
    file.write_text(INTERFACES + "\n".join(lines))
    before = state(bed)

    done(bed, "up", str(file))
    done(bed, "down")
    assert state(bed) == before
    assert os.getuid() == 0
