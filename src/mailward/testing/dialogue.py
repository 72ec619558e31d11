r"""Dialogue files: a policy, what both speakers say, what must arrive.

Knows: the notation of a `.dlg` file and where each thing stood in it.
Does not know: sessions, sockets, how a dialogue is carried out.
Called by: the harnesses of this house, tests, anybody who writes dialogues.

A file, read aloud::

    # A pipe in a sender becomes a blank.          the claim, always first
    factory                                        the configuration
    --
    S: 220 mail.example.com ESMTP                  the server sends a line
    c: 220 **********************                  the client receives this
    C: MAIL FROM:<a|b@example.com>                 the client sends a line
    s: MAIL FROM:<a b@example.com>                 the server receives this
    % 108002 SMTP replaced |: ...                  a record of the audit trail

Before `--` stand configuration lines; the line `factory` means the factory
configuration.  Then:

`C: text`, `S: text`      client or server sends the text and CR LF
`C+ text`, `S+ text`      the text as it stands, nothing added
`C* 35000 text`           the text so many times, nothing added
`s: …`, `c: …`            what the server or the client receives, where it is
                          not what was sent; also with + and *; `s: -` is
                          nothing at all
`C closes`, `S closes`    the speaker has no more to say
`@ 0.5`                   so many seconds pass; `s:` below is what then goes to
                          the server, which is nothing if none is there
`! drop`, `! reset`       the line above brought this verdict
`% 108004 text`           a record; `...` in the text stands for anything;
                          `% 4-108004 text` asks for its severity too
`# text`                  a remark; two sorts say something to the harness:
`# proves: match action`  the cell of docs/reference/matrix.md that is proven
                          here (`# proves: cmd verb reset not`)
`# cuts matter: why`      the outcome depends on how segments are cut, for this
                          reason; otherwise it must not

Lines of one speaker on end are one segment; an empty line between them parts
it in two.  In a text `\r \n \t \0 \\ \xNN` are escapes.

Expectations are complete.  What no `s:` or `c:` speaks of arrives unchanged;
the line that brings the verdict, and all after it, do not arrive.  Every record
the harness deems worth hearing (`mailward.testing.bench`) must be listed.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from mailward.errors import MailwardError
from mailward.policy.findings import CLIENT, SERVER
from mailward.verdicts import PASS, VERDICT_NAMES

#: No dialogue waits longer than this in all, in seconds: real sockets really wait.
PATIENT: Final = 2.0

#: No segment of a dialogue file may be longer than this.
LONGEST: Final = 64 * 1024 * 1024

_LINE: Final = re.compile(r"([CScs])(?::(?: (.*))?|\+ (.*)|\* (\d+) (.*))")
_WAIT: Final = re.compile(r"@ (\d\.\d{1,3})")
_CUTS: Final = "# cuts matter: "
_RECORD: Final = re.compile(r"% (?:([0-7])-)?([0-9]+) (.+)")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.)|$)")
_LETTERS: Final = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


class DialogueError(MailwardError):
    """A dialogue file that cannot be read; the text begins with `file:line:`."""


@final
@dataclass(frozen=True)
class Turn:
    """One segment and what must come of it.

    `line` counts from 1 in the file, `speaker` is CLIENT or SERVER, `closes`
    says that the speaker closes its side instead of sending, `passes` that nobody
    speaks while so many seconds pass.  `to_server` and `to_client` are the octets
    that must arrive; `verdict` the verdict in force once the segment was handled.
    """

    line: int
    speaker: int
    sent: bytes
    closes: bool
    to_server: bytes
    to_client: bytes
    verdict: int
    passes: float = 0.0


@final
@dataclass(frozen=True)
class Expected:
    """A record that must appear: its number, its text, its line in the file, and
    its severity or None where any will do."""

    line: int
    number: int
    text: str
    severity: int | None = None

    def fits(self, number: int, severity: int, text: str) -> bool:
        """Is this the record?  `...` stands for any run of characters."""
        if number != self.number or self.severity not in (None, severity):
            return False
        parts = [re.escape(part) for part in self.text.split("...")]
        return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


@final
@dataclass(frozen=True)
class Dialogue:
    """One dialogue file.  `config` holds None for the line `factory`,
    `cuts_matter` the reason if the outcome depends on cuts."""

    file: str
    claim: str
    config: tuple[str | None, ...]
    turns: tuple[Turn, ...]
    records: tuple[Expected, ...]
    cuts_matter: str = ""

    @property
    def verdict(self) -> int:
        """The verdict at the end."""
        return self.turns[-1].verdict

    def config_text(self, factory: str) -> str:
        """The configuration, given what `factory` stands for."""
        lines = (factory.rstrip("\n") if x is None else x for x in self.config)
        return "".join(line + "\n" for line in lines)


def load(path: Path) -> Dialogue:
    """Read one file.

    Raises:
        DialogueError: the file breaks the notation.
        OSError, UnicodeDecodeError: it cannot be read at all.
    """
    return parse(path.read_text(encoding="utf-8"), str(path))


def parse(text: str, file: str = "dialogue") -> Dialogue:
    """Read the text of one file; `file` is only for errors.

    Raises:
        DialogueError: the text breaks the notation.
    """
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), 1):
        reader.number = number
        reader.take(line)
    return reader.finish()


@final
class _Reader:
    """The lines so far, and the turn that is being gathered."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.number = 0
        self.claim = ""
        self.cuts_matter = ""
        self.config: list[str | None] = []
        self.talking = False
        self.turns: list[Turn] = []
        self.records: list[Expected] = []
        self.verdict = PASS
        self.pieces: list[_Piece] = []

    def error(self, message: str) -> DialogueError:
        """The mistake, with its place."""
        return DialogueError(f"{self.file}:{self.number}: {message}")

    def take(self, line: str) -> None:
        """One line of the file."""
        if line != line.rstrip():
            raise self.error("a blank at the end of the line: write \\x20")
        if line.startswith("#"):
            self.claim = self.claim or line[1:].strip()
            if line.startswith(_CUTS):
                self.cuts_matter = line.removeprefix(_CUTS)
        elif not self.claim and line:
            raise self.error("the first line states the claim: # …")
        elif not self.talking:
            self.talking = line == "--"
            if line and not self.talking:
                self.config.append(None if line == "factory" else line)
        elif not line:
            self.end_turn()
        else:
            self.talk(line)

    def talk(self, line: str) -> None:
        """One line below the `--`."""
        if line.startswith("! "):
            self.judge(line[2:])
        elif line.startswith("% "):
            found = _RECORD.fullmatch(line)
            if found is None:
                raise self.error("a record is written `% number text`")
            severity = int(found[1]) if found[1] else None
            self.records.append(
                Expected(self.number, int(found[2]), found[3], severity)
            )
        elif line in ("C closes", "S closes"):
            self.end_turn()
            self.pieces.append(_Piece(_speaker(line[0]), self.number, b"", True))
            self.end_turn()
        elif line.startswith("@"):
            self.wait(line)
        else:
            self.say(line)

    def wait(self, line: str) -> None:
        """Time passes: a turn of its own."""
        found = _WAIT.fullmatch(line)
        if found is None:
            raise self.error("a wait is written `@ 0.5`, in seconds")
        self.end_turn()
        seconds = float(found[1])
        if seconds + sum(turn.passes for turn in self.turns) > PATIENT:
            raise self.error(f"longer than {PATIENT} seconds in all")
        self.pieces.append(_Piece(SERVER, self.number, b"", passes=seconds))

    def say(self, line: str) -> None:
        """A line of a speaker, or what a listener hears."""
        found = _LINE.fullmatch(line)
        if found is None:
            raise self.error(
                "expected C: C+ C* S: S+ S* s: s+ s* c: c+ c* closes @ ! % or #"
            )
        who, text, raw, times, again = found.groups()
        if raw is not None:
            octets = self.octets(raw)
        elif times is not None:
            unit = self.octets(again)
            if int(times) * len(unit) > LONGEST:
                raise self.error(f"longer than {LONGEST} octets")
            octets = unit * int(times)
        else:
            octets = self.octets(text or "") + b"\r\n"
        if who.isupper():
            self.speak(_speaker(who), octets)
        else:
            self.hear(_speaker(who), b"" if text == "-" else octets)

    def speak(self, speaker: int, octets: bytes) -> None:
        """Octets of a speaker: a new piece of this turn, or of a new one."""
        if self.pieces and (self.pieces[0].speaker != speaker or self.pieces[0].passes):
            self.end_turn()
        piece = _Piece(speaker, self.number, octets)
        if self.verdict != PASS:
            piece.heard = b""
        self.pieces.append(piece)

    def hear(self, listener: int, octets: bytes) -> None:
        """What a listener receives for the last piece."""
        if not self.pieces:
            raise self.error("no line of a speaker right above")
        piece = self.pieces[-1]
        if self.verdict != PASS and not piece.judged:
            raise self.error("nothing arrives after a verdict")
        if piece.passes and listener == CLIENT:
            raise self.error("the client hears nothing of a wait")
        if listener != piece.speaker:
            piece.heard = octets if not piece.told else piece.heard_so_far() + octets
            piece.told = True
        elif piece.speaker == SERVER:
            piece.released += octets
        else:
            raise self.error("the client hears nothing while it speaks")

    def judge(self, word: str) -> None:
        """`! drop`: the last piece brought it."""
        if word not in VERDICT_NAMES:
            raise self.error("a verdict is one of " + ", ".join(VERDICT_NAMES))
        if not self.pieces and not self.turns:
            raise self.error("no line of a speaker right above")
        if self.verdict != PASS:
            raise self.error("a verdict stays")
        self.verdict = VERDICT_NAMES.index(word)
        if self.verdict != PASS:
            if not self.pieces:
                raise self.error("a verdict stands below the line that brought it")
            piece = self.pieces[-1]
            piece.judged = True
            if not piece.told:
                piece.heard = b""

    def end_turn(self) -> None:
        """Make the pieces gathered so far one turn."""
        if not self.pieces:
            return
        first = self.pieces[0]
        heard = b"".join(piece.heard_so_far() for piece in self.pieces)
        released = b"".join(piece.released for piece in self.pieces)
        client = first.speaker == CLIENT
        self.turns.append(
            Turn(
                line=first.line,
                speaker=first.speaker,
                sent=b"".join(piece.sent for piece in self.pieces),
                closes=first.closes,
                to_server=heard if client else released,
                to_client=b"" if client else heard,
                verdict=self.verdict,
                passes=first.passes,
            )
        )
        self.pieces = []

    def finish(self) -> Dialogue:
        """The whole file."""
        if not self.talking:
            raise self.error("no line `--` between configuration and dialogue")
        self.end_turn()
        if not self.turns:
            raise self.error("nobody says anything")
        return Dialogue(
            file=self.file,
            claim=self.claim,
            config=tuple(self.config),
            turns=tuple(self.turns),
            records=tuple(self.records),
            cuts_matter=self.cuts_matter,
        )

    def octets(self, text: str) -> bytes:
        """The octets that a text stands for."""
        out = bytearray()
        at = 0
        for found in _ESCAPE.finditer(text):
            out += text[at : found.start()].encode()
            at = found.end()
            pair, letter = found.groups()
            if pair is not None:
                out.append(int(pair, 16))
            elif letter in _LETTERS:
                out += _LETTERS[letter].encode()
            else:
                raise self.error(r"escapes are \r \n \t \0 \\ \xNN")
        return bytes(out + text[at:].encode())


@final
class _Piece:
    """One line of a speaker with what is heard of it."""

    def __init__(
        self,
        speaker: int,
        line: int,
        sent: bytes,
        closes: bool = False,
        passes: float = 0.0,
    ) -> None:
        self.speaker = speaker
        self.line = line
        self.sent = sent
        self.closes = closes
        self.passes = passes
        self.heard: bytes | None = None
        self.told = False
        self.judged = False
        self.released = b""

    def heard_so_far(self) -> bytes:
        """What the other side receives of it."""
        return self.sent if self.heard is None else self.heard


def _speaker(letter: str) -> int:
    return CLIENT if letter in "Cc" else SERVER
