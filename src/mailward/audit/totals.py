"""Totals: what a running gateway has counted, as plain data.

Knows: the counters of attachments and access lists, the connections that stand,
how often each record arose, the last of them; the form in which all that
travels between processes (JSON); how the totals of several add up.
Does not know: where a number comes from (`drivers.totals`), how it is shown.
Called by: `drivers.totals` (makes them), console (shows them), whoever carries
them from one process to another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, TypeAlias, final

#: No more recent records are kept when totals are added up.
RECENT: Final = 512
#: What tells an attachment from others: place, policy map, class map, map, and
#: how many rules it has (another number is another map of that name).
Key: TypeAlias = tuple[str, str, str, str, int]


@final
@dataclass(frozen=True)
class Counted:
    """The tally of one attachment, under the names of the attachment."""

    place: str
    policy_map: str
    class_map: str
    map_name: str
    packets: int = 0
    drops: int = 0
    reset_drops: int = 0
    mail_relay: int = 0
    mask_banner: int = 0
    special_character: int = 0
    allow_tls: int = 0
    rules: tuple[int, ...] = ()

    @property
    def key(self) -> Key:
        """What it is the tally of."""
        names = (self.place, self.policy_map, self.class_map, self.map_name)
        return (*names, len(self.rules))

    def plus(self, other: "Counted") -> "Counted":
        """Both together; they are of the same attachment."""
        rules = zip(self.rules, other.rules, strict=True)
        return replace(
            self,
            packets=self.packets + other.packets,
            drops=self.drops + other.drops,
            reset_drops=self.reset_drops + other.reset_drops,
            mail_relay=self.mail_relay + other.mail_relay,
            mask_banner=self.mask_banner + other.mask_banner,
            special_character=self.special_character + other.special_character,
            allow_tls=self.allow_tls + other.allow_tls,
            rules=tuple(one + two for one, two in rules),
        )


@final
@dataclass(frozen=True)
class Connection:
    """One connection that stands.  `idle` and `age` are seconds; `map_name` is
    empty where nothing is inspected, `worker` the process that holds it."""

    number: int
    client_interface: str
    client_address: str
    client_port: int
    server_interface: str
    server_address: str
    server_port: int
    inbound: bool
    inspected: bool
    octets: int
    idle: float
    age: float
    half_closed: bool = False
    map_name: str = ""
    worker: int = 0


@final
@dataclass(frozen=True)
class Totals:
    """Everything that was counted.

    `access_lists` has the hits by name, one for each line that is an entry; behind
    the name and a blank the place of an entry, those of its elements;
    `most` is how many connections stood at once (of several processes an upper
    bound), `built` how many there have been; `records` counts by number,
    `recent` are the last records with their time, `written` counts the records
    that went to each destination (`buffered`, `trap`, `file`), `lost` those
    that could not be written; `traffic` has by interface segments and octets in,
    segments and octets out.
    """

    attachments: tuple[Counted, ...] = ()
    access_lists: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    connections: tuple[Connection, ...] = ()
    most: int = 0
    built: int = 0
    records: Mapping[int, int] = field(default_factory=dict)
    recent: tuple[tuple[float, str], ...] = ()
    written: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0
    traffic: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, key: Key) -> Counted:
        """What an attachment has counted; nought if nobody has it yet."""
        for counted in self.attachments:
            if counted.key == key:
                return counted
        return Counted(*key[:4], rules=(0,) * key[4])

    def hits(self, name: str, entries: int) -> tuple[int, ...]:
        """The hits of an access list with so many entries; nought for a list
        that nobody asks, or that had other entries when it was asked."""
        found = self.access_lists.get(name, ())
        return found if len(found) == entries else (0,) * entries

    def plain(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return {
            **{name: getattr(self, name) for name in ("most", "built", "lost")},
            "attachments": [asdict(counted) for counted in self.attachments],
            "access_lists": {n: list(h) for n, h in self.access_lists.items()},
            "connections": [asdict(connection) for connection in self.connections],
            "records": {str(number): n for number, n in self.records.items()},
            "recent": [list(record) for record in self.recent],
            "written": dict(self.written),
            "traffic": {name: list(one) for name, one in self.traffic.items()},
        }


def read(plain: Mapping[str, Any]) -> Totals:
    """What `plain` made, after a journey as JSON.  Raises KeyError, TypeError
    or ValueError for anything else."""
    return Totals(
        attachments=tuple(
            Counted(**{**counted, "rules": tuple(counted["rules"])})
            for counted in plain["attachments"]
        ),
        access_lists={n: tuple(hits) for n, hits in plain["access_lists"].items()},
        connections=tuple(Connection(**one) for one in plain["connections"]),
        most=plain["most"],
        built=plain["built"],
        records={int(number): n for number, n in plain["records"].items()},
        recent=tuple((when, line) for when, line in plain["recent"]),
        written=dict(plain["written"]),
        lost=plain["lost"],
        traffic={name: tuple(one) for name, one in plain["traffic"].items()},
    )


def added(several: Iterable[Totals]) -> Totals:
    """The totals of several processes together.

    A list of hits that differs in length belongs to another form of the access
    list: the first one found stands (processes differ for a moment only).
    """
    attachments: dict[Key, Counted] = {}
    lists: dict[str, tuple[int, ...]] = {}
    connections: list[Connection] = []
    recent: list[tuple[float, str]] = []
    records: Counter[int] = Counter()
    written: defaultdict[str, int] = defaultdict(int)
    traffic: dict[str, tuple[int, ...]] = {}
    most = built = lost = 0
    for totals in several:
        for counted in totals.attachments:
            there = attachments.get(counted.key)
            together = counted if there is None else there.plus(counted)
            attachments[counted.key] = together
        for name, hits in totals.access_lists.items():
            before = lists.setdefault(name, (0,) * len(hits))
            if len(before) == len(hits):
                lists[name] = tuple(a + b for a, b in zip(before, hits, strict=True))
        connections += totals.connections
        recent += totals.recent
        records.update(totals.records)
        for name, counts in totals.traffic.items():
            so_far = traffic.get(name, (0,) * len(counts))
            traffic[name] = tuple(map(sum, zip(so_far, counts, strict=True)))
        for destination, count in totals.written.items():
            written[destination] += count
        most += totals.most
        built += totals.built
        lost += totals.lost
    recent.sort(key=lambda record: record[0])
    return Totals(
        attachments=tuple(attachments.values()),
        access_lists=lists,
        connections=tuple(connections),
        most=most,
        built=built,
        records=dict(records),
        recent=tuple(recent[-RECENT:]),
        written=dict(written),
        lost=lost,
        traffic=traffic,
    )
