"""Lines that nobody knows: which are kept, and where they are printed.

Knows: the first words of the appliance's lines, of our rows and beyond them.
Does not know: what any of them means.
Called by: `config.load` (keeps them), `config.render` (places them).
"""

from collections.abc import Callable, Iterable
from typing import Final

from mailward.config.modes import CONFIG, ESMTP_ACTIONS, ESMTP_MAP, ESMTP_PARAMETERS
from mailward.config.objects import OBJECTS
from mailward.config.objects.base import (
    CLASS_MAPS,
    EARLY,
    HEAD,
    MIDDLE,
    NETWORKS,
    POLICY_MAPS,
    TAIL,
    ObjectRow,
    rank_in_middle,
)
from mailward.lang.reader import LineError
from mailward.lang.script import prompt_of
from mailward.lang.tokens import Word

_BLANKS: Final = " \t"

#: Sections by the first word of a line.
_SECTIONS: Final = {
    word: section
    for section, words in (
        (HEAD, "ASA PIX FWSM command-alias domain-name enable hostname license"),
        (HEAD, "mac-address name names passwd xlate"),
        (EARLY, "banner boot clock dns ftp same-security-traffic"),
        (NETWORKS, "object object-group"),
        (MIDDLE, "aaa aaa-server access-group arp asdm console crypto dhcpd"),
        (MIDDLE, "dynamic-access-policy-record failover global group-policy http"),
        (MIDDLE, "icmp logging monitor-interface mtu nat ntp pager"),
        (MIDDLE, "route router snmp-server ssh ssl static sysopt telnet"),
        (MIDDLE, "threat-detection timeout tunnel-group username vpn webvpn"),
        (CLASS_MAPS, "class-map"),
        (POLICY_MAPS, "policy-map"),
        (TAIL, "prompt call-home Cryptochecksum"),
    )
    for word in words.split()
}


def _words(rows: Iterable[ObjectRow]) -> set[str]:
    """The words with which lines of these rows begin."""
    first = (row.line.syntax[0] for row in rows)
    return {token.text for token in first if isinstance(token, Word)}


#: What only lines of the outermost mode begin with.
_TOP: Final = frozenset(
    _words(row for row in OBJECTS if row.line.mode is CONFIG)
    - _words(row for row in OBJECTS if row.line.mode is not CONFIG)
    | set(_SECTIONS)
)

#: Here every line is honoured, so one that nobody knows is a mistake.
_HONOURED: Final = frozenset((ESMTP_MAP, ESMTP_PARAMETERS, *ESMTP_ACTIONS.values()))


def place_of(text: str) -> tuple[int, int] | None:
    """The section in which a line that nobody knows is printed, and its rank
    there; None if its first word is not known either."""
    word = _first(text)
    section = _SECTIONS.get(word)
    if section is None:
        return None
    return section, rank_in_middle(word) if section == MIDDLE else 0


def of_the_top(text: str) -> bool:
    """Does the line begin as lines outside of any object do?"""
    return _first(text) in _TOP


def keeper(text: str) -> Callable[[LineError], bool]:
    """Which lines of this configuration are kept though they cannot be read.

    A line of ours with a mistake is an error, and so is anything unknown within
    an esmtp inspection map, where a misspelt word would leave a hole.  Whether a
    line is within the map its prompt says, or its indentation; in a text that
    has neither, any line is, unless it begins as lines of the top do.
    """
    flat = not any(line[:1] in _BLANKS and line.strip() for line in text.split("\n"))

    def keep(error: LineError) -> bool:
        if error.sure or error.mode not in _HONOURED:
            return not error.sure
        prompt, start = prompt_of(error.text)
        if prompt:
            return prompt == CONFIG.prompt
        if not flat and error.text[:1] not in _BLANKS:
            return True
        return flat and of_the_top(error.text[start:])

    return keep


def _first(text: str) -> str:
    """The first word of a line, a `no` aside."""
    words = text.replace(":", " ").split()
    return next((word for word in words if word != "no"), "no")
