"""The rules as nftables reads them."""

import re
import shutil
import subprocess

import pytest

from mailward.config.load import load
from mailward.network.nft import removal, rules
from mailward.network.plan import planned
from tests.unit.network.test_plan import DEVICES, EVERYWHERE, INTERFACES

LISTED = """\
object-group network PARTNERS
 network-object host 192.0.2.1
 network-object 192.0.2.64 255.255.255.192
access-list MAIL extended deny tcp host 203.0.113.9 any eq smtp
access-list MAIL extended deny udp any any
access-list MAIL extended permit tcp object-group PARTNERS any eq smtp
access-list MAIL extended permit tcp any host 2001:db8::25 range 25 26
access-list MAIL extended permit tcp 10.0.0.1 255.0.0.255 any4
access-list MAIL extended permit tcp any gt 1023 any eq 587
class-map SMTP
 match access-list MAIL
policy-map POLICY
 class SMTP
  inspect esmtp
service-policy POLICY interface outside
"""


def chains(text: str) -> dict[str, list[str]]:
    """The lines of each chain."""
    return {
        name: [line.strip() for line in body.strip().splitlines()]
        for name, body in re.findall(r"chain (\w+) \{\n(.*?)  \}", text, re.DOTALL)
    }


def written(text: str) -> str:
    """The rules of a configuration."""
    return rules(planned(load(text).gate, DEVICES))


def test_a_port() -> None:
    """What comes in is looked at by the device that it goes out through."""
    found = chains(written(INTERFACES + EVERYWHERE))

    assert found["from_0"] == [
        "fib daddr type != unicast return",
        'fib daddr oifname "eth0" jump pair_0_0',
        'fib daddr oifname "eth1" jump pair_0_1',
        'fib daddr oifname "eth2" jump pair_0_2',
    ]
    assert found["pair_0_1"] == ["tcp dport { 25 } goto take_0"]
    assert found["from_1"] == [
        "fib daddr type != unicast return",
        'fib daddr oifname "eth1" jump pair_1_0',
    ]
    assert found["take_1"][0].endswith(
        "== syn tproxy ip to 127.0.0.1:28024 meta mark set 0x6d77 counter accept "
        'comment "inside"'
    )
    # What is left of a connection under a flood of SYNs: a cookie in an ACK.
    assert found["take_1"][2] == "socket transparent 1 meta mark set 0x6d77 accept"
    assert found["take_1"][4].endswith(
        "== ack tproxy ip6 to [::1]:28024 meta mark set 0x6d77 accept"
    )
    assert found["take_1"][-1] == "counter drop"
    assert found["incoming"] == [
        "type filter hook prerouting priority mangle; policy accept;",
        'iifname "eth0" meta l4proto tcp jump from_0',
        'iifname "eth1" meta l4proto tcp jump from_1',
        'iifname "eth2" meta l4proto tcp jump from_2',
        (
            'iifname { "eth0", "eth1", "eth2" } meta l4proto tcp '
            "socket transparent 1 meta mark set 0x6d77 accept"
        ),
    ]


def test_any_port() -> None:
    """A class that matches everything asks for no port."""
    found = chains(
        written(INTERFACES + EVERYWHERE.replace("match port tcp eq 25", "match any"))
    )

    assert found["pair_0_1"] == ["goto take_0"]


def test_an_access_list() -> None:
    """Each live entry is a rule, for each family in which it can hold; the list
    is written once for an interface."""
    found = chains(written(INTERFACES + LISTED))

    assert found["list_0_0"] == [
        "ip saddr 203.0.113.9/32 tcp dport { 25 } return",
        "ip saddr { 192.0.2.1, 192.0.2.64-192.0.2.127 } tcp dport { 25 } goto take_0",
        "ip6 daddr 2001:db8::25/128 tcp dport { 25-26 } goto take_0",
        "ip saddr & 255.0.0.255 == 10.0.0.1 ip daddr 0.0.0.0/0 goto take_0",
        "tcp sport { 1024-65535 } tcp dport { 587 } goto take_0",
    ]
    assert [name for name in found if name.startswith("list_")] == ["list_0_0"]
    assert found["pair_0_1"] == ["jump list_0_0"]
    assert "# access-list MAIL" in written(INTERFACES + LISTED)


def test_nothing_to_inspect() -> None:
    """Without a policy the chain lets all be."""
    found = chains(written(INTERFACES))

    assert found == {
        "incoming": ["type filter hook prerouting priority mangle; policy accept;"]
    }


def test_it_replaces_what_was() -> None:
    """The table is emptied and made in one transaction."""
    text = written(INTERFACES)

    assert text.startswith("add table inet mailward\ndelete table inet mailward\n")
    assert removal() == "add table inet mailward\ndelete table inet mailward\n"


@pytest.mark.parametrize("policy", [EVERYWHERE, LISTED, ""])
def test_nft_reads_it(policy: str) -> None:
    """The real program finds no mistake in it."""
    if shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin") is None:
        pytest.skip("nft is not installed (Debian: nftables)")
    trial = subprocess.run(
        ["unshare", "-rn", "nft", "-c", "-f", "-"],
        input=written(INTERFACES + policy),
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in trial.stderr:
        pytest.skip(f"no namespace for a trial: {trial.stderr.strip()}")

    assert (trial.returncode, trial.stderr) == (0, "")
