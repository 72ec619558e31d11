r"""Script: what both speakers said, read out of whatever was written down.

Knows: dialogue files (docs/reference/dialogues.md), transcripts of swaks, of telnet
and of programs that mark who speaks with arrows.
Does not know: what comes of it, files.
Called by: cli.

Lenient, where the reader of the tests (`mailward.testing.dialogue`) is strict: what
a dialogue file expects (`s:`, `c:`, `!`, `%`) is passed over, and so are lines that
nobody says.  In a text behind `C:` or `S:` the escapes `\r \n \t \0 \\ \xNN` stand
for octets; behind an arrow every character stands for itself.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from mailward.errors import MailwardError
from mailward.policy.findings import CLIENT, SERVER

#: No piece may be longer than this, in octets.
LONGEST: Final = 64 * 1024 * 1024

_MARKED: Final = re.compile(r"([CS])(?::(?: ?(.*))?|\+ (.*)|\* (\d{1,9}) (.*))$")
_CLOSES: Final = re.compile(r"([CS]) closes$")
_WAIT: Final = re.compile(r"@ (\d{1,6}(?:\.\d{1,3})?)$")
_EXPECTED: Final = re.compile(r"[sc][:+*] |[!%#]|[sc]:$")
# swaks: ` -> `, ` ~> ` in TLS; `<-  `, `<** ` for a refusal, `<~  `, `<~* `.
_ARROW_OUT: Final = re.compile(r" ?(?:[-~]>|>{1,3})(?: (.*))?$")
_ARROW_IN: Final = re.compile(r" ?(?:<-|<~\*|<~|<\*\*|<{1,3})(?: {1,2}(.*))?$")
_REPLY: Final = re.compile(r"[2-5]\d\d(?:[ -]|$)")
# What telnet and openssl say themselves.
_CLIENT_TALK: Final = re.compile(
    r"(?:Trying |Connected to |Escape character |Connection closed)"
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([rnt0\\]))")
_LETTERS: Final = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


class ScriptError(MailwardError):
    """What cannot be read as a dialogue; the text begins with `file:line:`."""


@final
@dataclass(frozen=True)
class Said:
    """One segment of one speaker: its pieces, each with its line in the file.

    `closes`: the speaker says no more; `passes`: nobody speaks for so many seconds.
    """

    speaker: int
    pieces: tuple[tuple[int, bytes], ...]
    closes: bool = False
    passes: float = 0.0


@final
@dataclass(frozen=True)
class Script:
    """What was written down.  `config` is the configuration in front of it, None
    where there is none; `skipped` counts lines that nobody says."""

    config: str | None
    says: tuple[Said, ...]
    skipped: int = 0


def read(text: str, factory: str, file: str = "dialogue") -> Script:
    """Read a dialogue; `factory` is what the line `factory` in front of it stands
    for.

    Raises:
        ScriptError: nobody says anything, or a line breaks the notation.
    """
    lines = list(enumerate(text.replace("\r\n", "\n").split("\n"), 1))
    config: str | None = None
    at = next((n for n, line in lines if line == "--"), 0)
    if at:
        head = [line for _, line in lines[: at - 1]]
        config = "".join(
            factory if line == "factory" else f"{line}\n"
            for line in head
            if not line.startswith("#")
        )
        lines = lines[at:]
    gathered = _Gathered(file)
    if any(_speaks(line) for _, line in lines):
        for number, line in lines:
            _marked(gathered, number, line, strict=bool(at))
    else:
        _guessed(gathered, lines)
    says = gathered.finish()
    if not says:
        raise ScriptError(f"{file}:1: nobody says anything")
    return Script(config, says, gathered.skipped)


def _speaks(line: str) -> bool:
    return any(p.match(line) for p in (_MARKED, _ARROW_OUT, _ARROW_IN))


@final
class _Gathered:
    """The segments so far, and the one at hand."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.skipped = 0
        self._says: list[Said] = []
        self._speaker = CLIENT
        self._pieces: list[tuple[int, bytes]] = []

    def say(self, speaker: int, number: int, octets: bytes) -> None:
        """A piece of the segment at hand, or of a new one."""
        if speaker != self._speaker:
            self.part()
        self._speaker = speaker
        self._pieces.append((number, octets))

    def event(self, said: Said) -> None:
        """Something that is not said."""
        self.part()
        self._says.append(said)

    def part(self) -> None:
        """The segment at hand is over."""
        if self._pieces:
            self._says.append(Said(self._speaker, tuple(self._pieces)))
            self._pieces = []

    def finish(self) -> tuple[Said, ...]:
        """All of them."""
        self.part()
        return tuple(self._says)


def _marked(gathered: _Gathered, number: int, line: str, *, strict: bool) -> None:
    """A line of a file in which speakers are marked."""
    said = _MARKED.match(line)
    closes = _CLOSES.match(line)
    waits = _WAIT.match(line)
    if not line.strip():
        gathered.part()
    elif said is not None:
        speaker = CLIENT if said[1] == "C" else SERVER
        octets = _octets_of(gathered.file, number, said)
        gathered.say(speaker, number, octets)
    elif closes is not None:
        speaker = CLIENT if closes[1] == "C" else SERVER
        gathered.event(Said(speaker, ((number, b""),), closes=True))
    elif waits is not None:
        passes = float(waits[1])
        gathered.event(Said(SERVER, ((number, b""),), passes=passes))
    elif _EXPECTED.match(line):
        return
    elif (out := _ARROW_OUT.match(line)) is not None:
        gathered.say(CLIENT, number, _raw(out[1] or "") + b"\r\n")
    elif (came := _ARROW_IN.match(line)) is not None:
        gathered.say(SERVER, number, _raw(came[1] or "") + b"\r\n")
    elif strict:
        raise ScriptError(
            f"{gathered.file}:{number}: expected C: C+ C* S: S+ S* closes @"
        )
    else:
        gathered.skipped += 1


def _guessed(gathered: _Gathered, lines: list[tuple[int, str]]) -> None:
    """A transcript in which nobody is marked, as telnet leaves it: the server's
    lines begin with a code, but for those of a message."""
    begun = message = False  # nobody speaks before the greeting
    for number, line in lines:
        if _CLIENT_TALK.match(line) or not (line or message):
            gathered.skipped += bool(line)
            continue
        server = not message and _REPLY.match(line) is not None
        begun = begun or server
        if begun:
            gathered.say(SERVER if server else CLIENT, number, _raw(line) + b"\r\n")
        else:
            gathered.skipped += 1
        if server:
            message = line.startswith("354")
        elif line == ".":
            message = False


def _octets_of(file: str, number: int, said: re.Match[str]) -> bytes:
    """The octets of a marked line."""
    _, text, raw, times, again = said.groups()
    if raw is not None:
        return _unescaped(raw)
    if times is None:
        return _unescaped(text or "") + b"\r\n"
    unit = _unescaped(again)
    if int(times) * len(unit) > LONGEST:
        raise ScriptError(f"{file}:{number}: longer than {LONGEST} octets")
    return unit * int(times)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _unescaped(text: str) -> bytes:
    """The octets that a text stands for; what is no escape stands for itself."""
    out = bytearray()
    at = 0
    for found in _ESCAPE.finditer(text):
        out += _raw(text[at : found.start()])
        at = found.end()
        out += bytes.fromhex(found[1]) if found[1] else _LETTERS[found[2]].encode()
    return bytes(out + _raw(text[at:]))
