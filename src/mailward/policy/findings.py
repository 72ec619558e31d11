"""Findings: something the engine noticed, as data.

Knows: the kinds of notice and what each carries.
Does not know: numbers of records, sentences, severities (that is `audit`).
Called by: engine (makes them), audit (reads them), tests (assert them).

A finding is made only when something is noticed; AUTH exchanges and message
bodies never enter one.
"""

from typing import Final, final

from mailward.policy.rule import Rule

CLIENT: Final = 0
SERVER: Final = 1

#: No more octets than this of the wire are kept as evidence.
EVIDENCE: Final = 320

# --- what the appliance has a record for ------------------------------------
MATCHED: Final = 0  # a rule held; `rule` says which
PARAMETER: Final = 1  # a parameter acted; `detail` is "name: what"
REPLACED: Final = 2  # `detail` the characters, `evidence` the address
MALICIOUS: Final = 3  # special-character ended it; `evidence` the address
UNEXPECTED: Final = 4  # the server moved out of turn; `evidence` its line
TLS_STARTED: Final = 5
# --- what only mailward tells ------------------------------------------------
UNKNOWN_COMMAND: Final = 6  # X-ed; `evidence` the first word
BARE_IN_COMMAND: Final = 7  # a CR or LF alone in a command line, X-ed
BARE_IN_REPLY: Final = 8  # a CR or LF alone in a reply, blanked
BARE_IN_MESSAGE: Final = 9  # a message holds CR or LF alone; `count` of them
LOOKALIKE: Final = 10  # a false end of data was disarmed; `evidence` its octets
EARLY_DATA: Final = 11  # octets behind DATA that the server then refused
EARLY_TLS: Final = 12  # clear text glued behind STARTTLS
PAYLOAD_COMMAND: Final = 13  # BDAT and its like: a command that carries octets
OVERLONG: Final = 14  # a line or what is held beyond the absolute cap
STRAY_REPLY: Final = 15  # a reply nobody asked for, or not a reply at all
UNREADABLE: Final = 16  # a MIME structure beyond the bounds; `detail` says which
# --- of the appliance again --------------------------------------------------
SIZE_EXCEEDED: Final = 17  # `count` octets came, `detail` is the declared number
DELAYED: Final = 18  # a rule's rate was passed; the command waits
# --- of captures ---------------------------------------------------------------
HOLE: Final = 19  # `count` octets of the speaker are missing; `detail` is where
# --- of a map in monitor mode --------------------------------------------------
WOULD_END: Final = 20  # the verdict that was not carried out, and its `rule`
DIVERGED: Final = 21  # what follows would never have been said; `detail` says why

KIND_NAMES: Final = (
    "matched",
    "parameter",
    "replaced",
    "malicious-address",
    "unexpected-transition",
    "tls-started",
    "unknown-command",
    "bare-in-command",
    "bare-in-reply",
    "bare-in-message",
    "look-alike",
    "early-data",
    "early-tls",
    "payload-command",
    "overlong",
    "stray-reply",
    "unreadable",
    "size-exceeded",
    "delayed",
    "hole",
    "would-end",
    "diverged",
)


@final
class Finding:
    """One notice.

    `kind` is one of the ints above, `speaker` CLIENT or SERVER (whose octets),
    `verdict` what followed for the connection, `rule` the rule that held (for
    MATCHED and DELAYED), `evidence` at most EVIDENCE octets of the wire, `detail` and
    `count` as the kind says.
    """

    __slots__ = ("count", "detail", "evidence", "kind", "rule", "speaker", "verdict")

    def __init__(
        self,
        kind: int,
        speaker: int,
        verdict: int,
        evidence: bytes = b"",
        detail: bytes = b"",
        rule: Rule | None = None,
        count: int = 0,
    ) -> None:
        self.kind = kind
        self.speaker = speaker
        self.verdict = verdict
        self.evidence = evidence
        self.detail = detail
        self.rule = rule
        self.count = count

    def key(self) -> tuple[object, ...]:
        """Everything a test compares."""
        return (
            KIND_NAMES[self.kind],
            self.speaker,
            self.verdict,
            self.evidence,
            self.detail,
            self.rule.place if self.rule is not None else 0,
            self.count,
        )

    def __repr__(self) -> str:
        return f"<Finding {self.key()}>"
