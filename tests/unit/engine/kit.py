"""A session driven by hand, for the tests of the engine."""

from dataclasses import replace

from mailward.criteria.base import Criterion
from mailward.engine.session import Session
from mailward.policy.inspection import Compat, Inspection, Limits, Parameters, build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally

NOW = 1.0


def unless(criterion: Criterion, action: int) -> Rule:
    """A negated rule; its place is given by `inspection`."""
    return Rule(criterion, action, 0, "", "", negated=True)


def inspection(
    *rules: tuple[Criterion, int] | Rule,
    parameters: Parameters | None = None,
    limits: Limits | None = None,
    compat: Compat | None = None,
) -> Inspection:
    """An inspection of (criterion, action) pairs and of rules."""
    return build(
        "m",
        tuple(
            replace(rule, place=place, label=f"rule {place}")
            if isinstance(rule, Rule)
            else Rule(rule[0], rule[1], place, f"rule {place}", "")
            for place, rule in enumerate(rules, 1)
        ),
        parameters,
        limits,
        compat,
    )


class Talk:
    """A session and all that left it."""

    def __init__(self, obeyed: Inspection | None = None) -> None:
        obeyed = obeyed or inspection()
        self.tally = Tally(obeyed)
        self.session = Session(obeyed, self.tally)

    def client(self, segment: bytes) -> bytes:
        """What the server receives."""
        return self.session.from_client(segment, NOW)

    def server(self, segment: bytes) -> bytes:
        """What the client receives."""
        return self.session.from_server(segment, NOW)

    def freed(self) -> bytes:
        """What a reply has freed for the server."""
        return self.session.on_time(NOW) if self.session.due else b""

    def kinds(self) -> list[object]:
        """The names of the findings so far."""
        return [finding.key()[0] for finding in self.session.findings]

    def greeted(self, *extensions: bytes) -> "Talk":
        """After the greeting and an EHLO that announces these extensions."""
        self.server(b"220 mail.example.com\r\n")
        self.client(b"EHLO a\r\n")
        last = [b"250-mail.example.com\r\n"]
        last += [b"250-" + text + b"\r\n" for text in extensions]
        self.server(b"".join(last) + b"250 DSN\r\n")
        return self

    def in_message(self) -> "Talk":
        """After 354, with the envelope sent in a group."""
        self.greeted(b"PIPELINING")
        self.client(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        self.server(b"250 ok\r\n250 ok\r\n354 go\r\n")
        return self
