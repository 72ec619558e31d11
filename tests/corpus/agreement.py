"""What `inspect` says of each capture of the corpus, beside its oracles.

Knows: what the oracles call things, and what we call them; why we differ.
Does not know: how oracles are read.
Called by: test_inspect.py; as a program it writes docs/internals/oracles.md.

    python -m tests.corpus.agreement CORPUS docs/internals/oracles.md
"""

import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from mailward.cli.crew import End, Job, work
from mailward.cli.crew import Told as Session
from mailward.drivers.capture.feed import Named
from tests.corpus.captures import Told, told

#: Rules of our own for what other tools call an anomaly; nothing is ended by them.
POLICY: Final = """\
policy-map type inspect esmtp WATCH
 parameters
  allow-tls
 match cmd line length gt 512
  log
 match MIME filename length gt 255
  log
 match body line length gt 998
  log
policy-map G
 class inspection_default
  inspect esmtp WATCH
service-policy G global
"""

#: An anomaly of theirs -> how a finding of ours about it begins.
SAME: Final = {
    "MIME_LONG_FILENAME": "class 2: MIME filename length gt 255",
    "MIME_LONG_LINE": "class 3: body line length gt 998",
    "MIME_LONG_ENC_LINE": "class 3: body line length gt 998",
    "TRUNCATED_LINE": "class 1: cmd line length gt 512",
    "INVALID_BDAT": "BDAT ",
    "smtp_invalid_bdat_command": "BDAT ",
}

_BDAT: Final = "BDAT ends the connection (decision 5): nothing behind it is heard"
_LONG: Final = "a text is shown up to 320 characters"
#: Part of a file's name -> what differs -> why.
EXPLAINED: Final[dict[str, dict[str, str]]] = {
    "mime-dec-parse-long-filename01": {"files": _LONG},
    "smtp-long-command": {"helo": _LONG},
    "smtp-bdat-bad-tail-next-mail": {
        "senders": _BDAT,
        "recipients": _BDAT,
        "anomalies": _BDAT,
    },
    "smtp-bdat-last-next-mail": {"senders": _BDAT, "recipients": _BDAT},
    "smtp-bdat-multichunk-inspection": {"senders": _BDAT, "recipients": _BDAT},
    "wireshark-bdat": {
        "senders": "theirs is the header field From; the envelope has none",
        "subjects": _BDAT,
    },
    "rfc3030-bdat-0-last": {"commands": _BDAT},
    "rfc3030-bdat-multipart.": {"commands": _BDAT, "subjects": _BDAT},
    "rfc3030-bdat-multipart-chunked": {"commands": _BDAT, "subjects": _BDAT},
    "smtp-bdat-cmd-invalid": {"commands": _BDAT},
    "smtp-bdat-cmd-negative": {
        "anomalies": "a bare LF in the line is found first: all of it goes under X",
    },
    "smtp-ehlo-reset": {
        "anomalies": "a second EHLO is lawful (RFC 5321, 4.1.4); no rule asks for it",
    },
    "smtp-helo-reset-after-rcpt": {
        "anomalies": "a second HELO is lawful (RFC 5321, 4.1.4); no rule asks for it",
    },
    "smtp-pipelined-rset-data-replies": {
        "anomalies": "each command of a group is judged by itself, in any order",
    },
    "smtp-tls-protodetect": {
        "sessions": "port 465 is left out",
        "anomalies": "port 465 is left out",
    },
    "smtp-subject-windows": {
        "subjects": "an octet without a charset stays one (`\\x92`)",
    },
    "connect-with-smtp": dict.fromkeys(
        ("sessions", "senders", "recipients", "helo", "subjects"),
        "it is inside an HTTP tunnel, which is not followed",
    ),
}

_Json = dict[str, Any]


@dataclass
class Agreement:
    """One capture: what was compared, and what of it the two do not agree on."""

    file: str
    sessions: int
    compared: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def explained(self) -> dict[str, str]:
        """What differs, with its reason, as it should be."""
        for part, why in EXPLAINED.items():
            if part in self.file:
                return why
        return {}


def inspected(file: Path, config: str = POLICY) -> tuple[list[_Json], End]:
    """The sessions of a capture, as `inspect --json` tells them, and the end."""
    documents: list[_Json] = []
    end: End | None = None
    for said in work(Job((Named(str(file)),), config, port=25)):
        if isinstance(said, Session):
            documents.append(cast(_Json, said.document))
        elif isinstance(said, End):
            end = said
    assert end is not None
    return documents, end


def rows(corpus: Path) -> list[dict[str, str]]:
    """The list of captures."""
    with (corpus / "pcap" / "INDEX.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def agreement(corpus: Path, row: dict[str, str]) -> Agreement:
    """One capture beside its oracles."""
    names = [corpus / "pcap" / name for name in row["oracle"].split() if "/" in name]
    theirs = told([path for path in names if path.is_file()])
    ours, _ = inspected(corpus / "pcap" / row["file"])
    out = Agreement(row["file"], len(ours))
    claimed = int(row["features"].split(",")[0].partition("=")[2])
    _compare(out, "sessions", {str(claimed)}, {str(len(ours))})
    for what, expected, found in _sets(theirs, ours):
        if expected:
            _compare(out, what, expected, found)
    if theirs.commands:
        found = {" ".join(c for one in ours for c in one["commands"])}
        _compare(out, "commands", {" ".join(theirs.commands)}, found)
    if theirs.anomalies:
        texts = [f["text"] for one in ours for f in one["findings"]]
        seen = {
            name
            for name in theirs.anomalies
            if name in SAME and any(text.startswith(SAME[name]) for text in texts)
        }
        _compare(out, "anomalies", theirs.anomalies, seen)
    return out


def _sets(theirs: Told, ours: list[_Json]) -> list[tuple[str, set[str], set[str]]]:
    mails = [mail for one in ours for mail in one["transactions"]]
    return [
        ("helo", theirs.helos, {one["helo"] for one in ours}),
        ("senders", theirs.senders - {""}, {_bare(m["mail_from"]) for m in mails}),
        (
            "recipients",
            theirs.recipients,
            {_bare(to) for mail in mails for to in mail["rcpt_to"]},
        ),
        ("subjects", theirs.subjects, {mail["subject"] for mail in mails}),
        (
            "files",
            theirs.files,
            {part["filename"] for mail in mails for part in mail["parts"]},
        ),
    ]


def _bare(address: str) -> str:
    return address.strip("<>").lower()


def _compare(out: Agreement, what: str, theirs: set[str], ours: set[str]) -> None:
    out.compared.append(what)
    if theirs - ours:
        out.differing.append(what)
        out.detail[what] = f"{sorted(theirs - ours)} is not in {sorted(ours)}"


def page(corpus: Path) -> str:
    """The list, capture by capture."""
    out = [
        "<!-- Written by tests/corpus/agreement.py; the test says how. -->",
        "",
        "# Captures of others",
        "",
        "What `mailward inspect --json` says of each capture in the corpus, beside",
        "what the tool it was made for says (Suricata, Zeek, Arkime; the number of",
        "sessions is tshark's). All that an oracle names has to be there, in so many",
        "words; of commands the whole list. Anomalies are compared with the findings",
        "under a map that has rules for them.",
        "",
        "| capture | sessions | alike | differs, and why |",
        "|---|---|---|---|",
    ]
    for row in rows(corpus):
        one = agreement(corpus, row)
        alike = ", ".join(w for w in one.compared if w not in one.differing)
        whys: dict[str, list[str]] = {}
        for what in one.differing:
            whys.setdefault(one.explained.get(what, "NOT EXPLAINED"), []).append(what)
        why = "; ".join(f"{', '.join(what)}: {why}" for why, what in whys.items())
        name = one.file.replace("__input.pcap", "").partition("__")[2]
        out.append(
            f"| {name.replace('tests__', '')} | {one.sessions} | {alike} | {why} |"
        )
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(Path(sys.argv[1])), "utf-8")
