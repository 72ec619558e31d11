"""Real sessions through the engine: nothing raises, and what was said is found."""

import csv
import re
from pathlib import Path

import pytest

from mailward.criteria.base import Criterion
from mailward.criteria.envelope import RecipientCount, SenderLength
from mailward.criteria.message import AddressCount, EncodingIn, FileNameLength, FileType
from mailward.engine.session import Session
from mailward.policy.findings import MATCHED
from mailward.policy.inspection import Compat, Parameters, build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.rex.matcher import Matcher
from mailward.verdicts import LOGS, PASS
from tests.corpus.captures import CLIENT, SERVER, Stream, is_smtp, streams, told

#: Captures in which the oracles see more, with the reason.
EXPLAINED = {
    "smtp-bdat-bad-tail-next-mail": "what follows a BDAT is never let through",
    "smtp-bdat-last-next-mail": "what follows a BDAT is never let through",
    "smtp-bdat-multichunk-inspection": "what follows a BDAT is never let through",
    "wireshark-bdat": "the sender of its header, of which the envelope has none",
}
NOW = 1.0


def _escaped(text: str) -> str:
    """A text as a pattern of the appliance, at most as long as one may be."""
    return re.sub(r"([\\.\[\](){}|*+?^$])", r"\\\1", text)[:90].rstrip("\\")


def _seen(found: list[Stream], files: list[str]) -> tuple[set[str], set[str], set[str]]:
    """Senders, recipients, and which of the files were seen in these sessions."""
    criteria: list[Criterion] = [
        SenderLength(0),
        RecipientCount(0),
        AddressCount(1),
        EncodingIn(63),
        FileNameLength(0),
        *[FileType(Matcher((_escaped(name),))) for name in files],
    ]
    rules = tuple(Rule(c, LOGS, n, "", "") for n, c in enumerate(criteria, 1))
    inspection = build(
        "m", rules, Parameters(allow_tls=True), compat=Compat(cross_bdat=True)
    )
    tally = Tally(inspection)
    senders: set[str] = set()
    recipients: set[str] = set()
    for stream in found:
        session = Session(inspection, tally)
        for speaker, octets in stream.said:
            if speaker == CLIENT:
                session.from_client(octets, NOW)
            else:
                session.from_server(octets, NOW)
                if session.due:
                    session.on_time(NOW)
            for finding in session.findings:
                if finding.kind == MATCHED and finding.rule is not None:
                    text = finding.evidence.decode("latin-1").lower()
                    if finding.rule.place == 1:
                        senders.add(text)
                    elif finding.rule.place == 2:
                        recipients.add(text)
            session.findings.clear()
    seen = {name for n, name in enumerate(files) if tally.rules[5 + n]}
    return senders, recipients, seen


def _rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "pcap" / "INDEX.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_capture_agrees_with_its_oracles(corpus: Path) -> None:
    """Senders, recipients and file names of the oracles are all seen."""
    differences = []
    sessions = agreed = 0
    for row in _rows(corpus):
        found = [s for s in streams(corpus / "pcap" / row["file"]) if is_smtp(s)]
        sessions += len(found)
        oracles = [
            corpus / "pcap" / name for name in row["oracle"].split() if "/" in name
        ]
        expected = told([path for path in oracles if path.is_file()])
        files = sorted(expected.files)
        senders, recipients, seen = _seen(found, files)
        if not found:
            continue
        missing = [
            *sorted(expected.senders - senders - {""}),
            *sorted(expected.recipients - recipients),
            *[name for name in files if name not in seen],
        ]
        if not missing:
            agreed += 1
        elif not any(name in row["file"] for name in EXPLAINED):
            differences.append(f"{row['file']}: {missing}")

    assert differences == []
    assert sessions > 40
    assert agreed > 40


def test_a_session_without_rules_passes_unchanged(corpus: Path) -> None:
    """Real traffic under an empty map: what is lawful leaves as it came."""
    inspection = build("quiet", (), Parameters(allow_tls=True))
    whole = 0
    for row in _rows(corpus):
        for stream in streams(corpus / "pcap" / row["file"]):
            if not is_smtp(stream):
                continue
            session = Session(inspection, Tally(inspection))
            left = {CLIENT: b"", SERVER: b""}
            for speaker, octets in stream.said:
                if speaker == CLIENT:
                    left[CLIENT] += session.from_client(octets, NOW)
                else:
                    left[SERVER] += session.from_server(octets, NOW)
                    if session.due:
                        left[CLIENT] += session.on_time(NOW)
            kinds = {finding.key()[0] for finding in session.findings}
            if kinds or session.verdict != PASS or session.held:
                continue
            whole += 1
            for speaker in (CLIENT, SERVER):
                entered = b"".join(o for who, o in stream.said if who == speaker)
                if speaker == SERVER:
                    # STARTTLS may pass here; CHUNKING never does.
                    entered = re.sub(rb"(250[ -])CHUNKING\r", rb"\1XXXXXXXA\r", entered)

                assert left[speaker] == entered

    assert whole > 10


@pytest.mark.parametrize("name", ["seladb-PcapPlusPlus", "snort3"])
def test_what_is_no_mail_is_no_session(corpus: Path, name: str) -> None:
    """Captures of other protocols hold no session."""
    rows = [r for r in _rows(corpus) if r["file"].startswith(name)]
    others = [r for r in rows if "not-smtp" in r["features"]]

    assert others or name == "snort3"
    for row in others:
        assert not any(is_smtp(s) for s in streams(corpus / "pcap" / row["file"]))
