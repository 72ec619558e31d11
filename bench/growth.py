"""How a session's cost grows with what there is of something: the engine alone.

Knows: rules, recipients, header lines, MIME parts, and live sessions side by side.
Does not know: sockets.
Called by: table.py.
"""

import time
from typing import Final

from mailward.config.load import load
from mailward.engine.session import Session
from mailward.policy.gate import Attachment

COUNTS: Final = {
    "rules": (1, 50, 100, 200),
    "connections": (1, 500, 1000, 2000),
    "recipients": (1, 50, 100, 200),
    "header lines": (1, 500, 1000, 2000),
    "MIME parts": (1, 50, 100, 200),
}
Said = list[tuple[int, bytes]]


def policy(rules: int) -> str:
    """A policy with so many rules of one kind and of another, beside those that
    read a message's parts; none of them holds."""
    regexes = "".join(f'regex R{n} "@d{n}.test"\n' for n in range(rules))
    matches = "".join(
        f" match header line length gt {4000 + n}\n  log\n"
        f" match sender-address regex R{n}\n  log\n"
        for n in range(rules)
    )
    return (
        f"{regexes}policy-map type inspect esmtp MAP\n{matches}"
        " match MIME filename length gt 255\n  log\n"
        " match MIME encoding binary\n  log\n"
        "policy-map GLOBAL\n class inspection_default\n  inspect esmtp MAP\n"
        "service-policy GLOBAL global\n"
    )


def dialogue(recipients: int, lines: int, parts: int) -> Said:
    """A session with one mail."""
    header = b"".join(b"X-Line-%d: of the usual length\r\n" % n for n in range(lines))
    part = (
        b"--limit\r\nContent-Type: application/zip; name=a.zip\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    )
    kind = b"Content-Type: multipart/mixed; boundary=limit\r\n\r\n"
    said = [(1, b"220 mail\r\n"), (0, b"EHLO c\r\n"), (1, b"250 mail\r\n")]
    said += [(0, b"MAIL FROM:<a@b.example>\r\n"), (1, b"250 ok\r\n")]
    for number in range(recipients):
        said += [(0, b"RCPT TO:<c%d@d.example>\r\n" % number), (1, b"250 ok\r\n")]
    said += [(0, b"DATA\r\n"), (1, b"354 go\r\n")]
    message = header + kind + part * parts + b"--limit--\r\n.\r\n"
    return [*said, (0, message), (1, b"250 ok\r\n")]


def talked(attachment: Attachment, said: Said, sessions: int) -> float:
    """Microseconds of so many sessions by turns."""
    live = [Session(attachment.inspection, attachment.tally) for _ in range(sessions)]
    began = time.process_time()
    for speaker, octets in said:
        for session in live:
            if speaker:
                session.from_server(octets, 1.0)
            else:
                session.from_client(octets, 1.0)
            session.findings.clear()
    return (time.process_time() - began) * 1e6


def measured(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """The least of several rounds, by kind and number: only noise adds to it."""
    found: dict[str, list[tuple[float, float]]] = {}
    for name, counts in COUNTS.items():
        found[name] = []
        for count in counts:
            attachment = load(policy(count if name == "rules" else 1)).gate.attachments[
                0
            ]
            said = dialogue(
                count if name == "recipients" else 1,
                count if name == "header lines" else 1,
                count if name == "MIME parts" else 1,
            )
            side = count if name == "connections" else 1
            times = [talked(attachment, said, side) for _ in range(max(9, 5 * rounds))]
            found[name].append((float(count), round(min(times), 1)))
    return found
