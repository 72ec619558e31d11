"""Plain words: rules, access lists and kept lines as a newcomer reads them.

Knows: what each match looks for, said without the appliance's words; what a
line that is not honoured would have been about.
Does not know: layouts, JSON.
Called by: `cli.report`.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from mailward.config.running import Account
from mailward.lang.rows import ACTIVE
from mailward.policy.acl import (
    ALL_PORTS,
    AccessList,
    Entry,
    Network,
    Networks,
    Ports,
    merged,
    within,
)
from mailward.policy.rule import Rule
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS

_DONE: Final = (
    (DROPS, "the connection is closed"),
    (RESETS, "the connection is reset"),
    (MASKS, "it is masked"),
    (RATES, "it waits if it comes too fast"),
    (LOGS, "it is logged"),
)

#: How a match is printed, and what it looks for.  `{}` is what follows.
_LOOKS: Final = (
    ("body length gt", "a body of more than {} octets"),
    ("body line length gt", "a line of the body of more than {} octets"),
    ("cmd verb", "one of the commands {}"),
    ("cmd line length gt", "a command line of more than {} octets"),
    ("cmd RCPT count gt", "more than {} recipients of one mail"),
    ("ehlo-reply-parameter", "an offer of the server: {}"),
    ("header length gt", "a header of more than {} octets in all"),
    ("header line length gt", "a line of the header of more than {} octets"),
    ("header to-fields count gt", "more than {} addresses in To"),
    ("invalid-recipients count gt", "more than {} recipients that the server refused"),
    ("MIME encoding", "a part encoded as {}"),
    ("MIME filename length gt", "a file name of more than {} octets"),
    ("MIME filetype regex class", "a file type or name that a pattern of {} finds"),
    ("MIME filetype regex", "a file type or name that the pattern {} finds"),
    ("sender-address length gt", "a sender of more than {} octets"),
    ("sender-address regex class", "a sender that a pattern of {} finds"),
    ("sender-address regex", "a sender that the pattern {} finds"),
)
#: Matches of a list of words: all of them, in words.
_LISTS: Final = frozenset(("cmd verb", "ehlo-reply-parameter", "MIME encoding"))
#: Words of a list that do not explain themselves.
_WORDS: Final = {"others": "any other extension", "ecode": "ENHANCEDSTATUSCODES"}

#: So many ranges of addresses, ports or entries are told.
_SHOWN_MOST: Final = 4

#: What a line that is not honoured is about, by its first word.
_TOPICS: Final = {
    "other inspections and what classes do beside them": frozenset(
        (
            *("class", "class-map", "filter", "fixup", "inspect", "match"),
            *("message-length", "parameters", "police", "policy-map", "priority"),
            *("priority-queue", "service-policy", "set", "url-server"),
        )
    ),
    "translation of clients": frozenset(("global", "nat", "static", "xlate")),
    "access lists for other traffic": frozenset(
        ("access-group", "access-list", "icmp", "time-range")
    ),
    "routing": frozenset(
        (
            *("as-path", "community-list", "ip", "ipv6", "prefix-list", "route"),
            *("route-map", "router", "sla", "track"),
        )
    ),
    "VPN and certificates": frozenset(
        (
            *("crypto", "dynamic-access-policy-record", "group-policy", "ipsec"),
            *("isakmp", "ssl", "tunnel-group", "vpdn", "vpn", "vpn-addr-assign"),
            *("vpn-sessiondb", "webvpn"),
        )
    ),
    "administration": frozenset(
        (
            *("aaa", "aaa-server", "asdm", "banner", "boot", "call-home"),
            *("command-alias", "console", "domain-name", "enable", "ftp", "http"),
            *("management-access", "pager", "passwd", "privilege", "prompt"),
            *("service", "snmp-server", "ssh", "telnet", "user-identity", "username"),
        )
    ),
    "time and names": frozenset(("clock", "dns", "names", "ntp")),
    "records": frozenset(("logging", "flow-export")),
    "times": frozenset(("timeout",)),
    "services of the appliance": frozenset(("dhcpd", "dhcprelay", "tftp-server")),
    "hardware and pairs of appliances": frozenset(
        (
            *("arp", "delay", "duplex", "failover", "firewall", "interface"),
            *("mac-address", "management-only", "monitor-interface", "mtu", "nameif"),
            *("shutdown", "speed", "switchport", "sysopt", "vlan"),
        )
    ),
    "protection against floods": frozenset(
        ("floodguard", "fragment", "threat-detection")
    ),
    "commands of a session": frozenset(
        ("clear", "configure", "copy", "show", "terminal", "write")
    ),
}
#: What heads and ends a saved configuration asks for nothing.
_FRAME: Final = frozenset(("ASA", "Cryptochecksum", "FWSM", "PIX", "checksum"))
UNKNOWN: Final = "lines that are not known here"


def rule(one: Rule) -> str:
    """What a rule looks for and what is done then, with the appliance's words
    behind."""
    label = one.label.removeprefix("not ")
    looks = label
    for words, plain in _LOOKS:
        if label.startswith(f"{words} "):
            what = label.removeprefix(f"{words} ")
            if words in _LISTS:
                what = " or ".join(_WORDS.get(word, word) for word in what.split())
            looks = plain.format(what)
            break
    unless = "anything but " if one.negated else ""
    return f"{unless}{looks}: {done(one.action)} (Class {one.place}, {one.label})"


def done(action: int) -> str:
    """The bits of an action in plain words."""
    said = [words for bit, words in _DONE if action & bit]
    return " and ".join(said) or "nothing is done"


def ports(spans: tuple[Ports, ...]) -> str:
    """Ports of TCP."""
    if not spans:
        return "no port of TCP"
    if spans == ALL_PORTS:
        return "any port of TCP"
    said = [f"{low}" if low == high else f"{low}-{high}" for low, high in spans]
    one = len(spans) == 1 and spans[0][0] == spans[0][1]
    return f"TCP port{'' if one else 's'} {_some(said)}"


def entries(made: AccessList, port: int = 0) -> list[str]:
    """What an access list says about TCP, or about one port of a server, a
    sentence for each entry; the first few of them, and what the end does."""
    live = [
        entry
        for entry in made.entries
        if entry.live and (not port or within(entry.destination_ports, port))
    ]
    said = [_entry(entry, whole=not port) for entry in live[:_SHOWN_MOST]]
    if len(live) > _SHOWN_MOST:
        said.append(f"and {len(live) - _SHOWN_MOST:,} further entries")
    return [*said, "nothing else"]


def _entry(entry: Entry, *, whole: bool) -> str:
    verdict = "" if entry.permit else "not "
    source, destination = _addresses(entry.source), _addresses(entry.destination)
    said = f"{verdict}from {source} to {destination}"
    if whole:
        said += f", {ports(entry.destination_ports)}"
    if entry.source_ports != ALL_PORTS:
        said += f", from {ports(entry.source_ports)}"
    return said


def _addresses(these: Network | Networks) -> str:
    if isinstance(these, Network):
        return _network(these)
    four, six = merged(these.four), merged(these.six)
    said = [
        *(
            _span(str(IPv4Address(a)), str(IPv4Address(b)))
            for a, b in four[:_SHOWN_MOST]
        ),
        *(
            _span(str(IPv6Address(a)), str(IPv6Address(b)))
            for a, b in six[:_SHOWN_MOST]
        ),
    ]
    return _some(said, len(four) + len(six)) if said else "no address"


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}-{high}"


def _network(network: Network) -> str:
    if not network.version:
        return "any address"
    if not network.mask:
        return f"any IPv{network.version} address"
    kind = IPv4Address if network.version == 4 else IPv6Address
    bits = network.mask.bit_count()
    most = kind(0).max_prefixlen
    if bits == most:
        return str(kind(network.base))
    if network.mask == ((1 << bits) - 1) << (most - bits):
        return f"{kind(network.base)}/{bits}"
    return f"{kind(network.base)} under {kind(network.mask)}"


def _some(said: list[str], count: int = 0) -> str:
    """The first of many things."""
    more = (count or len(said)) - _SHOWN_MOST
    shown = ", ".join(said[:_SHOWN_MOST])
    return f"{shown} and {more:,} more" if more > 0 else shown


def topics(accounts: Iterable[Account]) -> dict[str, list[Account]]:
    """The lines that are not honoured, by what they are about, in a fixed
    order."""
    found: dict[str, list[Account]] = {topic: [] for topic in (*_TOPICS, UNKNOWN)}
    for account in accounts:
        if account.status != ACTIVE and word_of(account) not in _FRAME:
            found[_topic(account)].append(account)
    return {topic: lines for topic, lines in found.items() if lines}


def _topic(account: Account) -> str:
    word = word_of(account)
    for topic, words in _TOPICS.items():
        if word in words:
            return topic
    return UNKNOWN


def word_of(account: Account) -> str:
    """The word that a line begins with, or the one that holds it; a `no` and
    what is glued to the word aside."""
    words = re.split(r"[\s:]+", account.top or account.text)
    return next((word for word in words if word and word != "no"), "no")
