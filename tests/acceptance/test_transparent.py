"""Transparent mode between real networks: who sees whom, and what is touched.

One Postfix inside, one firewall, clients outside and elsewhere; see `bed`.
"""

import re
import smtplib
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.bed import DMZ, FIREWALL, INSIDE, OUTSIDE, Bed, host, why_not
from tests.acceptance.firewall import INTERFACES, Firewall, capabilities
from tests.acceptance.gateway import COMMAND
from tests.acceptance.mails import body, stored
from tests.acceptance.postfix import Postfix, stripped
from tests.acceptance.postfix import why_not as why_no_postfix
from tests.processes import status

POLICY: Final = """\
regex BAD @abc\\.com
class-map SMTP
 match access-list MAIL
access-list MAIL extended deny tcp host 198.51.100.9 any eq smtp
access-list MAIL extended permit tcp any any eq smtp
policy-map type inspect esmtp STRICT
 match sender-address regex BAD
  drop-connection log
policy-map type inspect esmtp LOOSE
 match sender-address length gt 300
  log
policy-map OUTER
 class SMTP
  inspect esmtp STRICT
access-list EVERY extended deny tcp host 198.51.100.9 any
access-list EVERY extended permit tcp any any eq smtp
class-map ANY_SMTP
 match access-list EVERY
policy-map EVERYWHERE
 class ANY_SMTP
  inspect esmtp LOOSE
service-policy OUTER interface outside
service-policy EVERYWHERE global
"""
FROM: Final = "alice@example.org"
TO: Final = "bob@example.com"
MAIL: Final = "Subject: one\r\n\r\nhello\r\n"
SERVER: Final = host(INSIDE)


class Caller(smtplib.SMTP):
    """A client that stands somewhere in the bed."""

    def __init__(
        self,
        bed: Bed,
        place: str,
        address: str,
        port: int = 25,
        source: tuple[str, int] | None = None,
    ) -> None:
        self.bed = bed
        self.place = place
        self.source = source
        super().__init__(address, port, "client.example.org", 20)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.bed.connect(self.place, (host, port), self.source, timeout)

    @property
    def number(self) -> int:
        """The port that it calls from."""
        assert self.sock is not None
        return int(self.sock.getsockname()[1])


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
    """Postfix inside, on both families, and on a port that nobody inspects."""
    server = standing(bed)
    yield server
    server.stop()


@pytest.fixture
def other() -> Iterator[tuple[Bed, Postfix]]:
    """Another bed with another Postfix, for a firewall that a test makes."""
    if why := why_not() or why_no_postfix():
        pytest.skip(why)
    made = Bed()
    try:
        server = standing(made)
        yield made, server
        server.stop()
    finally:
        made.remove()


def standing(bed: Bed) -> Postfix:
    """A Postfix inside."""
    return Postfix(
        "inet_protocols = all\nsmtpd_client_port_logging = yes\ndebug_peer_list =\n",
        [f"{SERVER}:25", f"{SERVER}:2525", f"[{host(INSIDE, 2, 6)}]:25"],
        bed.inside_of(INSIDE),
    )


@pytest.fixture(scope="module")
def firewall(bed: Bed) -> Iterator[Firewall]:
    """mailward between them."""
    made = Firewall(bed, POLICY)
    yield made
    assert made.stop() == 0


def seen(postfix: Postfix, port: int) -> str:
    """The address of the client that called from this port, as Postfix logged."""
    line = postfix.log.wait(rf"smtpd\[\d+\]: connect from \S+\]:{port}$")
    return line.rsplit("[", 1)[1].split("]")[0]


def delivered(postfix: Postfix, reply: bytes) -> bytes:
    """The mail that this reply acknowledges."""
    return stripped(postfix.delivered(reply.split()[-1].decode()))


def sent(caller: Caller, mail: str = MAIL, sender: str = FROM) -> bytes:
    """What the server says of a mail in the end."""
    caller.ehlo()
    caller.mail(sender)
    caller.rcpt(TO)
    return caller.data(mail)[1]


@pytest.mark.parametrize("version", [4, 6])
def test_each_side_sees_the_other(
    bed: Bed, postfix: Postfix, firewall: Firewall, version: int
) -> None:
    """The server sees the client's own address and port, the client the
    server's; the mail arrives unaltered, and the record names them."""
    server, client = host(INSIDE, 2, version), host(OUTSIDE, 3, version)
    before = firewall.diverted()["outside"]
    with Caller(bed, OUTSIDE, server, source=(client, 0)) as caller:
        assert caller.sock is not None
        assert caller.sock.getpeername()[:2] == (server, 25)
        port = caller.number
        assert seen(postfix, port) == client
        assert delivered(postfix, sent(caller)) == b"Subject: one\n\nhello\n"

    assert firewall.diverted()["outside"] == before + 1
    firewall.log.wait(
        rf"302013: Built inbound TCP connection \d+ for outside:{client}/{port} "
        rf"\({client}/{port}\) to inside:{server}/25"
    )
    firewall.log.wait(rf"302014: .* outside:{client}/{port} .* TCP FINs")


def test_only_one_capability(firewall: Firewall) -> None:
    """The relay runs as nobody, with CAP_NET_RAW (13) alone."""
    allowed = {"net_raw": 13, "dac_read_search": 2}

    assert firewall.effective() == {allowed[name] for name in capabilities()}
    assert status(firewall.process.pid)["Uid"] == "65534 65534 65534 65534"


def test_the_policy_of_the_interface_wins(
    bed: Bed, postfix: Postfix, firewall: Firewall
) -> None:
    """From outside the strict policy holds; from the dmz, where only the global
    one is, the same mail passes."""
    with Caller(bed, OUTSIDE, SERVER) as caller:
        caller.ehlo()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            caller.mail("x@abc.com")
    firewall.log.wait(r"108004: .*from outside:198\.51\.100\.2/\d+ to inside:10\.1\.")
    with Caller(bed, DMZ, SERVER) as caller:
        assert seen(postfix, caller.number) == host(DMZ)
        assert delivered(postfix, sent(caller, sender="x@abc.com"))
    firewall.log.wait(r"302013: Built inbound .* for dmz:10\.2\.0\.2/\d+ .* to inside:")


@pytest.mark.parametrize(
    ("place", "address", "port", "source"),
    [
        (OUTSIDE, SERVER, 2525, None),  # no class has the port
        (OUTSIDE, SERVER, 25, ("198.51.100.9", 0)),  # the class excludes the host
    ],
)
def test_what_no_policy_inspects_is_not_touched(
    bed: Bed,
    postfix: Postfix,
    firewall: Firewall,
    place: str,
    address: str,
    port: int,
    source: tuple[str, int] | None,
) -> None:
    """It is routed as before: no rule diverts it, the relay hears nothing of it,
    and what the server says is not masked."""
    before = firewall.diverted()
    mark = firewall.log.mark()
    with Caller(bed, place, address, port, source) as caller:
        assert seen(postfix, caller.number) == (source or (host(OUTSIDE),))[0]
        _, said = caller.ehlo()
        number = caller.number

    assert b"CHUNKING" in said
    assert firewall.diverted() == before
    assert firewall.log.found(rf"/{number}\b", mark) == []


def test_outbound_is_not_touched(bed: Bed, firewall: Firewall) -> None:
    """From the more to the less trusted side nothing is diverted."""
    before = firewall.diverted()
    place = (host(OUTSIDE), 25)
    with (
        bed.within(OUTSIDE, lambda: socket.create_server(place)) as server,
        bed.connect(INSIDE, place) as client,
    ):
        served, peer = server.accept()
        served.close()
        assert peer == client.getsockname()

    assert firewall.diverted() == before


def test_to_the_firewall_itself(bed: Bed, firewall: Firewall) -> None:
    """What is for this machine is none of what passes through it: its own port
    25 answers as it would without us, and nobody reaches the relay's port."""
    before = firewall.diverted()
    for port in (25, 28023, 28024):
        with pytest.raises(ConnectionRefusedError):
            bed.connect(OUTSIDE, (host(OUTSIDE, 1), port))

    assert firewall.diverted() == before


@pytest.mark.usefixtures("postfix", "firewall")
def test_the_relays_port_of_another_machine(bed: Bed) -> None:
    """Whoever connects to that port of a server is not taken for a client."""
    with pytest.raises(ConnectionRefusedError):
        bed.connect(OUTSIDE, (SERVER, 28023))


@pytest.mark.usefixtures("firewall")
@pytest.mark.parametrize("size", [1, 1400, 10_000_000])
def test_every_size(bed: Bed, postfix: Postfix, size: int) -> None:
    """From a mail of a few octets to one of 10 MB, not an octet is altered."""
    mail = b"Subject: size\r\n\r\n" + body(size)
    with Caller(bed, OUTSIDE, SERVER) as caller:
        reply = sent(caller, mail.decode("ascii"))

    assert delivered(postfix, reply) == stored(mail)


@pytest.mark.usefixtures("firewall")
def test_swaks_and_smtp_source(bed: Bed, postfix: Postfix) -> None:
    """Real clients, many at once."""
    mark = postfix.log.mark()
    bed.run(OUTSIDE, "swaks", "-s", SERVER, "-f", FROM, "-t", TO, "-h", "x.example.org")
    bed.run(
        OUTSIDE,
        *("smtp-source", "-s", "20", "-m", "200", "-f", FROM, "-t", TO),
        f"{SERVER}:25",
    )
    postfix.log.wait(r"qmgr\[\d+\]: \w+: removed", since=mark, count=201, timeout=60)


def test_a_server_that_is_down(bed: Bed, firewall: Firewall) -> None:
    """A client whose server refuses sees its connection end, and it is told."""
    client = bed.connect(OUTSIDE, (host(INSIDE, 3), 25))
    with suppress(ConnectionResetError):
        assert client.recv(1) == b""
    client.close()
    firewall.log.wait(r"Upstream unreachable: 10\.1\.0\.3:25: Connection refused")


def test_a_dead_relay_lets_nothing_by(other: tuple[Bed, Postfix]) -> None:
    """Rules without a relay: mail waits, it does not pass uninspected; once they
    are away it passes as before."""
    bed, _ = other
    firewall = Firewall(bed, POLICY)
    firewall.process.kill()
    firewall.process.wait(60)
    with pytest.raises(TimeoutError):
        bed.connect(OUTSIDE, (SERVER, 25), timeout=1.5)
    assert firewall.diverted()[""] > 0
    firewall.stop()
    Caller(bed, OUTSIDE, SERVER).quit()


DENYING: Final = """\
no access-group OPEN in interface outside
access-list IN extended permit tcp host 198.51.100.4 any eq smtp log 5
access-list IN extended deny tcp host 198.51.100.5 any eq smtp log disable
access-list IN extended deny tcp host 198.51.100.6 any eq smtp
access-group IN in interface outside
no access-group OPEN in interface dmz
class-map ANY_SMTP
 match port tcp eq 25
policy-map EVERYWHERE
 class ANY_SMTP
  inspect esmtp
service-policy EVERYWHERE global
"""


def test_access_groups(other: tuple[Bed, Postfix]) -> None:
    """Who is denied sees a reset, the server nothing; the records are the
    appliance's, the end of a list and the levels included."""
    bed, postfix = other
    firewall = Firewall(bed, DENYING)
    with Caller(bed, OUTSIDE, SERVER, source=("198.51.100.4", 0)) as caller:
        assert seen(postfix, caller.number) == "198.51.100.4"
    postfix.log.wait(r"smtpd\[\d+\]: disconnect from")
    mark = postfix.log.mark()
    for place, source in (
        (OUTSIDE, ("198.51.100.5", 5)),
        (OUTSIDE, ("198.51.100.6", 6)),
        (OUTSIDE, ("198.51.100.7", 7)),
        (DMZ, (host(DMZ), 8)),
    ):
        assert bed.reset(place, (SERVER, 25), source)
    found = firewall.log.wait(r"106001:")
    assert postfix.log.found(r"smtpd\[\d+\]: connect from", mark) == []
    assert firewall.stop() == 0
    said = [
        line for line in firewall.log.found(r"(%ASA-\d-106.*)") if "106100" not in line
    ]
    assert "106001: Inbound TCP connection denied from 10.2.0.2/" in found
    assert [re.sub(r"0x[0-9a-f]{2,}", "0xMARK", line) for line in said[:2]] == [
        (
            "%ASA-4-106023: Deny tcp src outside:198.51.100.6/6 dst inside:10.1.0.2/25 "
            'by access-group "IN" [0xMARK, 0x0]'
        ),
        (
            "%ASA-4-106023: Deny tcp src outside:198.51.100.7/7 dst inside:10.1.0.2/25 "
            'by access-group "IN" [0x0, 0x0]'
        ),
    ]
    assert len(said) == 3
    assert len(firewall.log.found(r"%ASA-5-106100: access-list IN permitted tcp")) == 1


@pytest.mark.usefixtures("firewall")
def test_a_port_is_used_again_at_once(bed: Bed, postfix: Postfix) -> None:
    """A client that calls again from the port of a connection that has just ended,
    as the server left it, is served."""
    source = (host(OUTSIDE, 4), 40_001)
    for count in range(1, 4):
        with (
            bed.connect(OUTSIDE, (SERVER, 25), source) as client,
            client.makefile("rb") as file,
        ):
            assert file.readline().startswith(b"220 ")
            client.sendall(b"QUIT\r\n")
            assert file.read().startswith(b"221 ")
        pattern = rf"connect from unknown\[{re.escape(source[0])}\]:40001$"
        postfix.log.wait(rf"smtpd\[\d+\]: {pattern}", count=count)


def test_who_lacks_the_capability_is_told(bed: Bed, tmp_path: Path) -> None:
    """`run --transparent` without CAP_NET_RAW ends with one line that names it."""
    config = tmp_path / "asa.cfg"
    config.write_text(INTERFACES)
    answer = bed.run(
        FIREWALL,
        *("setpriv", "--bounding-set", "-net_raw,-net_admin"),
        *("--inh-caps", "-net_raw,-net_admin"),
        *(*COMMAND, "run", str(config), "--transparent"),
        *("--control", str(tmp_path / "control.sock")),
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].endswith(
        "it needs the capability CAP_NET_RAW"
    )
