"""A worker that relays nothing and does as it is told: for tests of the fleet.

Knows: the wire; a plan says in what way it misbehaves.
Does not know: mail.
Called by: the tests of the fleet, as a process.
"""

import os
import signal
import socket
import sys
import time
from dataclasses import replace

from mailward.audit.totals import Totals
from mailward.fleet import wire
from mailward.fleet.wire import DOWN, Decoder, Message, encode


def main() -> None:
    """Serve until the channel closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    decoder = Decoder(DOWN)
    toy = Toy(channel)
    while octets := channel.recv(65536):
        for message in decoder.feed(octets):
            toy.obey(message)


class Toy:
    """`odd` is what it does wrong."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.odd = ""
        self.totals = Totals(most=2)
        self.text = ""

    def obey(self, message: Message) -> None:
        """One message."""
        if message.name == wire.START:
            self.start(message.table("plan"))
        if message.name in (wire.START, wire.POLICY):
            self.take(message)
        elif message.name == wire.TOTALS:
            if self.odd == "is silent":
                time.sleep(60)
            if self.odd == "babbles":
                self.channel.sendall(b"\xff" * 8)
            data = {} if self.odd == "counts wrongly" else self.totals.plain()
            self.answer(message, data)
        elif message.name == wire.CLEAR:
            self.totals = replace(self.totals, built=0)
            self.ack(message, "")
        elif message.name == wire.REOPEN:
            self.ack(message, "")
            records = [[1, f"reopened under {self.text}"]]
            self.channel.sendall(encode(wire.RECORDS, records=records, lost=0))
        elif message.name == wire.DRAIN:
            self.answer(message, {"live": 4})
            if self.odd != "stays":
                sys.exit(0)
        elif message.name == wire.END:
            sys.exit(0)

    def start(self, plan: dict[str, object]) -> None:
        """Whether to be odd."""
        when = plan["when"]
        assert isinstance(when, list)
        self.odd = str(plan["odd"]) if plan["number"] in when else ""
        if self.odd == "dies at birth":
            sys.exit(3)
        self.totals = replace(self.totals, built=10, records={900012: 1})

    def take(self, message: Message) -> None:
        """A policy."""
        text = message.text("text")
        if text == "worse":
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "slow":
            time.sleep(60)
        if text != "bad":
            self.text = text
        self.ack(message, "line 1: no" if text == "bad" else "")

    def ack(self, message: Message, error: str) -> None:
        """Done, or not."""
        ticket = message.number("ticket")
        self.channel.sendall(encode(wire.ACK, ticket=ticket, error=error))

    def answer(self, message: Message, data: dict[str, object]) -> None:
        """What was asked for."""
        ticket = message.number("ticket")
        self.channel.sendall(encode(wire.ANSWER, ticket=ticket, data=data))


if __name__ == "__main__":
    main()
