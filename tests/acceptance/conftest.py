"""Fixtures: one Postfix for all, and gateways in front of it."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.acceptance import bed as beds
from tests.acceptance import layers
from tests.acceptance.exim import Exim
from tests.acceptance.gateway import Gateway
from tests.acceptance.opensmtpd import OpenSMTPD
from tests.acceptance.postfix import Postfix, why_not

#: The example policy, as bare commands.
EXAMPLE: Final = r"""regex BAD_SENDER1 @abc\.com
class-map type regex match-any BAD_SENDERS
match regex BAD_SENDER1
policy-map type inspect esmtp L7_EMAIL_MAP
match body length gt 35000
drop-connection log
match sender-address regex class BAD_SENDERS
drop-connection
access-list email permit tcp any any eq 25
class-map L3_email_class_map
match access-list email
policy-map L3_outside_policy
class L3_email_class_map
inspect esmtp L7_EMAIL_MAP
service-policy L3_outside_policy interface outside
"""


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """A running Postfix, or a skip that says why there is none."""
    if why := why_not():
        pytest.skip(why)
    server = Postfix()
    yield server
    server.stop()


@pytest.fixture
def bed() -> Iterator[beds.Bed]:
    """A test bed of its own, or a skip that says why there is none."""
    if why := beds.why_not():
        pytest.skip(why)
    made = beds.Bed()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def exim() -> Iterator[Exim]:
    """A running Exim, or a skip that says why there is none."""
    if why := layers.why_not("exim"):
        pytest.skip(why)
    server = Exim()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def opensmtpd() -> Iterator[OpenSMTPD]:
    """A running OpenSMTPD, or a skip that says why there is none."""
    if why := layers.why_not("opensmtpd"):
        pytest.skip(why)
    server = OpenSMTPD()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def example(postfix: Postfix) -> Iterator[Gateway]:
    """The gateway under the example policy, in front of Postfix."""
    gateway = Gateway(postfix.port, EXAMPLE)
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture(scope="session")
def factory(postfix: Postfix) -> Iterator[Gateway]:
    """The gateway without a configuration: the factory's, in front of Postfix."""
    gateway = Gateway(postfix.port)
    yield gateway
    assert gateway.stop() == 0
