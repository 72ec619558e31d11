"""XCLIENT: telling a Postfix whom one speaks for, in SMTP.

Knows: the dialogue that precedes the client's own: greeting, EHLO, XCLIENT.
Does not know: sockets; what the client will say.
Called by: `drivers.door_announced` makes it; `drivers.opening` feeds it.

After XCLIENT the server greets anew, and that greeting is the client's.  Where it
does not offer XCLIENT or refuses it, the client gets the first greeting, and says
its own EHLO, which undoes ours.  A server that greets with a refusal is passed on
as it is.
"""

from typing import Final, final

from mailward.drivers.door import DoorError, Overture
from mailward.policy.endpoints import Endpoints

#: What we call ourselves in an EHLO that no client sees.
_HELLO: Final = b"EHLO mailward.invalid\r\n"
#: Lines of one reply, and octets of one line, that a server may say here.
_LINES_MOST: Final = 200
_LINE_MOST: Final = 2048

_GREETING: Final = 0
_OFFER: Final = 1
_ANSWER: Final = 2


@final
class Xclient(Overture):
    """One dialogue.  `remark` says why XCLIENT was not to be had."""

    def __init__(self, ends: Endpoints) -> None:
        super().__init__()
        self.remark = ""
        self._ends = ends
        self._stage = _GREETING
        self._greeting = b""
        self._heard = b""

    def hear(self, octets: bytes) -> bytes:
        """See Overture."""
        self._heard += octets
        answer = b""
        while not self.done:
            reply = self._reply()
            if not reply:
                return answer
            answer += self._told(reply)
        # What follows is the client's to hear.
        self.rest += self._heard
        self._heard = b""
        return answer

    def _reply(self) -> bytes:
        """The next whole reply, taken out of what was heard; empty: none yet."""
        at = 0
        for _ in range(_LINES_MOST):
            end = self._heard.find(b"\r\n", at)
            if end < 0:
                if len(self._heard) - at > _LINE_MOST:
                    break
                return b""
            line = self._heard[at:end]
            at = end + 2
            if len(line) < 3 or not line[:3].isdigit() or line[3:4] not in b" -":
                break
            if line[3:4] != b"-":
                reply, self._heard = self._heard[:at], self._heard[at:]
                return reply
        raise DoorError("the server answers with what is no reply")

    def _told(self, reply: bytes) -> bytes:
        """What a whole reply leads to; what is to be said."""
        good = reply.startswith(b"2")
        if self._stage == _GREETING:
            self._greeting = reply
            if not good:
                return self._over(reply, "")
            self._stage = _OFFER
            return _HELLO
        if self._stage == _OFFER:
            if reply.startswith(b"421"):
                return self._over(reply, "")
            names = _offered(reply)
            if not good or not names:
                return self._over(self._greeting, "the server does not offer XCLIENT")
            self._stage = _ANSWER
            return self._command(names)
        if good or reply.startswith(b"421"):
            return self._over(reply, "")
        said = reply[:120].strip().decode("ascii", "replace")
        return self._over(self._greeting, f"the server refuses XCLIENT: {said}")

    def _over(self, rest: bytes, remark: str) -> bytes:
        self.done = True
        self.rest = rest
        self.remark = remark
        return b""

    def _command(self, names: frozenset[bytes]) -> bytes:
        """Everything that we know and the server wants to."""
        ends = self._ends
        known = (
            (b"NAME", "[UNAVAILABLE]"),
            (b"ADDR", _literal(ends.client_address)),
            (b"PORT", str(ends.client_port)),
            (b"DESTADDR", _literal(ends.server_address)),
            (b"DESTPORT", str(ends.server_port)),
        )
        words = [
            name + b"=" + value.encode("ascii")
            for name, value in known
            if name in names
        ]
        return b" ".join((b"XCLIENT", *words)) + b"\r\n"


def _offered(reply: bytes) -> frozenset[bytes]:
    """The attributes behind the keyword XCLIENT; empty without it."""
    for line in reply.split(b"\r\n"):
        words = line[4:].upper().split()
        if words[:1] == [b"XCLIENT"]:
            return frozenset(words[1:])
    return frozenset()


def _literal(address: str) -> str:
    return f"IPV6:{address}" if ":" in address else address
