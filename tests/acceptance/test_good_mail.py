"""Good mail arrives unaltered through the gateway, whoever sends it."""

import re
import smtplib
from pathlib import Path

import pytest

from tests.acceptance.clients import FROM, TO, queue_ids, run
from tests.acceptance.gateway import Gateway
from tests.acceptance.mails import HEADER, MAIL, body, stored, stuffed
from tests.acceptance.postfix import Postfix, stripped
from tests.acceptance.speaker import Speaker

pytestmark = pytest.mark.postfix


@pytest.fixture(params=["example", "factory"])
def gateway(request: pytest.FixtureRequest) -> Gateway:
    """Both policies let a good mail through."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Gateway)
    return found


@pytest.fixture
def mail_file(tmp_path: Path) -> Path:
    """The mail in a file, with CRLF."""
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL)
    return file


def test_octet_by_octet(postfix: Postfix, gateway: Gateway) -> None:
    """What a plain client sends stands in the mailbox, every octet of it."""
    with Speaker(gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        client.ask(b"MAIL FROM:<alice@example.org> BODY=8BITMIME")
        client.ask(b"RCPT TO:<bob@example.com>")
        client.ask(b"DATA")
        client.send(stuffed(MAIL))
        answer = client.reply()
        client.ask(b"QUIT")
    queue_id = answer.split()[-1].decode()

    assert answer.startswith(b"250 2.0.0 Ok: queued as ")
    assert stripped(postfix.delivered(queue_id)) == stored(MAIL)


def test_smtplib(postfix: Postfix, gateway: Gateway) -> None:
    """Two mails in one session of the standard library's client."""
    since = postfix.log.mark()
    with smtplib.SMTP("127.0.0.1", gateway.port, timeout=60) as client:
        client.sendmail(FROM, [TO], MAIL, mail_options=["BODY=8BITMIME"])
        client.sendmail(FROM, [TO, "carol@example.com"], HEADER + b"\r\nagain\r\n")
    first, second = queue_ids(postfix, since, 2)

    assert stripped(postfix.delivered(first)) == stored(MAIL)
    assert stripped(postfix.delivered(second)) == stored(HEADER) + b"\nagain\n"


def test_swaks(postfix: Postfix, gateway: Gateway, tmp_path: Path) -> None:
    """swaks with a pipelined session."""
    file = tmp_path / "mail.eml"
    file.write_bytes(stored(MAIL))
    since = postfix.log.mark()
    told = run(
        "swaks",
        "--server",
        f"127.0.0.1:{gateway.port}",
        "--pipeline",
        "--ehlo",
        "client.example.org",
        "--from",
        FROM,
        "--to",
        TO,
        "--data",
        f"@{file}",
    )
    (queue_id,) = queue_ids(postfix, since)

    assert re.search(r"<[-~]  250 2.0.0 Ok: queued as " + queue_id, told)
    # swaks ends a mail with a line end of its own.
    assert stripped(postfix.delivered(queue_id)).rstrip(b"\n") == stored(MAIL).rstrip(
        b"\n"
    )


def test_curl(postfix: Postfix, gateway: Gateway, mail_file: Path) -> None:
    """curl uploads a file."""
    since = postfix.log.mark()
    run(
        "curl",
        "--silent",
        "--show-error",
        "--url",
        f"smtp://127.0.0.1:{gateway.port}/client.example.org",
        "--mail-from",
        FROM,
        "--mail-rcpt",
        TO,
        "--upload-file",
        str(mail_file),
    )
    (queue_id,) = queue_ids(postfix, since)

    assert stripped(postfix.delivered(queue_id)) == stored(MAIL)


def test_smtp_source(postfix: Postfix, gateway: Gateway) -> None:
    """Postfix's own load generator: forty mails over four sessions at a time."""
    since = postfix.log.mark()
    run(
        "smtp-source",
        "-s",
        "4",
        "-m",
        "40",
        "-l",
        "5000",
        "-f",
        FROM,
        "-t",
        TO,
        f"inet:127.0.0.1:{gateway.port}",
    )
    ids = queue_ids(postfix, since, 40)
    bodies = {
        stripped(postfix.delivered(queue_id)).partition(b"\n\n")[2] for queue_id in ids
    }

    assert len(ids) == 40
    assert len(bodies) == 1


def test_large_mail(postfix: Postfix, factory: Gateway) -> None:
    """Four megabytes pass as they are."""
    mail = HEADER + b"\r\n" + body(4_000_000)
    since = postfix.log.mark()
    with smtplib.SMTP("127.0.0.1", factory.port, timeout=60) as client:
        client.sendmail(FROM, [TO], mail)
    (queue_id,) = queue_ids(postfix, since)

    assert stripped(postfix.delivered(queue_id)) == stored(mail)
