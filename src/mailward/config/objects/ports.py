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
#: Words that only UDP has.  A group of ports may be of either protocol.
UDP_PORTS: Final = {
    "biff": 512,
    "bootpc": 68,
    "bootps": 67,
    "dnsix": 195,
    "isakmp": 500,
    "mobile-ip": 434,
    "nameserver": 42,
    "netbios-dgm": 138,
    "netbios-ns": 137,
    "ntp": 123,
    "radius": 1645,
    "radius-acct": 1646,
    "rip": 520,
    "secureid-udp": 5510,
    "snmp": 161,
    "snmptrap": 162,
    "syslog": 514,
    "tftp": 69,
    "time": 37,
    "vxlan": 4789,
    "who": 513,
    "xdmcp": 177,
}
_WORDS: Final = tuple((word, f"Port {PORTS[word]}") for word in sorted(PORTS))
_NUMBERS: Final = {**PORTS, **UDP_PORTS}
_ALL_WORDS: Final = tuple((word, f"Port {_NUMBERS[word]}") for word in sorted(_NUMBERS))
_BY_NUMBER: Final = {number: word for word, number in reversed(PORTS.items())}
_DISPUTED: Final = frozenset(UDP_PORTS.values())
_PORT_NAMES: Final = ("port", "low", "high")

_OPERATORS: Final = (
    ("eq", "Equal to this port"),
    ("gt", "Greater than this port"),
    ("lt", "Less than this port"),
    ("neq", "Any but this port"),
)


def port(name: str, *, udp: bool = False) -> Token:
    """A port by number (kept under `name`) or by word (under `name-word`);
    `udp`: the words of UDP are lawful too."""
    words = _ALL_WORDS if udp else _WORDS
    return OneOf(
        (
            (Number(name, 0, 65535, "Number of the port"),),
            (Choice(f"{name}-word", words, aliases=(("http", "www"),)),),
        )
    )


def operator(side: str, *, udp: bool = False) -> tuple[tuple[Token, ...], ...]:
    """Branches: an operator and a port, or `range` and two ports."""
    return (
        (Choice(f"{side}-is", _OPERATORS), port(f"{side}-port", udp=udp)),
        (
            Word("range", "Ports from one to another", name=f"{side}-range"),
            port(f"{side}-low", udp=udp),
            port(f"{side}-high", udp=udp),
        ),
    )


def tidied(args: Args, *sides: str, udp: bool = False) -> Args:
    """Ports that have a word are kept by their word; with `udp`, only those
    whose word is the same in both protocols."""
    values = dict(args.values)
    for name in (f"{side}-{what}" for side in sides for what in _PORT_NAMES):
        number = values.get(name)
        if udp and number in _DISPUTED:
            continue
        if isinstance(number, int) and number in _BY_NUMBER:
            del values[name]
            values[f"{name}-word"] = (_BY_NUMBER[number],)
    return Args(values)


def number_of(args: Args, name: str) -> int:
    """The port that `port(name)` read."""
    if args.has(name):
        return args.number(name)
    return _NUMBERS[args.words(f"{name}-word")[0]]


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
