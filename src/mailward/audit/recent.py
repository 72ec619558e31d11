"""Recent: the last sessions, so that one can be told afterwards.

Knows: what of a session is kept, and how much; no message and no secret is.
Does not know: sessions at work, how a story is made of what is kept.
Called by: drivers (keep), story.recent (reads).

Of a message only the length and the names of its header fields are kept, of AUTH the
mechanism.  One session holds at most about 24 KB: ROOM for octets and what they cost
to keep, and MOST_FOUND findings.  There are at most `size` sessions that passed, as
many that were ended, and LIVE times as many that live; so 6 * 24 KB for each of
`size` is a bound that nobody reaches.
"""

import re
from collections import deque
from typing import Final, final

from mailward.octets import find
from mailward.policy.ear import MESSAGE, OPEN, Ear
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER, Finding
from mailward.policy.gate import Attachment
from mailward.smtp.fields import NAME
from mailward.smtp.secrets import Discretion, is_plain
from mailward.verdicts import PASS

#: Octets for the events of one session, and what one event costs beside its own.
ROOM: Final = 8192
COST: Final = 128
#: No more octets of one segment are kept.
LONGEST: Final = 512
#: No more findings of one session.
MOST_FOUND: Final = 32
#: So many live sessions are listened to for each that is kept.
LIVE: Final = 4
#: So far a segment of a message is searched for header fields, and for its end.
_HEADER: Final = 2048
_TAIL: Final = 512
#: So many names are kept, and so long ones.
_NAMES: Final = 16
_NAME: Final = 40
#: With these most lines of a header begin, so they are compared first: at no place is
#: anything cut off.
_USUAL: Final[tuple[bytes, ...]] = (
    *(b"Received:", b"From:", b"To:", b"Date:", b"Subject:", b"Message-ID:"),
    *(b"Message-Id:", b"MIME-Version:", b"Content-Type:"),
    b"Content-Transfer-Encoding:",
)
#: What ends a header.
_EMPTY: Final = b"\r\n\r\n"

#: Behind it there may be a message, or the beginning of one.
_DATA: Final = b"DATA"
#: How it begins, as numbers.
_D: Final = 0x44
_SMALL_D: Final = 0x64
#: Replies but those that begin with one of these digits want a closer look.
_TWO: Final = 0x32
_FOUR: Final = 0x34
_FIVE: Final = 0x35
#: A reply that may answer DATA; most do with the first.
_GO_AHEAD: Final = b"354"
_ANSWERS: Final = re.compile(rb"^(?:354|[45]\d\d)", re.MULTILINE)
_END: Final = b"\r\n.\r\n"

#: A moment, a speaker, what is kept, how many octets behind it are not, and whether
#: it is a message (then what is kept are the names of its fields).
Event = tuple[float, int, bytes, int, bool]


@final
class Recording(Ear):
    """One session.  `started` is the driver's clock, `wall` the same moment in
    seconds since the epoch; `more` counts segments for which there was no room."""

    __slots__ = (
        "_behind",
        "_careful",
        "_discretion",
        "_room",
        "attachment",
        "ends",
        "events",
        "findings",
        "more",
        "number",
        "over",
        "started",
        "verdict",
        "wall",
    )

    def __init__(
        self,
        number: int,
        ends: Endpoints,
        attachment: Attachment,
        started: float,
        wall: float,
    ) -> None:
        self.number = number
        self.ends = ends
        self.attachment = attachment
        self.started = started
        self.wall = wall
        self.verdict = PASS
        self.over = False
        self.more = 0
        self.events: list[Event] = []
        # Each with how many events there were.
        self.findings: list[tuple[int, float, Finding]] = []
        self._room = ROOM
        self._discretion = Discretion()
        self._careful = False  # a line is open, or AUTH was refused
        self._behind = False  # DATA has come, and its answer has not

    def client(self, segment: bytes, now: float, secrecy: int) -> None:
        """See Ear."""
        if secrecy != OPEN:
            self._behind = False
            self._private(segment, now, message=secrecy == MESSAGE)
        elif (
            self._careful
            or self._behind
            or len(segment) > LONGEST
            or not is_plain(segment)
        ):
            self._lines(segment, now)
        else:
            # One command, as nearly always.
            if segment[0] in (_D, _SMALL_D):
                self._behind = segment[:4].upper() == _DATA
            self._keep(now, CLIENT, segment, 0)

    def server(self, segment: bytes, now: float) -> None:
        """See Ear."""
        if (
            not 0 < len(segment) <= LONGEST
            or segment[0] not in (_TWO, _FOUR, _FIVE)
            or self._behind
        ):
            self._reply(segment, now)
        else:
            self._keep(now, SERVER, segment, 0)

    def _reply(self, segment: bytes, now: float) -> None:
        """A reply that is long, or may be no reply, or a challenge of AUTH, or the
        answer to DATA."""
        kept = segment[:LONGEST]
        if segment[:3] == b"334":
            kept = segment[:4]
        elif not segment[:1].isdigit():
            kept = b""
        if self._behind and (
            segment.startswith(_GO_AHEAD) or _ANSWERS.search(segment) is not None
        ):
            self._behind = False
        self._keep(now, SERVER, kept, len(segment) - len(kept))

    def found(self, finding: Finding, now: float) -> None:
        """See Ear."""
        if len(self.findings) < MOST_FOUND or finding.verdict != PASS:
            self.findings.append((len(self.events), now, finding))

    def ended(self, verdict: int) -> None:
        """See Ear."""
        self.verdict = verdict

    def _keep(
        self,
        now: float,
        speaker: int,
        kept: bytes,
        hidden: int,
        *,
        message: bool = False,
    ) -> None:
        room = self._room - COST - len(kept)
        if room < 0:
            self.more += 1
            return
        self._room = room
        self.events.append((now, speaker, kept, hidden, message))

    def _private(self, segment: bytes, now: float, *, message: bool) -> None:
        """Of a message or a secret only how long it is; and what follows a message."""
        if not message:
            self._keep(now, CLIENT, b"", len(segment))
            return
        tail = len(segment)
        if not segment.endswith(_END):  # as it does nearly always
            end = segment.rfind(_END, max(tail - _TAIL, 0))
            if end >= 0:
                tail = end + len(_END)
            elif segment[:3] == b".\r\n" and tail < _TAIL:
                tail = 3
        events = self.events
        if events and events[-1][4]:
            begun, _, names, hidden, _ = events[-1]
            events[-1] = (begun, CLIENT, names, hidden + tail, True)
        else:
            self._keep(now, CLIENT, _names(segment), tail, message=True)
        if tail < len(segment):
            self._lines(segment[tail:], now)

    def _lines(self, segment: bytes, now: float) -> None:
        """Line by line; what may follow DATA or be a secret is not kept."""
        at = 0
        while at < len(segment) and not self._behind:
            end = segment.find(b"\n", at) + 1 or len(segment)
            line = segment[at:end]
            shown = min(self._discretion.shown(line), LONGEST)
            self._keep(now, CLIENT, line[:shown], len(line) - shown)
            self._behind = line[:4].upper() == _DATA
            at = end
        if at < len(segment):
            self._keep(now, CLIENT, b"", len(segment) - at)
        self._careful = self._discretion.wary


@final
class Recent:
    """The last sessions; `size` of those that passed and of those that did not."""

    __slots__ = ("_ended", "_live", "_passed", "_size")

    def __init__(self, size: int = 0) -> None:
        self._size = size
        self._live: dict[int, Recording] = {}
        self._passed: deque[Recording] = deque(maxlen=size)
        self._ended: deque[Recording] = deque(maxlen=size)

    @property
    def size(self) -> int:
        """How many are kept of each sort."""
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        if size != self._size:
            self._size = size
            self._passed = deque(self._passed, maxlen=size)
            self._ended = deque(self._ended, maxlen=size)

    def begin(
        self,
        number: int,
        ends: Endpoints,
        attachment: Attachment,
        started: float,
        wall: float,
    ) -> Recording | None:
        """A session to be listened to; None if none is kept, or too many live."""
        if len(self._live) >= LIVE * self._size:
            return None
        recording = Recording(number, ends, attachment, started, wall)
        self._live[number] = recording
        return recording

    def over(self, number: int) -> None:
        """A session has ended, however it did."""
        recording = self._live.get(number)
        if recording is not None:
            del self._live[number]
            recording.over = True
            kept = self._passed if recording.verdict == PASS else self._ended
            kept.append(recording)

    def sessions(self) -> list[Recording]:
        """All that are known, by their numbers."""
        known = (*self._passed, *self._ended, *self._live.values())
        return sorted(known, key=lambda recording: recording.number)

    def find(self, number: int) -> Recording | None:
        """The session with this number, if it is known."""
        return next((r for r in self.sessions() if r.number == number), None)


def _name(line: bytes) -> bytes:
    """The name of the field that begins with this line, if it is one and short enough
    to be kept; else nothing."""
    for usual in _USUAL:
        if line.startswith(usual):
            return usual[:-1]
    name, colon, _ = line.partition(b":")
    return name if colon and len(name) <= _NAME and not name.strip(NAME) else b""


def _names(segment: bytes) -> bytes:
    """The names of the header fields that a message begins with."""
    names: list[bytes] = []
    end = find(segment, _EMPTY, 0)
    for line in segment[: min(end, _HEADER) if end >= 0 else _HEADER].split(b"\n"):
        name = _name(line)
        if name:
            names.append(name)
            if len(names) == _NAMES:
                break
    return b", ".join(names)
