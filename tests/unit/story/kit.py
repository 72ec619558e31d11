"""A walk by hand, for the tests of stories."""

from typing import Final

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER
from mailward.story.steps import Look, Step
from mailward.story.walk import Walk

ENDS: Final = Endpoints("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)
NOW: Final = 1_700_000_000.0

#: A map in force everywhere; what it holds comes in its midst.
_MAP: Final = """\
{before}policy-map type inspect esmtp M
{lines}class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class inspection_default
  inspect esmtp M
service-policy global_policy global
"""


def policy(*lines: str, before: str = "") -> str:
    """A configuration whose only map holds these lines."""
    return _MAP.format(before=before, lines="".join(f" {line}\n" for line in lines))


class Talk:
    """A walk under a configuration, and how to speak in it."""

    def __init__(self, config: str = FACTORY) -> None:
        self.walk = Walk(load(config).gate.choose(ENDS), ENDS, NOW, 7)

    def client(self, *lines: bytes) -> "Talk":
        """The client says these lines, in one segment."""
        self.walk.say(CLIENT, tuple((0, line + b"\r\n") for line in lines))
        return self

    def server(self, *lines: bytes) -> "Talk":
        """The server does."""
        self.walk.say(SERVER, tuple((0, line + b"\r\n") for line in lines))
        return self

    def greeted(self) -> "Talk":
        """After the greeting and the answer to EHLO, with pipelining."""
        self.server(b"220 mail").client(b"EHLO a")
        return self.server(b"250-mail", b"250 PIPELINING")

    def in_message(self) -> "Talk":
        """After 354."""
        self.greeted().client(b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA")
        return self.server(b"250 ok", b"250 ok", b"354 go")

    @property
    def last(self) -> Step:
        """The last step."""
        return self.walk.so_far.steps[-1]

    def looks(self) -> list[tuple[int | str, str, bool]]:
        """Who looked in the last step, what was seen, what came of it."""
        return [told(look) for look in self.last.looks]


def told(look: Look) -> tuple[int | str, str, bool]:
    """A look in short."""
    return look.place or look.label, look.saw, look.holds
