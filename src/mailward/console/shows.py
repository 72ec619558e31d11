"""Shows: policies and the configuration, as the appliance shows them.

Knows: the commands, the layout of each answer (`reference section 7.1, 9.8`).
Does not know: who asks, over which line.
Called by: `console.session`, `console.commands`.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from mailward.audit.totals import Counted, Key
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Choice, Maybe, OneOf, Ref, Rest, Token, Word
from mailward.policy.gate import GLOBAL, Attachment

# --- the answers ---------------------------------------------------------------


#: What later releases count beside the rest; none of it occurs here.
_LOCK: Final = "lock fail 0, "
_REST: Final = "v6-fail-close 0 sctp-drop-override 0"


_MONITOR: Final = "        monitor: judged, counted and logged; nothing is done"


def _service_policy(args: Args, gateway: Gateway) -> str:
    """Counters by place, policy map and class map, in the layout of 7.1."""
    out: list[str] = []
    full = args.has("esmtp")
    totals = gateway.totals()
    for place, at_place in groupby(_chosen(args, gateway), lambda a: a.place):
        out.append("Global policy:" if place == GLOBAL else f"Interface {place}:")
        for policy_map, attachments in groupby(at_place, lambda a: a.policy_map):
            out.append(f"  Service-policy: {policy_map}")
            for attachment in attachments:
                out.append(f"    Class-map: {attachment.class_map}")
                tally = totals.of(key_of(attachment))
                out.append(_inspect(attachment, tally, gateway))
                if attachment.inspection.monitor:
                    out.append(_MONITOR)
                if full:
                    out += _parts(attachment, tally)
    return "".join(f"{line}\n" for line in out)


def key_of(attachment: Attachment) -> Key:
    """Under which its totals stand."""
    names = (attachment.place, attachment.policy_map, attachment.class_map)
    return (*names, attachment.map_name, len(attachment.inspection.rules))


def _inspect(attachment: Attachment, tally: Counted, gateway: Gateway) -> str:
    """The Inspect line, in the long form of 9.x unless the short one is asked
    for."""
    short = attachment.inspection.compat.short_header
    rate = gateway.meter.rate(
        gateway.clock(), " ".join(tally.key[:4]), tally.packets, 300.0
    )
    more = "" if short else f", 5-min-pkt-rate {rate} pkts/sec, {_REST}"
    return (
        f"      Inspect: esmtp {attachment.map_name}, packet {tally.packets}, "
        f"{'' if short else _LOCK}drop {tally.drops}, reset-drop {tally.reset_drops}"
        f"{more}"
    )


def _parts(attachment: Attachment, tally: Counted) -> Iterator[str]:
    """What the inspection consists of, with its counts."""
    parameters = attachment.inspection.parameters
    if parameters.mask_banner:
        yield f"        mask-banner, count {tally.mask_banner}"
    if parameters.mail_relay:
        yield f"        mail-relay, count {tally.mail_relay}"
    if parameters.special_character:
        yield f"        special-character, count {tally.special_character}"
    if parameters.allow_tls:
        yield f"        allow-tls, count {tally.allow_tls}"
    for rule, count in zip(attachment.inspection.rules, tally.rules, strict=True):
        yield f"        match {rule.label}"
        if rule.action_label:
            yield f"          {rule.action_label}, packet {count}"


def _clear_service_policy(args: Args, gateway: Gateway) -> str:
    """Silent, as on the appliance."""
    for place in dict.fromkeys(a.place for a in _chosen(args, gateway)):
        gateway.clear("service-policy", place)
    return ""


def _chosen(args: Args, gateway: Gateway) -> list[Attachment]:
    """The attachments at the place that was named, or all, in `show` order."""
    attachments = gateway.loaded.gate.attachments
    if args.has("global"):
        return [a for a in attachments if a.place == GLOBAL]
    if args.has("interface"):
        place = args.text("interface")
        return [a for a in attachments if a.place == place]
    return list(attachments)


def _service_policy_data(args: Args, gateway: Gateway) -> Data:
    """The same numbers by name."""
    totals = gateway.totals()
    return [
        _told(attachment, totals.of(key_of(attachment)))
        for attachment in _chosen(args, gateway)
    ]


def _told(attachment: Attachment, tally: Counted) -> Data:
    rules = zip(attachment.inspection.rules, tally.rules, strict=True)
    return {
        "place": attachment.place,
        "policy-map": attachment.policy_map,
        "class-map": attachment.class_map,
        "inspect": attachment.map_name,
        "packet": tally.packets,
        "drop": tally.drops,
        "reset-drop": tally.reset_drops,
        "monitor": attachment.inspection.monitor,
        "matches": [
            {"match": rule.label, "action": rule.action_label, "packet": count}
            for rule, count in rules
        ],
    }


def framed(gateway: Gateway, *, everything: bool) -> str:
    """The configuration in its frame; `everything` adds what is there by
    default.  The frame that it was read with is not shown twice."""
    body = gateway.loaded.running.render(everything=everything)
    lines = [line for line in body.strip("\n").split("\n") if not of_frame(line)]
    text = "\n".join(lines).strip("\n")
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return (
        f": Saved\n:\nASA Version {gateway.language}\n!\n{text}\n"
        f"Cryptochecksum:{digest}\n: end\n"
    )


def of_frame(line: str) -> bool:
    """Does the line belong to the frame of a saved configuration?"""
    return line.startswith(("ASA Version ", "Cryptochecksum:"))


def _running_config(args: Args, gateway: Gateway) -> str:
    """The whole in its frame, or the objects of one kind."""
    everything = args.has("all")
    if not args.has("section"):
        return framed(gateway, everything=everything)
    wanted = list(args.words("section"))
    named = args.text("which").split() if args.has("which") else []
    out: list[str] = []
    inside = False
    for line in gateway.loaded.running.render(everything=everything).splitlines():
        words = line.split()
        if line[:1] != " ":
            exact = words[: len(wanted) + len(named)] == wanted + named
            by_name = len(named) == 1 and named[0] in words[1:]
            inside = words[:1] == wanted and (exact or by_name)
        if inside:
            out.append(f"{line}\n")
    return "".join(out)


# --- the commands --------------------------------------------------------------

_SECTIONS: Final = (
    "aaa aaa-server access-group access-list arp asdm banner boot class-map clock "
    "console crypto dhcpd dns domain-name enable failover ftp global group-policy "
    "hostname http icmp interface ip ipv6 logging mailward monitor-interface mtu "
    "name names nat ntp object object-group pager passwd policy-map prefix-list "
    "prompt regex route route-map router same-security-traffic service "
    "service-policy snmp-server ssh ssl static sysopt telnet threat-detection "
    "time-range timeout tunnel-group username vpn webvpn xlate"
)
POLICY_WORD: Final = Word("service-policy", "Counters of the service policies")
_WHERE: Final[Token] = Maybe(
    (
        OneOf(
            (
                (Word("global", "The global policy only", name="global"),),
                (
                    Word("interface", "The policy of one interface only"),
                    Ref("interface", "interface", "Name of an interface"),
                ),
            )
        ),
    )
)
_INSPECT: Final[Token] = Maybe(
    (
        Word("inspect", "Counters of one kind of inspection"),
        Word("esmtp", "Each parameter and match of the ESMTP inspection", name="esmtp"),
    )
)

SHOWS: Final = (
    ShowRow(
        LineRow(
            "show-service-policy",
            EXEC,
            (SHOW, POLICY_WORD, _WHERE, _INSPECT),
            "Counters of the policies in force, global first. `packet` counts TCP "
            "segments handled in both directions, `drop` those not let through, "
            "`reset-drop` those dropped with a reset. With `inspect esmtp` each "
            "parameter and each match line has its count.",
            key=NEVER,
        ),
        _service_policy,
        _service_policy_data,
    ),
    ShowRow(
        LineRow(
            "show-running-config",
            EXEC,
            (
                SHOW,
                Word("running-config", "The configuration in force"),
                Maybe((Word("all", "With what is there by default", name="all"),)),
                Maybe(
                    (
                        Choice(
                            "section",
                            tuple(
                                (word, f"Lines of {word}") for word in _SECTIONS.split()
                            ),
                        ),
                        Maybe((Rest("which", "Which: a kind or a name"),)),
                    )
                ),
            ),
            "The configuration in force, in the form in which it loads again; or "
            "the objects of one kind (`policy-map type inspect esmtp`, `class-map "
            "NAME`).",
            key=NEVER,
        ),
        _running_config,
    ),
    ShowRow(
        LineRow(
            "clear-service-policy",
            EXEC,
            (CLEAR, POLICY_WORD, _WHERE),
            "Sets the counters of `show service-policy` to nought.",
            key=NEVER,
        ),
        _clear_service_policy,
        quiet=False,
    ),
)
