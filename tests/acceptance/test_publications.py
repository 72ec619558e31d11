"""Servers that static NAT publishes: `mailward run CONFIG`, and nothing else said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.bed import FIREWALL, OUTSIDE, Bed, host, why_not
from tests.acceptance.firewall import Firewall
from tests.acceptance.gateway import COMMAND
from tests.acceptance.postfix import Postfix
from tests.acceptance.postfix import why_not as why_no_postfix
from tests.acceptance.test_transparent import Caller, sent, standing

INTERFACES: Final = """\
interface outside0
 nameif outside
 security-level 0
 ip address 198.51.100.1 255.255.255.0
interface inside0
 nameif inside
 security-level 100
 ip address 10.1.0.1 255.255.255.0
"""
#: Since release 8.3: policies see the server's own address and port.
NEW: Final = """\
object network MAIL
 host 10.1.0.2
 nat (inside,outside) static interface service tcp 2525 smtp
access-list IN extended deny tcp host 198.51.100.9 any
access-list IN extended permit tcp any host 10.1.0.2 eq 2525
access-group IN in interface outside
class-map MAIL
 match port tcp eq 2525
"""
#: Before: those of the outside.
OLD: Final = """\
static (inside,outside) tcp interface smtp 10.1.0.2 2525 netmask 255.255.255.255
access-list IN extended deny tcp host 198.51.100.9 any
access-list IN extended permit tcp any host 198.51.100.1 eq smtp
access-group IN in interface outside
class-map MAIL
 match port tcp eq 25
"""
POLICY: Final = """\
policy-map type inspect esmtp MAP
 parameters
  mask-banner
policy-map POLICY
 class MAIL
  inspect esmtp MAP
service-policy POLICY interface outside
"""


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    """The test bed."""
    if why := why_not() or why_no_postfix():
        pytest.skip(why)
    made = Bed()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def postfix(bed: Bed) -> Iterator[Postfix]:
    """Postfix inside."""
    server = standing(bed)
    yield server
    server.stop()


@pytest.mark.usefixtures("postfix")
@pytest.mark.parametrize(
    ("rules", "seen"), [(NEW, "10.1.0.2/2525"), (OLD, "198.51.100.1/25")]
)
def test_the_outside_reaches_the_inside(bed: Bed, rules: str, seen: str) -> None:
    """The listener is the interface's own address, the way leads to the server,
    policies and access lists see what the form of the line means."""
    firewall = Firewall(bed, INTERFACES + rules + POLICY, transparent=False)
    assert firewall.said.found("listening on .*") == [
        "listening on 198.51.100.1:25, upstream 10.1.0.2:2525"
    ]
    with Caller(bed, OUTSIDE, host(OUTSIDE, 1)) as caller:
        assert sent(caller).startswith(b"2.0.0 Ok: queued")
    firewall.log.wait(rf"302013: .* to inside:{seen} ")
    assert bed.reset(OUTSIDE, (host(OUTSIDE, 1), 25), ("198.51.100.9", 0))
    assert firewall.stop() == 0
    denied = rf"106023: Deny tcp src outside:198\.51\.100\.9/\d+ dst inside:{seen} "
    assert len(firewall.log.found(denied)) == 1


def test_an_address_that_is_not_here(bed: Bed, tmp_path: Path) -> None:
    """One line names the listener that cannot be had."""
    config = tmp_path / "asa.cfg"
    config.write_text(
        INTERFACES + NEW.replace("static interface", "static 198.51.100.77") + POLICY
    )
    answer = bed.run(FIREWALL, *COMMAND, "run", str(config), check=False)

    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == (
        "mailward: cannot listen on 198.51.100.77:25: the address is none of this "
        "machine's"
    )
