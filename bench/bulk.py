#!/usr/bin/env python3
"""Sources and a sink that are quicker than any relay.

smtp-source and smtp-sink handle a body line by line, at a speed that would hide
the relay's, and do not pipeline.  These speak just enough SMTP, in large blocks.

    bench/bulk.py sink PORT
    bench/bulk.py bulk PORT MAILS OCTETS        one mail a session
    bench/bulk.py tls PORT MAILS OCTETS         octets behind STARTTLS
    bench/bulk.py pipelined PORT MAILS OCTETS   all over one session
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
        elif tail.endswith(b"STARTTLS\r\n"):
            end.sendall(b"220 go on\r\n")
            while end.recv_into(block):
                pass
            end.sendall(b"taken")
            return
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


def give_secret(port: int, mails: int, octets: int) -> None:
    """Send octets behind STARTTLS, one heap in a session; they are no TLS, but
    nobody looks."""
    body = bytes(range(256)) * (octets // 256)
    for _ in range(mails):
        with socket.create_connection((HOST, port), 60) as end:
            heard(end, b"220")
            end.sendall(b"EHLO client.example.org\r\n")
            heard(end, b"250")
            end.sendall(b"STARTTLS\r\n")
            heard(end, b"220")
            end.sendall(body)
            end.shutdown(socket.SHUT_WR)
            if end.recv(100) != b"taken":
                sys.exit("bulk: it did not arrive")


def give_pipelined(port: int, mails: int, octets: int) -> None:
    """Mails over one session: the envelope with DATA in one go (RFC 2920)."""
    body = b"Subject: pipelined\r\n\r\n" + b"0123456789abcde\r\n" * (octets // 17)
    with socket.create_connection((HOST, port), 60) as end:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard(end, b"220")
        end.sendall(b"EHLO client.example.org\r\n")
        lines = heard(end, b"250", last=b"250 ")
        if b"PIPELINING" not in lines:
            sys.exit("bulk: PIPELINING is not offered")
        for _ in range(mails):
            end.sendall(b"".join(DIALOGUE[1:]))
            heard(end, b"250", last=b"354")
            end.sendall(body + END[2:])
            heard(end, b"250")
        end.sendall(b"QUIT\r\n")
        heard(end, b"221")


def heard(end: socket.socket, code: bytes, last: bytes = b"") -> bytes:
    """Read a reply, which must begin with this code; replies, up to the line that
    begins with `last`."""
    reply = b""
    while not (reply.endswith(b"\r\n") and (not last or b"\n" + last in b"\n" + reply)):
        octets = end.recv(4096)
        if not octets:
            break
        reply += octets
    if not reply.startswith(code):
        sys.exit(f"bulk: {code!r} was due, {reply!r} came")
    return reply


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        serve(int(sys.argv[2]))
    else:
        ways = {"bulk": give, "tls": give_secret, "pipelined": give_pipelined}
        ways[sys.argv[1]](*map(int, sys.argv[2:5]))
