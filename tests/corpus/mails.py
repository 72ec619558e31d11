"""The mails of the corpus, and what others have read in them.

Knows: the oracles beside the mails (MIME4J's XML, Stalwart's JSON, Postfix's
listings) and the `email` package of the standard library, each as a list of
parts.
Does not know: which difference is whose mistake (`EXPLAINED` tells that).
Called by: test_mails.py; as a program it writes docs/internals/mail-readings.md.
"""

import email
import email.policy
import email.utils
import json
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final, final
from xml.etree import ElementTree

from mailward.engine.parts import ENCODING, NAME, TYPE
from mailward.smtp.fields import closefolded, refolded, unfolded
from mailward.smtp.mime import ENCODINGS, OTHERS
from tests.unit.engine.readings import Seen, read

_WORDS: Final = {row.word: row.code for row in ENCODINGS}
_REPLACED = "octets outside ASCII in a plain name: it shows U+FFFD, we keep them"

#: (mail, oracle) -> why not all that it reads is among our readings.
EXPLAINED: Final = (
    {
        (
            "mikel-mail__attachment_emails__attachment_nonascii_filename.eml",
            one,
        ): _REPLACED
        for one in ("stdlib compat32",)
    }
    | {
        ("stalwartlabs-mail-parser__resources__eml__legacy__026.eml", one): _REPLACED
        for one in ("stdlib compat32", "stdlib default", "stalwart", "stalwart crlf")
    }
    | {
        ("vdukhovni-postfix__postfix__src__global__mime_cvt.in", "postfix"): (
            "the listing is of the mail after its conversion to quoted-printable"
        ),
    }
)


@final
@dataclass(frozen=True)
class OraclePart:
    """One part as an oracle has read it; `codes` are of the encodings."""

    type: str
    names: tuple[str | bytes, ...]
    codes: tuple[int, ...]


def _code(word: str) -> int:
    return _WORDS.get(word.strip().lower() or "7bit", OTHERS)


def _of_message(message: Message) -> OraclePart:
    names: list[str | bytes] = []
    for header, parameter in (
        ("content-disposition", "filename"),
        ("content-type", "name"),
    ):
        value = message.get_param(parameter, header=header)
        if value is not None:
            names.append(email.utils.collapse_rfc2231_value(value))
    codes = [str(c) for c in message.get_all("content-transfer-encoding", ["7bit"])]
    return OraclePart(
        message.get_content_type(), tuple(names), tuple(map(_code, codes))
    )


def stdlib(
    data: bytes, policy: "email.policy.Policy[Message]"
) -> list[OraclePart] | None:
    """What the standard library reads; nothing where it fails on the mail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            message = email.message_from_bytes(data, policy=policy)
            return [_of_message(part) for part in _walk(message)]
        except (AttributeError, IndexError, TypeError, ValueError, LookupError):
            return None


def _walk(message: Message) -> Iterator[Message]:
    """The parts, but not the groups of a delivery status, which the library
    makes parts too."""
    yield message
    if message.get_content_type() == "message/delivery-status":
        return
    if message.is_multipart():
        for part in message.get_payload():
            assert isinstance(part, Message)
            yield from _walk(part)


def _of_fields(fields: bytes) -> OraclePart:
    return _of_message(email.message_from_bytes(fields))


def mime4j(file: Path) -> list[OraclePart]:
    """The headers of MIME4J's XML."""
    return [
        _of_fields(
            b"".join(
                (field.text or "").strip("\n").encode("utf-8") + b"\n"
                for field in header.iter("field")
            )
        )
        for header in ElementTree.parse(file).iter("header")
    ]


def stalwart(file: Path) -> list[OraclePart]:
    """The parts of Stalwart's JSON, those of messages within among them."""

    def walk(message: object) -> Iterator[OraclePart]:
        assert isinstance(message, dict)
        for part in message["parts"]:
            nested = isinstance(part["body"], dict) and "Message" in part["body"]
            yield _of_json(part["headers"], nested)
            if nested:
                yield from walk(part["body"]["Message"])

    return list(walk(json.loads(file.read_text("utf-8"))))


def _of_json(headers: list[dict[str, object]], nested: bool) -> OraclePart:
    type_ = "message/rfc822" if nested else "text/plain"
    names: list[str | bytes] = []
    codes: list[int] = []
    for header in headers:
        value = header["value"]
        if not isinstance(value, dict):
            continue
        if header["name"] == "content_transfer_encoding" and "Text" in value:
            codes.append(_code(value["Text"]))
        if "ContentType" not in value:
            continue
        field = value["ContentType"]
        if header["name"] == "content_type":
            type_ = f"{field['c_type']}/{field['c_subtype'] or ''}".lower()
        for attribute in field["attributes"] or ():
            names += [attribute["value"]] * (attribute["name"] in ("name", "filename"))
    return OraclePart(type_, tuple(names), tuple(codes) or (_code("7bit"),))


def postfix(file: Path) -> list[OraclePart]:
    """The headers of a listing of Postfix's mime_state program."""
    found: list[bytes] = []
    open_ = b""
    for line in file.read_bytes().splitlines(keepends=True):
        head, bar, text = line.partition(b"\t|")
        if bar and head[:4] in (b"MAIN", b"MULT", b"NEST"):
            open_ += text
        elif line[:1] in (b" ", b"\t"):
            open_ += line
        elif not line.startswith(b"mime_state") and open_:
            found.append(open_)
            open_ = b""
    return [_of_fields(fields) for fields in found]


def oracles(mail: Path) -> Iterator[tuple[str, list[OraclePart]]]:
    """The name of each oracle of a mail, and what it has read."""
    data = mail.read_bytes()
    for title, policy in (
        ("stdlib compat32", email.policy.compat32),
        ("stdlib default", email.policy.default),
    ):
        parts = stdlib(data, policy)
        if parts is not None:
            yield title, parts
    stem = mail.parent / "oracle" / mail.name.rpartition(".")[0]
    for title, ending, reader in (
        ("mime4j", ".xml", mime4j),
        ("mime4j decoded", "_decoded.xml", mime4j),
        ("stalwart", ".json", stalwart),
        ("stalwart crlf", ".crlf.json", stalwart),
        ("postfix", ".ref", postfix),
    ):
        file = stem.with_name(stem.name + ending)
        if file.is_file():
            yield title, reader(file)


def _forms(name: str | bytes) -> set[bytes]:
    """The octets of a name, however its reader treats folds and odd octets."""
    if isinstance(name, str):
        octets = {name.encode("utf-8", "surrogateescape")}
        if all(ord(letter) < 256 for letter in name):
            octets.add(name.encode("latin-1"))
    else:
        octets = {name}
    return {
        form
        for text in octets
        for form in (text, unfolded(text), refolded(text), closefolded(text))
    }


def differences(seen: list[Seen], parts: list[OraclePart]) -> list[str]:
    """What of the parts is not among the readings, in the order of the parts.

    Each part must be met by an event of its own, after that of the part before.
    """
    missing: list[str] = []
    coming = {
        kind: [set[int | bytes](what) for _, event, what in seen if event == kind]
        for kind in (ENCODING, NAME, TYPE)
    }
    for number, part in enumerate(parts):
        if not _met(coming[TYPE], [{_octets(part.type)}]):
            missing.append(f"part {number}: type {part.type!r}")
        if not _met(coming[ENCODING], [{code} for code in part.codes]):
            missing.append(f"part {number}: encodings {part.codes}")
        names = [_forms(name) for name in part.names if name]
        if names and not _met(coming[NAME], names):
            missing.append(f"part {number}: names {part.names!r}")
    return missing


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _met(
    coming: list[set[int | bytes]], wanted: list[set[int]] | list[set[bytes]]
) -> bool:
    """Does one of the coming events hold one of each of the sets?

    Then it and those before it are no longer to come.
    """
    for place, event in enumerate(coming):
        if all(event & one for one in wanted):
            del coming[: place + 1]
            return True
    return False


def mails(corpus: Path) -> list[Path]:
    """The mails of the corpus in the order of their names."""
    return sorted(
        file
        for file in (corpus / "eml").iterdir()
        if file.is_file() and file.name != "INDEX.tsv"
    )


def page(corpus: Path) -> str:
    """The text of docs/internals/mail-readings.md."""
    rows, told = [], []
    for mail in mails(corpus):
        seen = read(mail.read_bytes())
        titles = []
        for title, parts in oracles(mail):
            titles.append(f"{title} {len(parts)}")
            for what in differences(seen, parts):
                why = EXPLAINED.get((mail.name, title), "NOT EXPLAINED")
                told.append(f"| {mail.name} | {title} | {what} | {why} |")
        counts = [sum(event == kind for _, event, _ in seen) for kind in (TYPE, NAME)]
        rows.append(
            f"| {mail.name} | {counts[0]} | {counts[1]} | {', '.join(titles)} |"
        )
    return "\n".join((_HEAD.strip(), *told, "", _BODY.strip(), *rows, ""))


_HEAD: Final = """
# The mails of the corpus and their readings

Written by `python -m tests.corpus.mails CORPUS FILE`; `tests/corpus/test_mails.py`
holds it to the mails.

Mail programs disagree on names, types and encodings, so the message reader offers
every plausible reading of each part.  An oracle agrees when, part after part in
its order, its type, its encoding and its names are among the readings of a part
of ours.  Not compared: the groups of fields of a delivery status, which the
standard library makes parts; ends of line that an oracle leaves within a name.
The bodies of parts are not decoded, so what lies within a message or multipart in
base64 or quoted-printable is not read (RFC 2045 section 6.4 forbids it).

## Differences

| mail | oracle | not among the readings | why |
|---|---|---|---|
"""

_BODY: Final = """
## Agreement

Headers read (with those that only some program sees), headers with a name, and
the parts that each oracle has found, all of them ours too but for the above.

| mail | headers | names | oracles |
|---|---|---|---|
"""


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(Path(sys.argv[1])), "utf-8")
