"""Told: what epoll tells of descriptors, as plain numbers.

Knows: waiting on one epoll.
Does not know: what a descriptor is, what follows.
Called by: `drivers.loop`.

The compiled build has the same in C (`_wire.c`): a list of numbers that mostly are
there already, instead of a tuple for each descriptor
([decision 0024](../../../docs/decisions/0024-a-wire-in-c.md)).
"""

import select
from itertools import chain
from typing import TYPE_CHECKING


def plain_told(epoll: select.epoll, seconds: float, most: int) -> list[int]:
    """A descriptor and its readiness, the next and its readiness, of `most`
    descriptors; nothing if in so many seconds there was none.  Negative seconds are
    endless.  Raises what `select.epoll.poll` raises."""
    return list(chain.from_iterable(epoll.poll(seconds, most)))


if TYPE_CHECKING:
    told = plain_told
else:
    try:
        from mailward.drivers._wire import told
    except ImportError:
        told = plain_told
