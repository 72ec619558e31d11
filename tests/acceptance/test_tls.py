"""STARTTLS through the gateway: passed where the policy allows it, never shown
where it does not, and no place to hide commands behind."""

import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from typing import Final

import pytest

from tests.acceptance.clients import FROM, TO, queue_ids
from tests.acceptance.gateway import Gateway
from tests.acceptance.mails import MAIL, stored
from tests.acceptance.postfix import Postfix, stripped, why_not
from tests.acceptance.speaker import Speaker

pytestmark = pytest.mark.postfix

ALLOWING: Final = """policy-map type inspect esmtp TLS_MAP
parameters
allow-tls action log
policy-map global_policy
class inspection_default
inspect esmtp TLS_MAP
service-policy global_policy global
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    """A Postfix that speaks TLS, with a certificate of its own making."""
    if why := why_not():
        pytest.skip(why)
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate can be made")
    base = tmp_path_factory.mktemp("tls")
    key, certificate = base / "key.pem", base / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )
    postfix = Postfix(
        "smtpd_tls_security_level = may\n"
        f"smtpd_tls_key_file = {key}\n"
        f"smtpd_tls_cert_file = {certificate}\n"
    )
    yield postfix
    postfix.stop()


@pytest.fixture(scope="module")
def allowing(server: Postfix) -> Iterator[Gateway]:
    """The gateway with `allow-tls action log`."""
    gateway = Gateway(server.port, ALLOWING)
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture(scope="module")
def forbidding(server: Postfix) -> Iterator[Gateway]:
    """The gateway with the factory's policy: no allow-tls."""
    gateway = Gateway(server.port)
    yield gateway
    assert gateway.stop() == 0


def unverified() -> ssl.SSLContext:
    """A context that takes a certificate nobody signed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_allowed(server: Postfix, allowing: Gateway) -> None:
    """The session goes opaque, 108007 says so, the mail arrives unaltered."""
    mark, since = server.log.mark(), allowing.log.mark()
    with smtplib.SMTP("127.0.0.1", allowing.port, timeout=60) as client:
        assert client.sock is not None
        port = client.sock.getsockname()[1]
        client.ehlo()
        offered = client.has_extn("starttls")
        client.starttls(context=unverified())
        client.sendmail(FROM, [TO], MAIL, mail_options=["BODY=8BITMIME"])
    (queue_id,) = queue_ids(server, mark)

    assert offered
    assert stripped(server.delivered(queue_id)) == stored(MAIL)
    assert allowing.records(since, port) == ["302013", "108007", "302014"]


def test_large_mail_in_tls(server: Postfix, allowing: Gateway) -> None:
    """Ten megabytes of ciphered octets, which look like anything, pass."""
    mail = MAIL + bytes(range(32, 127)) * 8 * 14_000 + b"\r\n"
    mail = b"\r\n".join(mail[at : at + 900] for at in range(0, len(mail), 900))
    mark = server.log.mark()
    with smtplib.SMTP("127.0.0.1", allowing.port, timeout=60) as client:
        client.starttls(context=unverified())
        client.sendmail(FROM, [TO], mail, mail_options=["BODY=8BITMIME"])
    (queue_id,) = queue_ids(server, mark)

    assert len(server.delivered(queue_id)) > 10_000_000


def test_forbidden(server: Postfix, forbidding: Gateway) -> None:
    """The keyword reads XXXXXXXA, the client does without; a STARTTLS that comes
    all the same goes on as Xs."""
    name = "no-tls.example.org"
    with Speaker(server.port) as direct:
        assert b"250-STARTTLS\r\n" in direct.ask(b"EHLO direct.example.org")
        direct.ask(b"QUIT")
    with smtplib.SMTP(
        "127.0.0.1", forbidding.port, local_hostname=name, timeout=60
    ) as client:
        client.ehlo()
        assert client.has_extn("xxxxxxxa")
        with pytest.raises(smtplib.SMTPNotSupportedError):
            client.starttls(context=unverified())
        code, _ = client.docmd("STARTTLS")

    assert code == 500
    assert server.heard(name) == [f"ehlo {name}", "XXXXXXXX", "QUIT"]


@pytest.mark.parametrize("cut", [10, 15, 40], ids=["whole", "command", "word"])
def test_injection(server: Postfix, allowing: Gateway, cut: int) -> None:
    """Commands glued behind STARTTLS end the connection: 900007, and the server
    hears none of them."""
    name = f"glued-{cut}.example.org"
    glued = b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<bob@example.com>\r\n"
    since = allowing.log.mark()
    with Speaker(allowing.port) as client:
        client.ask(f"EHLO {name}".encode())
        client.send(glued if cut == 10 else glued[:cut])
        told = client.rest()
    numbers = allowing.records(since, client.address)

    assert b"250" not in [line[:3] for line in told.splitlines()]
    assert numbers == ["302013", "900007", "507003", "302014"]
    assert set(server.heard(name)) <= {f"EHLO {name}", "STARTTLS"}
