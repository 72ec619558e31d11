"""Claims about `mailward.audit.delivery`: what became of records, as data."""

import json

from mailward.audit.delivery import DOWN, Delivery, Server, read

UDP = Server("inside", "10.1.1.9", "udp", 514, sent=323, dropped=1)
TCP = Server(
    *("inside", "10.1.1.8", "tcp", 1470),
    state=DOWN,
    sent=7,
    dropped=3,
    waiting=5,
    flaps=2,
    again=1,
    trouble="Connection refused",
)


def test_it_travels_as_json() -> None:
    """What comes out is what went in."""
    delivery = Delivery((UDP, TCP), 1, refusing=True, missed=5)
    assert read(json.loads(json.dumps(delivery.plain()))) == delivery


def test_the_appliances_names_are_of_streams_only() -> None:
    """`Global TCP syslog stats` counts no datagrams."""
    assert Delivery((UDP, TCP), 4).streams() == {
        "NOT_PUTABLE": 3,
        "ALL_CHANNEL_DOWN": 4,
        "CHANNEL_FLAP_CNT": 2,
        "SYSLOG_PKT_LOSS": 3,
        "PARTIAL_REWRITE_CNT": 1,
    }


def test_what_was_lost_is_lost_of_all() -> None:
    """Datagrams and streams, and before either."""
    assert Delivery((UDP, TCP)).lost == 4
    assert Delivery((UDP, TCP), missed=2).lost == 6
