"""Numbered messages: what each says, by its number alone.

Knows: sizes, contents, checksums.
Does not know: how they are sent, where they arrive.
Called by: the clients and the tests beside it.
"""

import hashlib
from typing import Final

#: A few are large, so that some are cut in their midst.
_LARGE: Final = 97
_LINE: Final = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ ."


def message(number: int) -> bytes:
    """One message, before its dots are stuffed: CR LF at the end of each line, lines
    that begin with a dot, and nothing that two numbers have in common."""
    lines = 400 if number % _LARGE == 0 else 3 + number % 20
    head = [
        f"From: sender{number}@client.example",
        "To: box@example.com",
        f"Subject: number {number}",
        f"X-Number: {number}",
        "",
    ]
    body = [
        f"{'.' * (at % 3)}{(number * 31 + at) % 10_007} {_LINE}" for at in range(lines)
    ]
    return "\r\n".join([*head, *body, ""]).encode()


def checksum(content: bytes) -> str:
    """What tells one content from another."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def stuffed(content: bytes) -> bytes:
    """As it goes over the wire, its end included."""
    text = content.replace(b"\r\n.", b"\r\n..")
    if text.startswith(b"."):
        text = b"." + text
    return text + b".\r\n"


def unstuffed(wire: bytes) -> bytes:
    """What was meant; `wire` is without its end."""
    text = wire.replace(b"\r\n..", b"\r\n.")
    return text[1:] if text.startswith(b"..") else text
