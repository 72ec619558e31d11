"""Mail programs of everyday send a mail with an attachment through the factory's
policy: it arrives as it would without the gateway."""

import email
import email.message
import email.policy
import smtplib
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.clients import FROM, TO, attempted, queue_ids, run
from tests.acceptance.gateway import Gateway
from tests.acceptance.mails import stored
from tests.acceptance.postfix import Postfix, stripped

pytestmark = pytest.mark.postfix

TEXT: Final = "Hello Bob,\n\n.\n..\n. a dot, grüße\nQUIT\n"
#: Every octet, more than once, with what looks like an end in it.
ATTACHED: Final = bytes(range(256)) * 300 + b"\r\n.\r\nMAIL FROM:<x@abc.com>\r\n"
NAME: Final = "every octet | .bin"

#: Attachment and text in one mail, lines as they travel.
MAIL: Final = email.message.EmailMessage(email.policy.SMTP)
MAIL["From"] = FROM
MAIL["To"] = TO
MAIL["Subject"] = "with an attachment"
MAIL["Message-ID"] = "<attached@example.org>"
MAIL["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
MAIL.set_content(TEXT, cte="8bit")
MAIL.add_attachment(
    ATTACHED, maintype="application", subtype="octet-stream", filename=NAME
)
OCTETS: Final = MAIL.as_bytes()


@pytest.fixture
def attachment(tmp_path: Path) -> Path:
    """The attachment in a file of its name."""
    file = tmp_path / NAME
    file.write_bytes(ATTACHED)
    return file


def outline(mail: bytes) -> list[tuple[str, str | None, object]]:
    """The parts of a mail: type, file name, what is in them."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    return [
        (part.get_content_type(), part.get_filename(), part.get_content())
        for part in message.walk()
        if not part.is_multipart()
    ]


def test_msmtp(postfix: Postfix, factory: Gateway) -> None:
    """msmtp sends a ready mail; every octet arrives."""
    since = postfix.log.mark()
    run(
        *("msmtp", "--host=127.0.0.1", f"--port={factory.port}", f"--from={FROM}"),
        *("--domain=client.example.org", "--tls=off", "--auth=off", TO),
        content=stored(OCTETS),
    )
    (queue_id,) = queue_ids(postfix, since)

    assert stripped(postfix.delivered(queue_id)) == stored(OCTETS)


def test_curl(postfix: Postfix, factory: Gateway, tmp_path: Path) -> None:
    """curl uploads the same mail; every octet arrives."""
    file = tmp_path / "mail.eml"
    file.write_bytes(OCTETS)
    since = postfix.log.mark()
    run(
        *("curl", "--silent", "--show-error"),
        *("--url", f"smtp://127.0.0.1:{factory.port}/client.example.org"),
        *("--mail-from", FROM, "--mail-rcpt", TO, "--upload-file", str(file)),
    )
    (queue_id,) = queue_ids(postfix, since)

    assert stripped(postfix.delivered(queue_id)) == stored(OCTETS)


def test_smtplib(postfix: Postfix, factory: Gateway) -> None:
    """smtplib sends a message object; its parts arrive."""
    since = postfix.log.mark()
    with smtplib.SMTP("127.0.0.1", factory.port, timeout=60) as client:
        client.send_message(MAIL)
    (queue_id,) = queue_ids(postfix, since)

    assert outline(postfix.delivered(queue_id)) == outline(stored(OCTETS))


def test_swaks(postfix: Postfix, factory: Gateway, attachment: Path) -> None:
    """swaks builds a MIME mail of its own; the attachment arrives."""
    since = postfix.log.mark()
    run(
        *("swaks", "--server", f"127.0.0.1:{factory.port}", "--from", FROM),
        *("--to", TO, "--ehlo", "client.example.org", "--body", "hello"),
        *("--attach-type", "application/octet-stream"),
        *("--attach-name", NAME, "--attach", f"@{attachment}"),
    )
    (queue_id,) = queue_ids(postfix, since)
    body, attached = outline(postfix.delivered(queue_id))

    assert body[0] == "text/plain"
    assert attached == ("application/octet-stream", NAME, ATTACHED)


def mutt(gateway: Gateway, home: Path, *settings: str) -> tuple[str, ...]:
    """The words that start mutt with these settings."""
    (home / "muttrc").write_text(
        "\n".join(
            (
                f"set smtp_url=smtp://127.0.0.1:{gateway.port}/",
                f"set from={FROM}",
                "set use_envelope_from=yes",
                "set copy=no",
                "set charset=utf-8",
                *settings,
                "",
            )
        )
    )
    return ("mutt", "-n", "-F", str(home / "muttrc"), "-s", "with an attachment")


def test_mutt(
    postfix: Postfix, factory: Gateway, attachment: Path, tmp_path: Path
) -> None:
    """mutt, told that it need not have TLS, sends a text and an attachment."""
    words = mutt(factory, tmp_path, "set ssl_force_tls=no")
    since = postfix.log.mark()
    run(
        *(*words, "-a", str(attachment), "--", TO), content=TEXT.encode(), home=tmp_path
    )
    (queue_id,) = queue_ids(postfix, since)

    assert outline(postfix.delivered(queue_id)) == [
        ("text/plain", None, TEXT),
        ("application/octet-stream", NAME, ATTACHED),
    ]


def test_mutt_wants_tls(postfix: Postfix, factory: Gateway, tmp_path: Path) -> None:
    """By default mutt sends STARTTLS although it was not offered: the server sees
    Xs, mutt gives up, no mail is sent."""
    name = "mutt.example.org"
    code, _ = attempted(
        *(*mutt(factory, tmp_path, f"set hostname={name}"), "--", TO),
        content=TEXT.encode(),
        home=tmp_path,
    )

    assert code != 0
    assert postfix.heard(name)[:2] == [f"EHLO {name}", "XXXXXXXX"]
    assert "DATA" not in postfix.heard(name)


def test_s_nail(
    postfix: Postfix, factory: Gateway, attachment: Path, tmp_path: Path
) -> None:
    """s-nail sends a text and an attachment."""
    since = postfix.log.mark()
    run(
        *("s-nail", "-:/", "-S", "v15-compat", "-S", "sendwait"),
        *("-S", f"mta=smtp://127.0.0.1:{factory.port}", "-S", "smtp-auth=none"),
        *("-S", "smtp-hostname=client.example.org", "-S", f"from={FROM}"),
        *("-S", "ttycharset=utf-8", "-s", "with an attachment"),
        *("-a", str(attachment), TO),
        content=TEXT.encode(),
        home=tmp_path,
    )
    (queue_id,) = queue_ids(postfix, since)
    body, attached = outline(postfix.delivered(queue_id))

    assert body == ("text/plain", None, TEXT)
    assert attached[1:] == (NAME, ATTACHED)
