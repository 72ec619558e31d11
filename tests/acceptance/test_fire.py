"""Nothing is lost: a mail that its client saw acknowledged is in the server, once and
unaltered, whatever befalls the gateway between them."""

import socket
from collections import Counter
from collections.abc import Callable
from typing import Final

import pytest

from tests.acceptance.bed import INSIDE, OUTSIDE, Bed, host
from tests.acceptance.fire import ACKNOWLEDGED, CUT, REFUSED, Clients, Torments, mail
from tests.acceptance.firewall import Firewall
from tests.acceptance.layers import until
from tests.acceptance.mails import stuffed
from tests.acceptance.sink import Sink

MAILS: Final = 20_000
THREADS: Final = 16
SECONDS: Final = 400
#: Rules that look into every mail, and hold for none.
POLICY: Final = """\
logging enable
logging trap informational
logging host inside 10.1.0.3 tcp/1470
logging permit-hostdown
regex BAD @abc\\.com
policy-map type inspect esmtp MAP
 parameters
  no mask-banner
 match sender-address regex BAD
  drop-connection{log}
 match body length gt 1000000
  drop-connection{log}
 match MIME filename length gt 200
  reset{log}
class-map SMTP
 match port tcp eq 25
policy-map POLICY
 class SMTP
  inspect esmtp MAP
service-policy POLICY global
"""
POLICIES: Final = (POLICY.format(log=" log"), POLICY.format(log=""))


def listening(bed: Bed) -> socket.socket:
    """A listener inside, for both families."""

    def make() -> socket.socket:
        return socket.create_server(
            ("::", 25), family=socket.AF_INET6, backlog=1024, dualstack_ipv6=True
        )

    return bed.within(INSIDE, make)


@pytest.mark.timeout(SECONDS + 200)
def test_nothing_is_lost_under_fire(bed: Bed, figure: Callable[[str], None]) -> None:
    """20,000 numbered mails while workers are killed, the policy is reloaded, the
    program upgraded, links go down and up, and the log server dies.

    Clients do not send again: a mail whose acknowledgement was cut may be there once
    or not at all.
    """
    sink = Sink(listening(bed))
    firewall = Firewall(bed, POLICIES[0], "--workers", "4", "--log-level", "4")
    torments = Torments(bed, firewall, POLICIES)
    clients = Clients(bed, MAILS, THREADS, torments.all_befell)
    try:
        until(lambda: clients.done, SECONDS, "all mails are sent")
        torments.end()
        # It still stands, after all that.
        with bed.connect(OUTSIDE, (host(INSIDE), 25)) as last:
            assert last.recv(4) == b"220 "
    finally:
        torments.end()
        torments.leave_nobody()
        firewall.stop()
        sink.stop()
    fates = clients.tally()
    # As it travels, without the dot that ends it.
    numbers = {stuffed(mail(number))[:-3]: number for number in clients.fates}
    there: Counter[int] = Counter()
    for octets, count in sink.mails.items():
        there[numbers.get(octets, -1)] += count
    missing = [
        number
        for number, fate in clients.fates.items()
        if fate == ACKNOWLEDGED and there[number] != 1
    ]
    twice = [number for number, count in there.items() if count > 1]
    of_cut = sum(there[n] for n, fate in clients.fates.items() if fate == CUT)

    told = ", ".join(f"{n} {name}" for name, n in fates.items())
    figure(f"mails: {len(clients.fates)}, {told}")
    figure(f"in the server: {there.total()}, of those cut: {of_cut}")
    figure(", ".join(f"{name}: {n}" for name, n in sorted(torments.counts.items())))
    figure(f"attempts to connect that failed: {clients.turned_away}")
    assert sorted(clients.fates) == list(range(max(MAILS, len(clients.fates))))
    assert missing == []
    assert twice == []
    assert there[-1] == 0, "a mail is in the server that nobody sent"
    assert torments.faults == []
    assert fates[ACKNOWLEDGED] > len(clients.fates) // 2
    assert fates[REFUSED] == 0
    assert torments.all_befell(), torments.counts
