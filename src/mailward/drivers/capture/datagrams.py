"""Datagrams: columns of packets to columns of what IP carries.

Knows: the heads of links, tags, both versions of IP, their options, extensions and
fragments.
Does not know: files, TCP beyond its number.
Called by: `drivers.capture.frames`.

A head may be looked at beyond the end of its packet (`feed.BEYOND`); what was found
is kept only where the packet reaches that far.
"""

from typing import Final, final

import numpy as np
import numpy.typing as npt

from mailward.drivers.capture.census import Census
from mailward.drivers.capture.feed import Octets
from mailward.drivers.capture.files import Batch, Ints
from mailward.drivers.capture.fragments import Datagram

Longs = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

IP4: Final = 0x0800
IP6: Final = 0x86DD
_TAGS: Final = (0x8100, 0x88A8, 0x9100)
_PPPOE: Final = 0x8864
_TCP: Final = 6
_FRAGMENT: Final = 44
_AUTHENTICATION: Final = 51
#: Extension heads of IPv6 that tell their own length.
_EXTENSIONS: Final = (0, 43, _FRAGMENT, _AUTHENTICATION, 60, 135, 139, 140)
#: So many extension heads, so many tags are followed.
_DEEP: Final = 10

# Link types (tcpdump.org/linktypes).
NULL: Final = 0
ETHERNET: Final = 1
_RAW: Final = (101, 12, 14, 228, 229)
LOOP: Final = 108
COOKED: Final = 113
COOKED2: Final = 276
#: Families that mean IPv6 in a null head, by system.
_FAMILIES6: Final = (10, 24, 28, 30)


class View:
    """Numbers of several octets, wherever they lie in a window."""

    def __init__(self, octets: Octets) -> None:
        size = len(octets)
        self.one = octets
        self.two: npt.NDArray[np.uint16] = np.ndarray(
            (size - 1,), ">u2", buffer=octets.data, strides=(1,)
        )
        self.four: npt.NDArray[np.uint32] = np.ndarray(
            (size - 3,), ">u4", buffer=octets.data, strides=(1,)
        )
        self.eight: npt.NDArray[np.uint64] = np.ndarray(
            (size - 7,), ">u8", buffer=octets.data, strides=(1,)
        )


def network(
    batch: Batch, rows: Ints, link: int, census: Census
) -> tuple[Ints, Ints, Ints]:
    """Where the network layer begins, which it is, and in which rows."""
    view = View(batch.octets)
    at = batch.starts[rows]
    end = at + batch.captured[rows]
    if link == ETHERNET:
        kinds = view.two[at + 12].astype(np.int64)
        at = at + 14
    elif link == COOKED:
        kinds = view.two[at + 14].astype(np.int64)
        at = at + 16
    elif link == COOKED2:
        kinds = view.two[at].astype(np.int64)
        at = at + 20
    elif link in (NULL, LOOP):
        family = view.four[at].astype(np.int64)
        family = np.where(family > 0xFFFF, family >> 24, family)  # the other order
        kinds = np.where(np.isin(family, _FAMILIES6), IP6, 0)
        kinds[family == 2] = IP4
        at = at + 4
    elif link in _RAW:
        version = batch.octets[at] >> 4
        kinds = np.where(version == 4, IP4, np.where(version == 6, IP6, 0))
    else:
        census.foreign += len(rows)
        none = np.zeros(0, np.int64)
        return none, none, none
    at, kinds, rows, end = _those(at < end, at, kinds, rows, end)
    if (kinds == IP4).all():
        return at, kinds, rows
    for _ in range(_DEEP):
        tagged = np.isin(kinds, _TAGS)
        if not tagged.any():
            break
        kinds[tagged] = view.two[at[tagged] + 2]
        at[tagged] += 4
        at, kinds, rows, end = _those(at < end, at, kinds, rows, end)
    dialled = kinds == _PPPOE
    if dialled.any():
        inner = view.two[at[dialled] + 6].astype(np.int64)
        kinds[dialled] = np.where(inner == 0x21, IP4, np.where(inner == 0x57, IP6, 0))
        at[dialled] += 8
    return at, kinds, rows


@final
class Datagrams:
    """What IP carries, of one version."""

    def __init__(self) -> None:
        none = np.zeros(0, np.int64)
        self.rows = none
        self.ip = none  # where the IP head begins
        self.at = none  # where TCP begins
        self.stop = none  # where the datagram ends, as sent
        self.fragments: list[Datagram] = []

    def _keep(self, rows: Ints, ip: Ints, at: Ints, stop: Ints) -> None:
        if not len(self.rows):
            self.rows, self.ip, self.at, self.stop = rows, ip, at, stop
            return
        self.rows = np.concatenate((self.rows, rows))
        self.ip = np.concatenate((self.ip, ip))
        self.at = np.concatenate((self.at, at))
        self.stop = np.concatenate((self.stop, stop))

    def add_four(self, batch: Batch, rows: Ints, ip: Ints) -> None:
        """IPv4, its options skipped."""
        if not len(rows):
            return
        end = batch.starts[rows] + batch.captured[rows]
        rows, ip, end = _those(ip + 20 <= end, rows, ip, end)
        view = View(batch.octets)
        first = view.one[ip].astype(np.int64)
        head = (first & 15) * 4
        sent = batch.starts[rows] + batch.wires[rows] - ip
        total = view.two[ip + 2].astype(np.int64)
        # Nought: the card was to fill it in (segmentation offload).
        total = np.where(total == 0, sent, np.minimum(total, sent))
        good = (first >> 4 == 4) & (head >= 20) & (total >= head) & (ip + head <= end)
        rows, ip, end, head, total = _those(good, rows, ip, end, head, total)
        pieces = view.two[ip + 6].astype(np.int64) & 0x3FFF
        protocol = view.one[ip + 9]
        for k in np.flatnonzero((pieces != 0) & (protocol == _TCP)).tolist():
            a = int(ip[k])
            start = a + int(head[k])
            stop = a + int(total[k])
            octets = batch.octets
            self.fragments.append(
                Datagram(
                    int(rows[k]),
                    octets[a + 12 : a + 16].tobytes(),
                    octets[a + 16 : a + 20].tobytes(),
                    int(view.two[a + 4]),
                    (int(pieces[k]) & 0x1FFF) * 8,
                    bool(int(pieces[k]) & 0x2000),
                    octets[start : min(stop, int(end[k]))].tobytes(),
                    stop - start,
                )
            )
        whole = (pieces == 0) & (protocol == _TCP)
        rows, ip, head, total = _those(whole, rows, ip, head, total)
        self._keep(rows, ip, ip + head, ip + total)

    def add_six(self, batch: Batch, rows: Ints, ip: Ints) -> None:
        """IPv6, its extension heads skipped."""
        if not len(rows):
            return
        end = batch.starts[rows] + batch.captured[rows]
        rows, ip, end = _those(ip + 40 <= end, rows, ip, end)
        view = View(batch.octets)
        rows, ip, end = _those(view.one[ip] >> 4 == 6, rows, ip, end)
        sent = batch.starts[rows] + batch.wires[rows]
        stop = ip + 40 + view.two[ip + 4].astype(np.int64)
        stop = np.where(stop == ip + 40, sent, np.minimum(stop, sent))
        kind = view.one[ip + 6].astype(np.int64)
        at = ip + 40
        for _ in range(_DEEP):
            more = np.isin(kind, _EXTENSIONS)
            if not more.any():
                break
            # A head of which nothing is there leads nowhere.
            good = ~more | (at + 8 <= end)
            more = more[good]
            rows, ip, end, stop, kind, at = _those(good, rows, ip, end, stop, kind, at)
            self._fragments_six(batch, rows, ip, end, stop, kind, at)
            apart = (kind == _FRAGMENT) & (view.two[at + 2] & 0xFFF9 != 0)
            more = more[~apart]
            rows, ip, end, stop, kind, at = _those(
                ~apart, rows, ip, end, stop, kind, at
            )
            size = view.one[at + 1].astype(np.int64)
            size = np.where(kind == _AUTHENTICATION, (size + 2) * 4, (size + 1) * 8)
            size[kind == _FRAGMENT] = 8
            kind[more] = view.one[at[more]]
            at[more] += size[more]
            # Beyond its packet a head means nothing, and may not be there at all.
            rows, ip, end, stop, kind, at = _those(
                at <= end, rows, ip, end, stop, kind, at
            )
        good = (kind == _TCP) & (at <= np.minimum(end, stop))
        rows, ip, at, stop = _those(good, rows, ip, at, stop)
        self._keep(rows, ip, at, stop)

    def _fragments_six(
        self,
        batch: Batch,
        rows: Ints,
        ip: Ints,
        end: Ints,
        stop: Ints,
        kind: Ints,
        at: Ints,
    ) -> None:
        """Note the fragments whose heads stand at `at`."""
        octets = batch.octets
        view = View(octets)
        for k in np.flatnonzero(kind == _FRAGMENT).tolist():
            here = int(at[k])
            field = int(view.two[here + 2])
            if field & 0xFFF9 == 0 or octets[here] != _TCP:
                continue
            a = int(ip[k])
            last = min(int(stop[k]), int(end[k]))
            self.fragments.append(
                Datagram(
                    int(rows[k]),
                    octets[a + 8 : a + 24].tobytes(),
                    octets[a + 24 : a + 40].tobytes(),
                    int(view.four[here + 4]),
                    field & 0xFFF8,
                    bool(field & 1),
                    octets[here + 8 : max(last, here + 8)].tobytes(),
                    max(int(stop[k]) - here - 8, 0),
                )
            )


def _those(good: Flags, *columns: npt.NDArray[np.generic]) -> list[Ints]:
    """The rows of each column that are good: all of them, as a rule."""
    if good.all():
        return list(columns)  # type: ignore[arg-type]
    return [column[good] for column in columns]  # type: ignore[misc]
