"""`mailward inspect` as a process: options, output, exit codes."""

import gzip
import json
import os
import pty
import subprocess
from pathlib import Path

from mailward.testing.wire import Connection, pcap
from tests.live.commands import COMMAND, mailward
from tests.unit.drivers.capture.kit import SAID, mail

BODY = "policy-map type inspect esmtp M\n match body length gt 3000\n  reset log\n"
SENDER = (
    'regex BAD "@b"\npolicy-map type inspect esmtp M\n'
    " match sender-address regex BAD\n  drop-connection\n"
)
ATTACHED = (
    "policy-map G\n class inspection_default\n  inspect esmtp M\n"
    "service-policy G global\n"
)


def _capture(folder: Path, *connections: Connection) -> str:
    file = folder / "mail.pcap"
    file.write_bytes(pcap([p for c in connections for p in c.packets()]))
    return str(file)


def _config(folder: Path, text: str) -> str:
    file = folder / "policy.cfg"
    file.write_text(text + ATTACHED)
    return str(file)


def test_what_passes(tmp_path: Path) -> None:
    """One line a session, the sum; exit code 0."""
    done = mailward("inspect", _capture(tmp_path, mail()))

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        (
            "1  2023-11-14T22:13:20.000000Z  203.0.113.9:51111 to 10.1.1.5:25  passed, "
            "4 octets masked"
        ),
        "1 session: 1 passed, 0 dropped, 0 reset; 4146 octets, 4 of them masked",
    ]
    assert done.stderr == ""


def test_what_would_be_ended(tmp_path: Path) -> None:
    """Why, the audit lines with the capture's times; exit code 1."""
    done = mailward(
        "inspect", _capture(tmp_path, mail()), "--config", _config(tmp_path, BODY)
    )

    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].endswith("10.1.1.5:25  reset")
    assert lines[1] == "  class 1: body length gt 3000, reset log"
    assert lines[2].startswith(
        "    Nov 14 2023 22:13:20: %ASA-6-302013: Built inbound TCP connection 1 for "
        "outside:203.0.113.9/51111"
    )
    assert "%ASA-4-108004" in lines[3]
    assert lines[-2].startswith("1 session: 0 passed, 0 dropped, 1 reset")
    assert lines[-1] == "  1 × class 1: body length gt 3000, reset log"


def test_json(tmp_path: Path) -> None:
    """One object a session, the full story."""
    done = mailward("inspect", _capture(tmp_path, mail()), "--json")

    (told,) = map(json.loads, done.stdout.splitlines())
    records = told.pop("records")
    assert [record[:13] for record in records] == ["%ASA-6-302013", "%ASA-6-302014"]
    assert told == {
        "file": str(tmp_path / "mail.pcap"),
        "session": 1,
        "start": "2023-11-14T22:13:20.000000Z",
        "end": "2023-11-14T22:13:20.000000Z",
        "client": "203.0.113.9:51111",
        "server": "10.1.1.5:25",
        "verdict": "pass",
        "rule": None,
        "why": "",
        "inspected": True,
        "helo": "a",
        "commands": ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"],
        "transactions": [
            {
                "mail_from": "a@b",
                "rcpt_to": ["c@d"],
                "subject": "s",
                "message_id": "",
                "size": len(SAID[5][1]) - 3,
                "accepted": True,
                "parts": [
                    {"content_type": "text/plain", "encoding": "7bit", "filename": ""}
                ],
            }
        ],
        "tls": False,
        "masked_octets": 4,
        "octets": sum(len(octets) for _, octets in SAID),
        "holes": 0,
        "ending": "fins",
        "findings": [],
    }


def test_json_of_a_verdict(tmp_path: Path) -> None:
    """The rule is named, whether or not it logs."""
    done = mailward(
        *("inspect", _capture(tmp_path, mail()), "--json"),
        *("--config", _config(tmp_path, SENDER)),
    )

    (told,) = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert told["verdict"] == "drop"
    assert told["rule"] == {
        "map": "M",
        "class": 1,
        "match": "sender-address regex BAD",
        "action": "drop-connection",
    }
    assert told["transactions"][0]["accepted"] is None


def test_which_policy(tmp_path: Path) -> None:
    """Without CONFIG all mail is inspected; with it as it says, by port, level."""
    capture = _capture(tmp_path, mail(server=("10.1.1.5", 587)))
    config = _config(tmp_path, BODY)

    assert "masked" in mailward("inspect", capture).stdout
    plain = mailward("inspect", capture, "--config", config)
    assert (plain.returncode, "not inspected" in plain.stdout) == (0, True)
    asked = ("inspect", capture, "--config", config)
    assert mailward(*asked, "--port", "25").returncode == 1
    turned = ("--from", "inside", "--to", "outside")
    assert mailward(*asked, "--port", "25", *turned).returncode == 0


def test_workers_agree(tmp_path: Path) -> None:
    """What is told does not depend on how many read."""
    capture = _capture(
        tmp_path, *[mail(("203.0.113.9", 1000 + number)) for number in range(50)]
    )
    one, three = (
        mailward("inspect", capture, "--json", "--workers", n) for n in ("1", "3")
    )

    assert one.stdout == three.stdout
    assert len(one.stdout.splitlines()) == 50
    assert one.returncode == three.returncode == 0


def test_written(tmp_path: Path) -> None:
    """`--write`, by one process and by two."""
    capture = _capture(tmp_path, mail(), mail(("203.0.113.9", 1000)))
    outs = []
    for workers in ("1", "2"):
        out = tmp_path / f"out{workers}.pcap"
        done = mailward(
            *("inspect", capture, "--write", str(out), "--workers", workers),
            *("--config", _config(tmp_path, BODY)),
        )
        assert done.returncode == 1
        outs.append(out.read_bytes())
    assert outs[0] == outs[1]
    again = mailward("inspect", str(tmp_path / "out1.pcap"), "--json")
    assert [json.loads(line)["ending"] for line in again.stdout.splitlines()] == [
        "reset",
        "reset",
    ]


def test_trouble(tmp_path: Path) -> None:
    """A capture that ends in a lie: what came before is told; exit code 2."""
    whole = Path(_capture(tmp_path, mail())).read_bytes()
    (tmp_path / "mail.pcap").write_bytes(whole + b"\xff" * 16)
    done = mailward("inspect", str(tmp_path / "mail.pcap"))

    assert done.returncode == 2
    assert "1 session: 1 passed" in done.stdout
    assert "claims 4294967295 octets" in done.stderr
    for words in (
        ("inspect", str(tmp_path / "nothing")),
        ("inspect", "-", "--write", "x"),
        ("inspect", str(tmp_path), "--memory", "1k"),
        ("inspect", str(tmp_path), "--log-level", "loud"),
        ("inspect", str(tmp_path), "--config", str(tmp_path / "nothing")),
        ("inspect", str(tmp_path / "mail.pcap"), "--write", f"{tmp_path}/mail.pcap"),
    ):
        assert mailward(*words).returncode == 2


def test_offload_is_said_once(tmp_path: Path) -> None:
    """Wrong checksums are told in one line, and disturb nothing."""
    connection = mail()
    connection.spoilt()
    done = mailward("inspect", _capture(tmp_path, connection))

    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "27 segments of mail have wrong checksums" in done.stderr
    assert "1 passed" in done.stdout


def test_standard_input(tmp_path: Path) -> None:
    """`-`, packed or not."""
    octets = Path(_capture(tmp_path, mail())).read_bytes()
    done = subprocess.run(
        [*COMMAND, "inspect", "-", "-v"],
        input=gzip.compress(octets),
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert b'from <a@b> to c@d, "s": ' in done.stdout


def test_on_a_terminal(tmp_path: Path) -> None:
    """In colours, and none of what a mail says is taken for markup."""
    connection = Connection(("203.0.113.9", 51111), ("10.1.1.5", 25))
    connection.open()
    for speaker, octets in SAID:
        connection.say(speaker, octets.replace(b"Subject: s", b"Subject: [red]\x1b[2J"))
    capture = _capture(tmp_path, connection)
    main, side = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "inspect", capture, "-v"],
        stdin=subprocess.DEVNULL,
        stdout=side,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(side)
    out = b""
    try:
        while True:
            out += os.read(main, 65536)
    except OSError:
        pass
    os.close(main)

    assert process.wait(60) == 0
    assert b"\x1b[1m" in out
    assert b"[red]" in out
    assert b"\x1b[2J" not in out
