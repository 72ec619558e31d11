"""Sessions of captures, as they are told: one object each, or lines for people.

Knows: the fields of `mailward inspect --json`, the words of its summary.
Does not know: options, files, how a session was inspected.
Called by: the command `inspect`.
"""

from collections import Counter
from collections.abc import Iterator
from math import modf
from typing import Final, final

from mailward.audit.escape import escape
from mailward.audit.stamps import Stamp, legacy, unzoned
from mailward.drivers.capture.hearers import ENDING_NAMES, EVICTED
from mailward.drivers.capture.replay import Replay
from mailward.policy.findings import CLIENT, KIND_NAMES, MATCHED, Finding
from mailward.story.words import note_of
from mailward.verdicts import PASS, VERDICT_NAMES

Document = dict[str, object]

#: The fields of an object, in their order: the reference's table.
FIELDS: Final = (
    ("file", "the capture in which it begins"),
    ("session", "the number of its first packet, over all captures as they are read"),
    ("start", "when it began, UTC"),
    ("end", "when it was last heard"),
    ("client", "`address:port`"),
    ("server", "`address:port`"),
    ("verdict", "`pass`, `drop` or `reset`"),
    ("rule", "`map`, `class`, `match`, `action` of the rule that ended it, or null"),
    ("why", "why it was ended, in words; empty if it was not"),
    ("inspected", "whether a policy applies to it"),
    ("helo", "what the client called itself"),
    ("commands", "the client's verbs in their order"),
    (
        "transactions",
        (
            "`mail_from`, `rcpt_to`, `subject`, `message_id`, `size`, `accepted` "
            "(null: not known), `parts` with `content_type`, `encoding`, `filename`"
        ),
    ),
    ("tls", "whether TLS began"),
    ("masked_octets", "how many octets went on otherwise than they came"),
    ("octets", "of both sides together"),
    ("holes", "how often octets are missing"),
    (
        "ending",
        (
            "`fins`, `reset`, `open` (the capture ended first), `evicted` (for want of "
            "memory), `reborn` (its ports were used anew)"
        ),
    ),
    ("findings", "`kind`, `at` (UTC), `text`"),
    ("records", "the audit lines"),
)


def document(replay: Replay) -> Document:
    """What is told of a session."""
    opening, story = replay.opening, replay.chronicle
    transactions = story.transactions if story is not None else []
    return {
        "file": opening.file,
        "session": opening.number,
        "start": moment(opening.started),
        "end": moment(replay.end),
        "client": _end(opening.client, opening.client_port),
        "server": _end(opening.server, opening.server_port),
        "verdict": VERDICT_NAMES[replay.verdict],
        "rule": _rule(replay),
        "why": _why(replay),
        "inspected": replay.attachment is not None,
        "helo": story.helo if story is not None else "",
        "commands": story.commands if story is not None else [],
        "transactions": [
            {
                "mail_from": mail.mail_from,
                "rcpt_to": mail.rcpt_to,
                "subject": mail.subject,
                "message_id": mail.message_id,
                "size": mail.size,
                "accepted": mail.accepted,
                "parts": mail.parts,
            }
            for mail in transactions
        ],
        "tls": replay.opaque or (story is not None and story.tls),
        "masked_octets": replay.to_server.masked + replay.to_client.masked,
        "octets": replay.octets,
        "holes": replay.holes,
        "ending": ENDING_NAMES[replay.ending],
        "findings": list(_findings(replay)),
        "records": [record.line() for record in replay.records],
    }


#: The text of a second is made once for all that happens in it.
_SECOND: Final = Stamp(unzoned)
_LEGACY: Final = Stamp(legacy)


def moment(time: float) -> str:
    """`2026-11-25T19:23:03.123456Z`."""
    part, whole = modf(time)
    micro = round(part * 1_000_000)
    second = int(whole)
    if micro == 1_000_000:
        micro, second = 0, second + 1
    return f"{_SECOND.of(second)}.{micro:06}Z"


def _end(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _rule(replay: Replay) -> Document | None:
    """The rule that ended it."""
    rule = replay.cause.rule if replay.cause is not None else None
    if rule is None or replay.attachment is None:
        return None
    return {
        "map": replay.attachment.map_name,
        "class": rule.place,
        "match": rule.label,
        "action": rule.action_label,
    }


def _why(replay: Replay) -> str:
    """Why it was ended."""
    if replay.verdict == PASS:
        return ""
    if replay.cause is None:
        return "a parameter of the map, without log"
    return _text(replay, replay.cause)


def _text(replay: Replay, finding: Finding) -> str:
    """A finding in words."""
    if finding.kind == MATCHED and finding.rule is not None:
        rule = finding.rule
        return f"class {rule.place}: {rule.label}, {rule.action_label}"
    note = ""
    if replay.attachment is not None:
        note = note_of(finding, replay.attachment.inspection.compat)
    return note or escape(finding.detail, 320) or KIND_NAMES[finding.kind]


def _findings(replay: Replay) -> Iterator[Document]:
    for time, finding in replay.found:
        kind = KIND_NAMES[finding.kind]
        yield {"kind": kind, "at": moment(time), "text": _text(replay, finding)}
    end = moment(replay.end)
    if replay.more_found:
        yield _own("more", end, f"{replay.more_found} more findings")
    for time, speaker, text in replay.strangeness:
        who = "client" if speaker == CLIENT else "server"
        yield _own("overlap", moment(time), f"{who}: {text}")
    if replay.to_server.masked and replay.verdict == PASS:
        yield _own(
            "diverged",
            end,
            f"{_many(replay.to_server.masked)} of the client would have arrived "
            "otherwise; the server's answers are to what was really said",
        )
    if replay.lost_track:
        yield _own(
            "not-resynchronised",
            end,
            "octets are missing, and which reply answers what never became certain",
        )
    if replay.ending == EVICTED:
        yield _own("given-up", end, "for want of memory; --memory gives more")


def _own(kind: str, at: str, text: str) -> Document:
    return {"kind": kind, "at": at, "text": text}


def stamped(replay: Replay) -> list[str]:
    """The audit lines with the capture's time, as `logging timestamp` has them."""
    return [f"{_LEGACY.of(record.time)}: {record.line()}" for record in replay.records]


def notable(told: Document) -> bool:
    """Is there more to be said than that it passed?"""
    return bool(
        told["verdict"] != "pass"
        or told["findings"]
        or told["holes"]
        or not told["inspected"]
    )


#: What a line of the summary is, for its colour.
HEAD: Final = "head"
BAD: Final = "bad"
PLAIN: Final = "plain"
AUDIT: Final = "audit"


def lines(
    told: Document, audit: list[str], *, whole: bool
) -> Iterator[tuple[str, str]]:
    """The lines of one session for people, each with its sort.

    `whole`: with its mails and audit lines even if nothing is to be said of it.
    """
    bad = told["verdict"] != "pass"
    head = (
        f"{told['session']}  {told['start']}  {told['client']} to {told['server']}  "
        f"{_WORDS[str(told['verdict'])]}"
    )
    if told["masked_octets"]:
        head += f", {_many(_int(told['masked_octets']))} masked"
    yield head, BAD if bad else HEAD
    if not (whole or notable(told)):
        return
    if not told["inspected"]:
        yield "  not inspected: no policy applies to it", PLAIN
    if bad:
        yield f"  {told['why']}", BAD
    mails = told["transactions"]
    assert isinstance(mails, list)
    for mail in mails:
        yield f"  {_mail(mail)}", PLAIN
    findings = told["findings"]
    assert isinstance(findings, list)
    for finding in findings:
        if finding["text"] != told["why"]:
            yield f"  {finding['kind']}: {finding['text']}", PLAIN
    for line in audit:
        yield f"    {line}", AUDIT


_WORDS: Final = {"pass": "passed", "drop": "dropped", "reset": "reset"}
_ACCEPTED: Final = {True: "accepted", False: "refused", None: "answer not known"}


def _mail(mail: Document) -> str:
    """One mail in a line."""
    to = mail["rcpt_to"]
    assert isinstance(to, list)
    first = ", ".join(to[:3]) + (f" and {len(to) - 3} more" if len(to) > 3 else "")
    accepted = mail["accepted"]
    said = _ACCEPTED[accepted if isinstance(accepted, bool) else None]
    subject = f', "{mail["subject"]}"' if mail["subject"] else ""
    return (
        f"from <{mail['mail_from']}> to {first or 'nobody'}{subject}: "
        f"{mail['size']} octets, {said}"
    )


@final
class Totals:
    """What all sessions together came to."""

    def __init__(self) -> None:
        self.sessions = 0
        self.verdicts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.masked = 0
        self.octets = 0
        self.holes = 0
        self.uninspected = 0

    def add(self, told: Document) -> None:
        """One more session."""
        self.sessions += 1
        self.verdicts[str(told["verdict"])] += 1
        if told["why"]:
            self.reasons[str(told["why"])] += 1
        self.masked += _int(told["masked_octets"])
        self.octets += _int(told["octets"])
        self.holes += _int(told["holes"])
        self.uninspected += not told["inspected"]

    def lines(self) -> Iterator[tuple[str, str]]:
        """The summary."""
        counts = [
            f"{self.verdicts[verdict]} {_WORDS[verdict]}" for verdict in VERDICT_NAMES
        ]
        plural = "" if self.sessions == 1 else "s"
        yield (
            (
                f"{self.sessions} session{plural}: {', '.join(counts)}; "
                f"{_many(self.octets)}, {self.masked} of them masked"
            ),
            HEAD,
        )
        if self.uninspected:
            yield f"  {self.uninspected} not inspected: no policy applies", PLAIN
        if self.holes:
            yield f"  {self.holes} holes: octets that are not in the capture", PLAIN
        for reason, count in self.reasons.most_common(20):
            yield f"  {count} × {reason}", BAD


def _many(octets: int) -> str:
    return "1 octet" if octets == 1 else f"{octets} octets"


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
