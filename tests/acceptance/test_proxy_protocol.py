"""The PROXY protocol and XCLIENT, in and out, with the programs that speak them."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.clients import FROM, TO, run
from tests.acceptance.gateway import Gateway
from tests.acceptance.layers import until
from tests.acceptance.postfix import SBIN, Postfix, free_port, why_not

POLICY: Final = """\
regex BAD @abc\\.com
access-list PARTNERS extended permit tcp 203.0.113.0 255.255.255.0 any eq smtp
access-list PARTNERS extended permit tcp 2001:db8::/32 any eq smtp
class-map PARTNERS
 match access-list PARTNERS
policy-map type inspect esmtp MAP
 match sender-address regex BAD
  drop-connection log
policy-map POLICY
 class PARTNERS
  inspect esmtp MAP
service-policy POLICY interface outside
"""
CHECKS: Final = """\
defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
listen mail
    bind 127.0.0.1:{port}
    {options}
    server mailward 127.0.0.1:{gateway} check inter 100 {send}
"""
PORTS: Final = "smtpd_client_port_logging = yes\ndebug_peer_list =\n"


@pytest.fixture(scope="module")
def plain() -> Iterator[Postfix]:
    """A Postfix that logs ports, and lets us say XCLIENT."""
    if why := why_not():
        pytest.skip(why)
    server = Postfix(PORTS + "smtpd_authorized_xclient_hosts = 127.0.0.1\n")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def told() -> Iterator[Postfix]:
    """A Postfix that demands a PROXY header."""
    if why := why_not():
        pytest.skip(why)
    server = Postfix(PORTS + "smtpd_upstream_proxy_protocol = haproxy\n")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def gateway(plain: Postfix) -> Iterator[Gateway]:
    """mailward behind a balancer."""
    made = Gateway(plain.port, POLICY, "--proxy-protocol", "--log-level", "debugging")
    yield made
    assert made.stop() == 0


def swaks(port: int, *more: str) -> str:
    """A mail that swaks sends, and what it says."""
    return run(
        *("swaks", "-s", f"127.0.0.1:{port}", "-f", FROM, "-t", TO),
        *("-h", "client.example.org", *more),
    )


def seen(postfix: Postfix, since: int) -> str:
    """The client that Postfix logged."""
    line = postfix.log.wait(r"smtpd\[\d+\]: connect from", since=since)
    return line.rsplit("[", 1)[1]


@pytest.mark.parametrize(
    ("version", "family", "address"),
    [
        ("1", "TCP4", "203.0.113.7"),
        ("1", "TCP6", "2001:db8::7"),
        ("2", "AF_INET", "203.0.113.8"),
        ("2", "AF_INET6", "2001:db8::8"),
    ],
)
def test_swaks_speaks_for_a_client(
    gateway: Gateway, version: str, family: str, address: str
) -> None:
    """The client of the header is the one that policies and records see."""
    mark = gateway.log.mark()
    swaks(
        gateway.port,
        *("--proxy-version", version, "--proxy-family", family),
        *("--proxy-source", address, "--proxy-source-port", "4711"),
        *("--proxy-dest", address, "--proxy-dest-port", "25"),
    )

    gateway.log.wait(
        rf"302013: Built inbound TCP connection \d+ for outside:{address}/4711 ",
        since=mark,
    )


def test_a_policy_for_the_client_of_the_header(gateway: Gateway) -> None:
    """The access list is asked about the client, not about the balancer."""
    bad = b"EHLO x.example.org\r\nMAIL FROM:<x@abc.com>\r\nQUIT\r\n"
    header = b"PROXY TCP4 %s 192.0.2.1 4711 25\r\n"
    for client, passes in ((b"203.0.113.7", False), (b"198.51.100.7", True)):
        mark = gateway.log.mark()
        with (
            socket.create_connection(("127.0.0.1", gateway.port), 20) as sock,
            sock.makefile("rb") as file,
        ):
            sock.sendall(header % client)
            assert file.readline().startswith(b"220 ")
            sock.sendall(bad)
            said = file.read()
        assert (b"\r\n221 " in said) == passes, said
        # Its records come a moment later, and shall not be the next test's.
        gateway.log.wait(rf"302014: .*{client.decode()}/4711 ", since=mark)


@pytest.mark.parametrize("send", ["send-proxy", "send-proxy-v2"])
def test_haproxy_in_front(gateway: Gateway, tmp_path: Path, send: str) -> None:
    """Its clients are ours; its health checks are answered, counted and no more,
    with SMTP in them and without."""
    binary = shutil.which("haproxy", path=SBIN)
    if binary is None:
        pytest.skip("haproxy is not installed")
    for options in ("option smtpchk", ""):
        mark = gateway.log.mark()
        port = free_port()
        file = tmp_path / "haproxy.cfg"
        file.write_text(
            CHECKS.format(
                port=port,
                options=options,
                gateway=gateway.port,
                send=f"{send} check-send-proxy",
            )
        )
        haproxy = subprocess.Popen(
            [binary, "-db", "-f", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            gateway.log.wait(r"Health check: ", since=mark, count=2, timeout=60)
            swaks(port)
        finally:
            haproxy.send_signal(signal.SIGKILL)
            haproxy.wait(60)
        built = gateway.log.wait(
            r"302013: .* outside:127\.0\.0\.1/\d+ .*/25 ", since=mark
        )
        assert gateway.log.found(r"%\w+-[0-4]-", mark) == []
        assert "127.0.0.1/" in built


@pytest.mark.parametrize(
    "octets", [b"", b"PROXY UNKNOWN\r\n", b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"]
)
def test_looking_whether_it_lives(gateway: Gateway, octets: bytes) -> None:
    """A check that leaves again is no warning; one that waits gets a greeting."""
    mark = gateway.log.mark()
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
        sock.sendall(octets)
        if octets:
            assert sock.recv(4) == b"220 "
    gateway.log.wait(r"%MAILWARD-7-\d+: Health check: 127\.0\.0\.1:", since=mark)
    assert gateway.log.found(r"%\w+-[0-4]-", mark) == []


def test_garbage() -> None:
    """Whoever sends none is reset with a record, and the server hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        gateway = Gateway(server.getsockname()[1], POLICY, "--proxy-protocol")
        with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
            sock.sendall(b"EHLO attacker.example.org\r\n")
            with pytest.raises(ConnectionResetError):
                sock.recv(100)
        gateway.log.wait(r"Connection refused: .*: no PROXY header")
        assert gateway.stop() == 0
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_postfix_is_told(told: Postfix, version: str) -> None:
    """Postfix logs the client, as if we were not there."""
    gateway = Gateway(told.port, "", "--send-proxy", version)
    mark = told.log.mark()
    swaks(gateway.port)
    port = gateway.log.wait(r"302013:").split("outside:127.0.0.1/")[1].split(" ")[0]
    assert seen(told, mark) == f"127.0.0.1]:{port}"
    assert gateway.stop() == 0


def test_in_and_out(told: Postfix) -> None:
    """From a balancer through mailward to Postfix: the client's own address."""
    gateway = Gateway(told.port, "", "--proxy-protocol", "--send-proxy", "v2")
    mark = told.log.mark()
    swaks(
        gateway.port,
        *("--proxy-version", "2", "--proxy-family", "AF_INET"),
        *("--proxy-source", "203.0.113.7", "--proxy-source-port", "4711"),
        *("--proxy-dest", "203.0.113.8", "--proxy-dest-port", "25"),
    )
    assert seen(told, mark) == "203.0.113.7]:4711"
    assert gateway.stop() == 0


def test_xclient(plain: Postfix) -> None:
    """Postfix takes the client's address, and records speak of it."""
    gateway = Gateway(plain.port, "", "--proxy-protocol", "--xclient")
    mark = plain.log.mark()
    said = swaks(
        gateway.port,
        *("--proxy-version", "1", "--proxy-family", "TCP4"),
        *("--proxy-source", "203.0.113.7", "--proxy-source-port", "4711"),
        *("--proxy-dest", "203.0.113.8", "--proxy-dest-port", "25"),
    )
    plain.log.wait(r"client=.*\[203\.0\.113\.7\]:4711", since=mark)
    assert said.count("<-  220 ") == 1
    assert gateway.stop() == 0


def test_xclient_where_it_is_not_offered(told: Postfix) -> None:
    """A record says so, and the mail goes on without."""
    gateway = Gateway(told.port, "", "--xclient", "--send-proxy", "v1")
    mark = told.log.mark()
    swaks(gateway.port)
    gateway.log.wait(
        rf"%MAILWARD-4-\d+: Client not announced: 127\.0\.0\.1:{told.port}: the "
        "server does not offer XCLIENT"
    )
    until(
        lambda: bool(told.log.found(r"qmgr\[\d+\]: \w+: removed", mark)), 20, "a mail"
    )
    assert gateway.stop() == 0
