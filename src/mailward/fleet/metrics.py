"""Metrics: the totals in the form that Prometheus reads.

Knows: names, types and labels of every metric.
Does not know: HTTP, where totals come from.
Called by: `fleet.web`.

Labels come from the configuration and from closed lists, never from the wire: no
address, domain or user is in them.  No `_created` series: the families are made
anew for each scrape, with values only.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from mailward.audit.records import BUILT, BY_NUMBER, TERMINATED
from mailward.audit.totals import Totals
from mailward.policy.gate import Attachment

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

#: Of an attachment, as labels.
_WHERE: Final = ("place", "policy", "class", "map")
#: What a parameter did, by its name in the configuration.
_PARAMETERS: Final = (
    ("mask-banner", "mask_banner"),
    ("mail-relay", "mail_relay"),
    ("special-character", "special_character"),
    ("allow-tls", "allow_tls"),
)
#: `Traffic` counts by interface: packets and octets in, packets and octets out.
_DIRECTIONS: Final = (("in", 1), ("out", 3))


@final
@dataclass(frozen=True)
class Sight:
    """How a gateway stands.  `reloaded` is when a configuration came into force
    last (seconds since the epoch), `reload_failed` whether one has failed since;
    `attachments` are those in force."""

    totals: Totals
    version: str
    attachments: tuple[Attachment, ...] = ()
    workers: int = 0
    workers_up: int = 0
    deaths: int = 0
    started: float = 0.0
    reloaded: float = 0.0
    reload_failed: bool = False
    draining: bool = False
    active: int = field(default=0)


def exposed(sight: Sight) -> bytes:
    """Everything, as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(lambda: _families(sight)))
    return generate_latest(registry)


@final
class _Once(Collector):
    def __init__(self, made: Callable[[], Iterable[Metric]]) -> None:
        self._made = made

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before it is asked for."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """See Collector."""
        return self._made()


def _families(sight: Sight) -> Iterator[Metric]:
    totals = sight.totals
    yield InfoMetricFamily(
        "mailward_build", "The program that runs.", value={"version": sight.version}
    )
    for name, tells, number in (
        ("start_time_seconds", "When it was started.", sight.started),
        ("connections_active", "Connections that stand.", sight.active),
        ("connections_most", "Most connections that stood at once.", totals.most),
        ("workers", "Workers that there should be.", sight.workers),
        ("workers_up", "Workers that answer.", sight.workers_up),
        ("draining", "1 while no connection is accepted any more.", sight.draining),
        (
            "config_last_reload_successful",
            "0 after a configuration that could not be put in force.",
            not sight.reload_failed,
        ),
        (
            "config_last_reload_success_timestamp_seconds",
            "When a configuration came into force last.",
            sight.reloaded,
        ),
    ):
        yield GaugeMetricFamily(f"mailward_{name}", tells, value=float(number))
    for name, tells, count in (
        ("connections", "Connections that stood.", totals.records.get(BUILT, 0)),
        (
            "connections_ended_by_inspection",
            "Connections that the inspection ended.",
            totals.records.get(TERMINATED, 0),
        ),
        ("worker_deaths", "Workers that died.", sight.deaths),
        (
            "audit_events_dropped",
            "Records that a log did not take.",
            totals.lost,
        ),
    ):
        yield CounterMetricFamily(f"mailward_{name}", tells, value=count)
    yield from _policies(sight)
    yield from _rest(totals)


def _policies(sight: Sight) -> Iterator[Metric]:
    """What the attachments in force have counted."""
    packets = CounterMetricFamily(
        "mailward_policy_packets", "Segments that were inspected.", labels=_WHERE
    )
    drops = CounterMetricFamily(
        "mailward_policy_drops",
        "Segments that did not pass, by what became of the connection.",
        labels=(*_WHERE, "result"),
    )
    matches = CounterMetricFamily(
        "mailward_policy_matches",
        "How often a match line acted.",
        labels=(*_WHERE, "number", "match", "action"),
    )
    parameters = CounterMetricFamily(
        "mailward_policy_parameters",
        "How often a parameter acted.",
        labels=(*_WHERE, "parameter"),
    )
    for attachment in sight.attachments:
        a = attachment
        where = (a.place, a.policy_map, a.class_map, a.map_name)
        rules = a.inspection.rules
        counted = sight.totals.of((*where, len(rules)))
        packets.add_metric(where, counted.packets)
        drops.add_metric((*where, "drop"), counted.drops - counted.reset_drops)
        drops.add_metric((*where, "reset"), counted.reset_drops)
        for rule, count in zip(rules, counted.rules, strict=True):
            labels = (*where, str(rule.place), rule.label, rule.action_label)
            matches.add_metric(labels, count)
        for name, field_name in _PARAMETERS:
            parameters.add_metric((*where, name), getattr(counted, field_name))
    yield from (packets, drops, matches, parameters)


def _rest(totals: Totals) -> Iterator[Metric]:
    records = CounterMetricFamily(
        "mailward_audit_records",
        "How often each record arose, written or not.",
        labels=("code", "action"),
    )
    for number, count in sorted(totals.records.items()):
        row = BY_NUMBER.get(number)
        if row is not None:
            records.add_metric((str(number), row.action), count)
    yield records
    hits = CounterMetricFamily(
        "mailward_access_list_hits",
        "Hits of each line of an access list that selects mail.",
        labels=("list", "line"),
    )
    for name, counts in sorted(totals.access_lists.items()):
        for line, count in enumerate(counts, 1):
            hits.add_metric((name, str(line)), count)
    yield hits
    octets = CounterMetricFamily(
        "mailward_bytes",
        "Octets of connections, by interface.",
        labels=("interface", "direction"),
    )
    for name, traffic in sorted(totals.traffic.items()):
        for direction, at in _DIRECTIONS:
            octets.add_metric((name, direction), traffic[at])
    yield octets
