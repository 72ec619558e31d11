#!/usr/bin/env python3
"""A source and a sink for large mails that are quicker than any relay.

smtp-source and smtp-sink handle a body line by line, at a speed that would hide
the relay's.  These two speak just enough SMTP, in blocks of 256 KB.

    bench/bulk.py sink PORT
    bench/bulk.py source PORT MAILS OCTETS
"""

import base64
import socket
import sys
from contextlib import suppress
from typing import Final

HOST: Final = "127.0.0.1"
BLOCK: Final = 262_144
END: Final = b"\r\n.\r\n"
LINE: Final = base64.b64encode(bytes(range(57))) + b"\r\n"
HEADER: Final = (
    b"From: <alice@example.org>\r\nTo: <bob@example.com>\r\n"
    b"Content-Type: application/octet-stream\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)
GREETING: Final = b"220 bulk ESMTP\r\n"
DIALOGUE: Final = (
    b"HELO client.example.org\r\n",
    b"MAIL FROM:<alice@example.org>\r\n",
    b"RCPT TO:<bob@example.com>\r\n",
    b"DATA\r\n",
)


def serve(port: int) -> None:
    """Take mails, one connection after the other, until killed."""
    with socket.create_server((HOST, port)) as server:
        while True:
            end, _ = server.accept()
            with end, suppress(OSError):
                take(end)


def take(end: socket.socket) -> None:
    """One session."""
    end.sendall(GREETING)
    block = bytearray(BLOCK)
    data, tail = False, b""
    while size := end.recv_into(block):
        tail = tail[-len(END) :] + bytes(block[max(0, size - 512) : size])
        if data:
            if tail.endswith(END):
                data = False
                end.sendall(b"250 taken\r\n")
        elif tail.endswith(b"DATA\r\n"):
            data = True
            end.sendall(b"354 go on\r\n")
        elif tail.endswith(b"QUIT\r\n"):
            end.sendall(b"221 good bye\r\n")
            return
        elif tail.endswith(b"\r\n"):
            end.sendall(b"250 fine\r\n")


def give(port: int, mails: int, octets: int) -> None:
    """Send mails, one in a session; SystemExit when one is not taken."""
    body = LINE * (octets // len(LINE))
    for _ in range(mails):
        with socket.create_connection((HOST, port), 60) as end:
            heard(end, b"220")
            for line in DIALOGUE:
                end.sendall(line)
                heard(end, b"354" if line == DIALOGUE[-1] else b"250")
            end.sendall(HEADER)
            end.sendall(body)
            end.sendall(END[2:])
            heard(end, b"250")
            end.sendall(b"QUIT\r\n")
            heard(end, b"221")


def heard(end: socket.socket, code: bytes) -> None:
    """Read one reply, which must begin with this code."""
    reply = b""
    while not reply.endswith(b"\r\n"):
        octets = end.recv(4096)
        if not octets:
            break
        reply += octets
    if not reply.startswith(code):
        sys.exit(f"bulk: {code!r} was due, {reply!r} came")


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        serve(int(sys.argv[2]))
    else:
        give(*map(int, sys.argv[2:5]))
