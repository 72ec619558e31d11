"""The seven laws of a session, over random lawful and unlawful dialogues."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mailward.criteria.base import Criterion
from mailward.criteria.command import VerbIn
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import (
    RecipientCount,
    RefusedCount,
    SenderLength,
    SenderRegex,
)
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.criteria.message import (
    AddressCount,
    EncodingIn,
    FileNameLength,
    FileType,
)
from mailward.engine.session import Session
from mailward.parameters import LINE, WORD
from mailward.policy.inspection import Compat, Inspection, Limits, Parameters, build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS, MASKS, PASS, RESETS

NOW = 1.0
CLIENT, SERVER = "C", "S"
Said = tuple[str, bytes]

# Small limits, so that small messages cross them.
LIMITS = Limits(command_line=90, reply_line=90, secret=40, held=400)

_MATCHER = Matcher(("@abc\\.com", "^evil"))


def _criteria() -> st.SearchStrategy[Criterion]:
    few = st.integers(min_value=1, max_value=40)
    counts = st.integers(min_value=1, max_value=3)
    masks = st.integers(min_value=1, max_value=(1 << 20) - 1)
    return st.one_of(
        few.map(BodyLength),
        few.map(BodyLineLength),
        few.map(HeaderLineLength),
        few.map(HeaderLength),
        st.integers(min_value=1, max_value=100).map(CommandLineLength),
        few.map(SenderLength),
        counts.map(RecipientCount),
        counts.map(RefusedCount),
        counts.map(AddressCount),
        masks.map(VerbIn),
        masks.map(EncodingIn),
        few.map(FileNameLength),
        st.just(SenderRegex(_MATCHER)),
        st.just(FileType(Matcher(("pdf", "^text/")))),
    )


@st.composite
def inspections(draw: st.DrawFn, *, quiet: bool = False) -> Inspection:
    """An inspection with random rules and parameters; `quiet` has none."""
    if quiet:
        return build("quiet", (), Parameters(allow_tls=True), LIMITS)
    actions = st.sampled_from((LOGS, LOGS, LOGS, DROPS, RESETS, DROPS | LOGS))
    rules = [
        Rule(draw(_criteria()), draw(actions), place, "", "", draw(st.booleans()))
        for place in range(1, draw(st.integers(min_value=0, max_value=6)) + 1)
    ]
    for kind in (EhloKeyword, VerbIn):
        if draw(st.booleans()):
            criterion = kind(draw(st.integers(min_value=1, max_value=(1 << 13) - 1)))
            rules.append(Rule(criterion, MASKS, len(rules) + 1, "", "mask"))
    parameters = Parameters(
        mask_banner=draw(st.booleans()),
        mail_relay=draw(st.sampled_from((0, 0, LOGS, DROPS, DROPS | LOGS))),
        local_domain=b"abc.com",
        special_character=draw(st.sampled_from((0, 0, LOGS, DROPS, DROPS | LOGS))),
        allow_tls=draw(st.booleans()),
        allow_tls_log=draw(st.booleans()),
    )
    # Of the switches, `unknown-command packet` gives up the law of cuts.
    compat = Compat(
        cross_bdat=draw(st.booleans()),
        unknown=draw(st.sampled_from((LINE, WORD))),
        pix_banner=draw(st.booleans()),
        vrfy_others=draw(st.booleans()),
        auth_equals_others=draw(st.booleans()),
        chunking_by_map=draw(st.booleans()),
    )
    return build("random", tuple(rules), parameters, LIMITS, compat)


_COMMANDS = (
    b"EHLO client.example\r\n",
    b"HELO a\r\n",
    b"MAIL FROM:<a@b.example>\r\n",
    b"MAIL FROM:<x|y@abc.com> SIZE=10\r\n",
    b"MAIL FROM:<>\r\n",
    b'mail from:"Evil" <evil@x>\r\n',
    b"RCPT TO:<a@b>\r\n",
    b"RCPT TO:<a<b>>@c>\r\n",
    b"DATA\r\n",
    b"RSET\r\n",
    b"NOOP\r\n",
    b"QUIT\r\n",
    b"AUTH LOGIN\r\n",
    b"c2VjcmV0\r\n",
    b"STARTTLS\r\n",
    b"XEXCH50 1 2\r\n",
    b"BDAT 10 LAST\r\n",
    b"EHLO a\nMAIL FROM:<b@c>\r\n",
    b"NOOP\r\r\n",
)
_MESSAGES = (
    b"Subject: s\r\n\r\nbody\r\n.\r\n",
    b"Subject: s\r\n folded\r\n\r\n..dots\r\n.x\r\nend\r\n.\r\n",
    b"a: b\n\nbare body\n.\nQUIT\r\n.\r\n",
    b"no header at all\r\n\r\n.\r\n",
    b".\r\n",
    b"long: " + b"x" * 60 + b"\r\n\r\n" + b"y" * 60 + b"\r\n.\r\n",
    b"\r\n.\r\r\n.\r\n\r.\n\n.\0\r\n.\r\n",
    b"name-without-colon" * 60 + b"\r\n.\r\n",
    b"From x@y today\r\na: b\r\n\r\nz\r\n.\r\n",
    (
        b"To: a@b,\r\n c@d\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"\r\nAA\r\n--x\r\n\r\nplain\r\n--x--\r\n.\r\n"
    ),
)
_REPLIES = (
    b"220 mail.example.com ESMTP\r\n",
    b"220-mail\r\n220 two lines\r\n",
    b"250 ok\r\n",
    b"250-mail\r\n250-PIPELINING\r\n250-STARTTLS\r\n250-CHUNKING\r\n250 DSN\r\n",
    b"250-mail\r\n250-X-A b c\r\n250-AUTH=LOGIN\r\n250-\r\n250 SIZE 10\r\n",
    b"354 go\r\n",
    b"334 VXNlcm5hbWU6\r\n",
    b"235 done\r\n",
    b"500 what\r\n",
    b"421 bye\r\n",
    b"250-a\r\n354 b\r\n",
    b"hello\r\n",
    b"250 a\nb\r\n",
)
_JUNK = st.binary(max_size=40) | st.lists(
    st.sampled_from(
        (b"\r", b"\n", b".", b"\0", b" ", b"a", b":", b"-", b"250", b"\r\n")
    )
).map(b"".join)


def _speech() -> st.SearchStrategy[Said]:
    client = st.sampled_from(_COMMANDS + _MESSAGES) | _JUNK
    # A server that greets, answers and turns the dialogue as a real one would
    # is by far the most fruitful; junk comes now and then.
    server = st.sampled_from(_REPLIES) | st.sampled_from(_REPLIES) | _JUNK
    return st.one_of(
        client.map(lambda octets: (CLIENT, octets)),
        server.map(lambda octets: (SERVER, octets)),
    )


_MAIL: tuple[Said, ...] = (
    (SERVER, b"220 mail\r\n"),
    (CLIENT, b"EHLO a\r\n"),
    (SERVER, b"250-mail\r\n250-PIPELINING\r\n250 HELP\r\n"),
)


@st.composite
def dialogues(draw: st.DrawFn) -> tuple[Said, ...]:
    """A random dialogue, in half the cases with a lawful mail in its midst."""
    said = draw(st.lists(_speech(), max_size=12))
    if draw(st.booleans()):
        message = draw(st.sampled_from(_MESSAGES) | _JUNK)
        envelope = draw(
            st.sampled_from(
                (
                    b"MAIL FROM:<a@abc.com>\r\nRCPT TO:<b@c>\r\nDATA\r\n",
                    b"MAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nDATA\r\n",
                )
            )
        )
        answers = b"250 ok\r\n" * envelope.count(b":") + b"354 go\r\n"
        said = [
            *_MAIL,
            (CLIENT, envelope),
            (SERVER, answers),
            (CLIENT, message),
            *said,
        ]
    return tuple(said)


class Run:
    """A session driven as a driver drives it."""

    def __init__(self, inspection: Inspection) -> None:
        self.session = Session(inspection, Tally(inspection))
        self.entered = {CLIENT: 0, SERVER: 0}
        self.left = {CLIENT: b"", SERVER: b""}
        self.found: list[tuple[object, ...]] = []
        self.most_held = 0

    def say(self, speaker: str, segment: bytes) -> None:
        """One segment of one speaker, and what a reply frees."""
        session = self.session
        self.entered[speaker] += len(segment)
        if speaker == CLIENT:
            self.left[CLIENT] += session.from_client(segment, NOW)
        else:
            self.left[SERVER] += session.from_server(segment, NOW)
            if 0.0 < session.due <= NOW:
                self.left[CLIENT] += session.on_time(NOW)
        self.found += [finding.key() for finding in session.findings]
        session.findings.clear()
        self.most_held = max(self.most_held, session.held)

    def outcome(self) -> tuple[object, ...]:
        """All that must not depend on cuts."""
        return (
            self.left[CLIENT],
            self.left[SERVER],
            self.session.verdict,
            self.session.opaque,
            self.found,
        )


def _run(inspection: Inspection, said: Sequence[Said]) -> Run:
    run = Run(inspection)
    for speaker, segment in said:
        run.say(speaker, segment)
    return run


def _cut(said: Sequence[Said], places: Sequence[int]) -> list[Said]:
    """Each speech in pieces, cut at the given places modulo its length."""
    out: list[Said] = []
    for speaker, segment in said:
        cuts = sorted({place % len(segment) for place in places} if segment else set())
        edges = [0, *[cut for cut in cuts if cut], len(segment)]
        out += [(speaker, segment[a:b]) for a, b in itertools.pairwise(edges)]
    return out


@given(inspections(), dialogues())
def test_total_and_indifferent_to_octet_by_octet(
    inspection: Inspection, said: tuple[Said, ...]
) -> None:
    """No octets raise; cut at every octet, the outcome is the same."""
    single = [
        (speaker, segment[i : i + 1])
        for speaker, segment in said
        for i in range(len(segment))
    ]

    assert _run(inspection, single).outcome() == _run(inspection, said).outcome()


@given(inspections(), dialogues(), st.lists(st.integers(0, 500), max_size=4))
def test_indifferent_to_cuts(
    inspection: Inspection, said: tuple[Said, ...], places: list[int]
) -> None:
    """Octets out, verdict and findings do not depend on where segments end."""
    whole = _run(inspection, said).outcome()

    assert _run(inspection, _cut(said, places)).outcome() == whole


@given(inspections(), dialogues())
def test_length_keeping(inspection: Inspection, said: tuple[Said, ...]) -> None:
    """While the verdict is PASS, what left and what is held is what entered."""
    run = Run(inspection)
    for speaker, segment in said:
        run.say(speaker, segment)
        if run.session.verdict != PASS:
            break
        left = len(run.left[CLIENT]) + len(run.left[SERVER])

        assert sum(run.entered.values()) == left + run.session.held


@given(inspections(), dialogues())
def test_bounded(inspection: Inspection, said: tuple[Said, ...]) -> None:
    """Never is more held than the limits of the inspection allow."""
    run = _run(inspection, said)
    limits = inspection.limits
    partial = max(limits.command_line, limits.secret, limits.held)

    assert run.most_held <= partial + limits.reply_line + len(b".\r")


@given(inspections(), dialogues(), dialogues())
def test_sticky(
    inspection: Inspection, said: tuple[Said, ...], more: tuple[Said, ...]
) -> None:
    """After DROP or RESET nothing leaves, nothing is held, the verdict stays."""
    run = _run(inspection, said)
    if run.session.verdict == PASS:
        return
    verdict = run.session.verdict
    before = (run.left[CLIENT], run.left[SERVER], list(run.found))
    for speaker, segment in more:
        run.say(speaker, segment)

    assert (run.left[CLIENT], run.left[SERVER], run.found) == before
    assert run.session.verdict == verdict
    assert run.session.held == 0


@given(
    inspections(quiet=True),
    st.lists(
        st.sampled_from(
            (
                b"Subject: a\r\n\r\nb\r\n",
                b"..\r\n",
                b"text with bare \r and \n inside\r\n",
                b"x" * 2000 + b"\r\n",
            )
        ),
        max_size=6,
    ),
    st.booleans(),
)
def test_transparent(
    inspection: Inspection, lines: list[bytes], pipelined: bool
) -> None:
    """Without rules and parameters a lawful dialogue passes unchanged."""
    message = b"".join(lines) + b".\r\n"
    envelope = [b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n"]
    answers = [b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]
    if pipelined:
        envelope, answers = [b"".join(envelope)], [b"".join(answers)]
    said: list[Said] = [
        (SERVER, b"220 mail ESMTP\r\n"),
        (CLIENT, b"EHLO a\r\n"),
        (SERVER, b"250-mail\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
    ]
    for command, answer in zip(envelope, answers, strict=True):
        said += [(CLIENT, command), (SERVER, answer)]
    said += [(CLIENT, message), (SERVER, b"250 ok\r\n")]
    said += [(CLIENT, b"QUIT\r\n"), (SERVER, b"221 bye\r\n")]
    run = _run(inspection, said)

    assert run.left[CLIENT] == b"".join(o for s, o in said if s == CLIENT)
    assert run.left[SERVER] == b"".join(o for s, o in said if s == SERVER)
    assert {kind for kind, *_ in run.found} <= {"bare-in-message"}
    assert run.session.verdict == PASS


@given(inspections(), dialogues())
def test_silent(inspection: Inspection, said: tuple[Said, ...]) -> None:
    """What leaves is what entered, or an X, a letter, an asterisk or a blank."""
    run = _run(inspection, said)
    for speaker in (CLIENT, SERVER):
        entered = b"".join(octets for who, octets in said if who == speaker)
        left = run.left[speaker]

        assert len(left) <= len(entered)
        for ours, theirs in zip(left, entered, strict=False):
            masked = ours in b"* " or 0x41 <= ours <= 0x5A
            assert ours == theirs or masked


@given(inspections(), dialogues(), st.lists(st.integers(0, 30), max_size=4))
def test_holes(
    inspection: Inspection, said: tuple[Said, ...], places: list[int]
) -> None:
    """Wherever octets are missing: total, length-keeping, bounded, sticky, silent."""
    run = Run(inspection)
    for number, (speaker, segment) in enumerate(said):
        ended = run.session.verdict != PASS
        if number in places:
            who = 0 if speaker == CLIENT else 1
            left = run.session.hole(who, len(segment), NOW)
            assert not (ended and left)
            run.left[speaker] += left
        else:
            run.say(speaker, segment)
        if run.session.verdict == PASS:
            left_all = len(run.left[CLIENT]) + len(run.left[SERVER])
            assert sum(run.entered.values()) == left_all + run.session.held
    for speaker in (CLIENT, SERVER):
        entered = b"".join(
            octets
            for number, (who, octets) in enumerate(said)
            if who == speaker and number not in places
        )
        for ours, theirs in zip(run.left[speaker], entered, strict=False):
            assert ours == theirs or ours in b"* " or 0x41 <= ours <= 0x5A
    assert run.session.held <= 2 * LIMITS.held + LIMITS.reply_line
