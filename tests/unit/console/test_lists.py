"""Claims about `mailward.console.lists` and `mailward.console.elements`."""

import json
from typing import Final

import pytest

from mailward.console import elements
from mailward.console.session import answer
from mailward.policy.endpoints import Endpoints
from tests.unit.console.gateways import CONFIG, gateway

GROUPED: Final = """\
names
name 10.9.9.9 relay
object network server
 host 10.1.1.5
object network many
 range 10.2.0.1 10.2.0.3
object-group network senders
 description who may send
 network-object host 192.0.2.1
 network-object 198.51.100.0 255.255.255.0
object-group network six
 network-object 2001:db8::/32
 network-object host 2001:db8:1::1
 network-object host 2001:db9::1
object-group service ports tcp
 port-object eq smtp
 port-object range 2525 2530
access-list mail remark those who send
access-list mail extended permit tcp object-group senders object server eq smtp
access-list mail extended permit tcp any host 10.1.1.6 eq 587
access-list mail extended deny tcp object many any object-group ports
access-list mail extended permit tcp object-group six any6 gt 1023
access-list mail extended permit udp object-group senders any
"""


def test_hits_of_access_lists() -> None:
    """Each entry with its number and hits, remarks between; a list that
    selects nothing has none; counters can be cleared."""
    text = CONFIG.replace(
        "access-list email permit",
        "access-list email remark mail only\naccess-list email permit",
    )
    state = gateway(f"{text}access-list other deny ip any any\n")
    made = state.loaded.gate.attachments[1].traffic.access_list
    assert made is not None
    made.hits[0] = 12
    assert answer("show access-list", state) == (
        "access-list email; 1 elements; name hash: 0xe7927c74\n"
        "access-list email line 1 remark mail only\n"
        "access-list email line 2 extended permit tcp any any eq smtp (hitcnt=12) "
        "0x5c494d59 \n"
        "access-list other; 1 elements; name hash: 0xd9583520\n"
        "access-list other line 1 extended deny ip any any (hitcnt=0) 0x3c6c0860 \n"
    )
    assert "email" not in answer("show access-list other", state)
    assert answer("clear access-list counters", state) == ""
    assert made.hits == [0]


def test_groups_are_shown_by_their_elements() -> None:
    """Under the line that names them; what is no TCP has none."""
    shown = answer("show access-list mail", gateway(GROUPED)).splitlines()
    assert shown[0].startswith("access-list mail; 8 elements; ")
    texts = [line.rpartition(" (hitcnt=0) 0x")[0] for line in shown[2:]]
    one, two, three = (f"  access-list mail line {n} extended" for n in (2, 4, 5))
    assert [text for text in texts if text.startswith("  ")] == [
        f"{one} permit tcp host 192.0.2.1 host 10.1.1.5 eq smtp",
        f"{one} permit tcp 198.51.100.0 255.255.255.0 host 10.1.1.5 eq smtp",
        f"{two} deny tcp range 10.2.0.1 10.2.0.3 any eq smtp",
        f"{two} deny tcp range 10.2.0.1 10.2.0.3 any range 2525 2530",
        f"{three} permit tcp 2001:db8::/32 any6 gt 1023",
        f"{three} permit tcp host 2001:db9::1 any6 gt 1023",
    ]
    told = json.loads(answer("show access-list mail | json", gateway(GROUPED)))
    entries = told["answer"]["mail"]
    assert entries[0] == {"line": 1, "text": "access-list mail remark those who send"}
    assert entries[1]["hits"] == 0
    assert len(entries[1]["elements"]) == len(entries[1]["element-hits"]) == 2
    assert "elements" not in entries[2]


SELECTS: Final = """\
class-map grouped
 match access-list mail
policy-map grouped
 class grouped
  inspect esmtp
service-policy grouped interface dmz
"""


def test_elements_have_their_hits() -> None:
    """Of a list that selects mail or filters."""
    state = gateway(GROUPED + SELECTS)
    made = state.loaded.gate.attachments[-1].traffic.access_list
    assert made is not None
    for client, port in (("192.0.2.1", 25), ("198.51.100.9", 25), ("10.2.0.2", 2526)):
        made.permits(Endpoints("dmz", client, 4000, "inside", "10.1.1.5", port))
    made.permits(Endpoints("dmz", "198.51.100.7", 4000, "inside", "10.1.1.5", 25))
    made.permits(Endpoints("dmz", "2001:db9::1", 4000, "inside", "2001:db8::5", 2000))
    shown = answer("show access-list mail", state).splitlines()
    counts = [line.partition("hitcnt=")[2].partition(")")[0] for line in shown]
    # two lists of head and remark, then each line with what is under it
    assert counts == ["", "", "3", "1", "2", "0", "1", "0", "1", "1", "0", "1", "0"]


def test_too_many_elements_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their lines are."""
    monkeypatch.setattr(elements, "MOST", 3)
    shown = answer("show access-list mail", gateway(GROUPED)).splitlines()
    assert shown[0].startswith("access-list mail; 5 elements; ")
    assert not any(line.startswith(" ") for line in shown)


def test_the_hits_of_one_list_are_cleared() -> None:
    """Or of all."""
    state = gateway(GROUPED)
    asked: list[tuple[str, str]] = []
    state.clear = lambda what, which: asked.append((what, which))
    assert answer("clear access-list mail counters", state) == ""
    assert answer("clear access-list counters", state) == ""
    assert asked == [("access-list", "mail"), ("access-list", "")]


def test_what_lists_name() -> None:
    """Groups, objects and names as they were typed."""
    state = gateway(GROUPED)
    groups = answer("show object-group", state)
    assert groups.startswith(
        "object-group network senders\n description who may send\n"
        " network-object host 192.0.2.1\n"
    )
    assert "object-group service ports tcp\n port-object eq smtp\n" in groups
    network = answer("show object-group network", state)
    assert network.count("object-group network") == 2
    assert "ports" not in network
    one = answer("show object-group id ports", state)
    assert one.splitlines()[0] == "object-group service ports tcp"
    assert answer("show object id server", state) == (
        "object network server\n host 10.1.1.5\n"
    )
    assert answer("show object service", state) == ""
    for words in ("show name", "show names"):
        assert answer(words, state) == "name 10.9.9.9 relay\n"
