"""Ports of TCP by name, and the tokens that read them.

Knows: the appliance's words for ports, `eq`, `neq`, `lt`, `gt`, `range`.
Does not know: access lists, classes.
Called by: `config.objects.access` and `config.objects.traffic`.
"""

from typing import Final

from mailward.lang.tokens import Args, Choice, Number, OneOf, Token, Word
from mailward.policy.acl import ALL_PORTS, Ports

#: Word -> number.  Of two words for a number the first is rendered.
PORTS: Final = {
    "aol": 5190,
    "bgp": 179,
    "chargen": 19,
    "cifs": 3020,
    "citrix-ica": 1494,
    "ctiqbe": 2748,
    "daytime": 13,
    "discard": 9,
    "domain": 53,
    "echo": 7,
    "exec": 512,
    "finger": 79,
    "ftp": 21,
    "ftp-data": 20,
    "gopher": 70,
    "h323": 1720,
    "hostname": 101,
    "https": 443,
    "ident": 113,
    "imap4": 143,
    "irc": 194,
    "kerberos": 750,
    "klogin": 543,
    "kshell": 544,
    "ldap": 389,
    "ldaps": 636,
    "login": 513,
    "lotusnotes": 1352,
    "lpd": 515,
    "netbios-ssn": 139,
    "nfs": 2049,
    "nntp": 119,
    "pcanywhere-data": 5631,
    "pim-auto-rp": 496,
    "pop2": 109,
    "pop3": 110,
    "pptp": 1723,
    "rsh": 514,
    "cmd": 514,
    "rtsp": 554,
    "sip": 5060,
    "smtp": 25,
    "sqlnet": 1521,
    "ssh": 22,
    "sunrpc": 111,
    "tacacs": 49,
    "talk": 517,
    "telnet": 23,
    "uucp": 540,
    "whois": 43,
    "www": 80,
}
_WORDS: Final = tuple((word, f"Port {PORTS[word]}") for word in sorted(PORTS))
_BY_NUMBER: Final = {number: word for word, number in reversed(PORTS.items())}

_OPERATORS: Final = (
    ("eq", "Equal to this port"),
    ("gt", "Greater than this port"),
    ("lt", "Less than this port"),
    ("neq", "Any but this port"),
)


def port(name: str) -> Token:
    """A port by number (kept under `name`) or by word (under `name-word`)."""
    return OneOf(
        (
            (Number(name, 0, 65535, "Number of the port"),),
            (Choice(f"{name}-word", _WORDS, aliases=(("http", "www"),)),),
        )
    )


def operator(side: str) -> tuple[tuple[Token, ...], ...]:
    """Branches: an operator and a port, or `range` and two ports."""
    return (
        (Choice(f"{side}-is", _OPERATORS), port(f"{side}-port")),
        (
            Word("range", "Ports from one to another", name=f"{side}-range"),
            port(f"{side}-low"),
            port(f"{side}-high"),
        ),
    )


def tidied(args: Args, *names: str) -> Args:
    """Ports that have a word are kept by their word."""
    values = dict(args.values)
    for name in names:
        number = values.get(name)
        if isinstance(number, int) and number in _BY_NUMBER:
            del values[name]
            values[f"{name}-word"] = (_BY_NUMBER[number],)
    return Args(values)


def number_of(args: Args, name: str) -> int:
    """The port that `port(name)` read."""
    return args.number(name) if args.has(name) else PORTS[args.words(f"{name}-word")[0]]


def ranges(args: Args, side: str) -> tuple[Ports, ...]:
    """The ports that `operator(side)` read stand for; all, if it was absent."""
    if args.has(f"{side}-range"):
        return ((number_of(args, f"{side}-low"), number_of(args, f"{side}-high")),)
    if not args.has(f"{side}-is"):
        return ALL_PORTS
    one = number_of(args, f"{side}-port")
    return {
        "eq": ((one, one),),
        "gt": ((one + 1, 65535),),
        "lt": ((0, one - 1),),
        "neq": ((0, one - 1), (one + 1, 65535)),
    }[args.words(f"{side}-is")[0]]
