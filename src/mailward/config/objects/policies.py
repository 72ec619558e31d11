"""`policy-map`, `class`, `inspect`, `service-policy`: what is inspected where.

Knows: the lines that tie classes to inspections and policies to places.
Does not know: how a connection finds its inspection (`policy.gate`).
Called by: `config.objects`, `config.compile`.
"""

from typing import Final

from mailward.config.modes import CONFIG, POLICY_CLASS, POLICY_MAP
from mailward.config.objects.base import POLICY_MAPS, SERVICE_POLICIES, ObjectRow
from mailward.config.objects.inspections import INSPECTION, OTHER_PROTOCOLS
from mailward.config.objects.traffic import TRAFFIC_CLASS
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import Choice, Maybe, Name, OneOf, Ref, Rest, Word

POLICY: Final = "policy-map"
#: The map that plain `inspect esmtp` means (reference section 4).
DEFAULT_MAP: Final = "_default_esmtp_map"

POLICY_LINE: Final = ObjectRow(
    LineRow(
        POLICY,
        CONFIG,
        (
            Word("policy-map", "Define a policy"),
            Name("name", "Name of the policy", 128),
        ),
        doc="Says what is done with each class of traffic.",
        enters=POLICY_MAP,
        defines=(("name", POLICY),),
    ),
    section=POLICY_MAPS,
    rank=1,
)

DESCRIPTION: Final = ObjectRow(
    LineRow(
        "description of a policy",
        POLICY_MAP,
        (
            Word("description", "Describe the policy"),
            Rest("text", "The description", 200),
        ),
        doc="A text for the reader.",
        key=1,
    ),
)

CLASS_LINE: Final = ObjectRow(
    LineRow(
        "class",
        POLICY_MAP,
        (
            Word("class", "What to do with a class"),
            Ref("class", TRAFFIC_CLASS, "Name of a class-map"),
        ),
        doc="Enters a class of the policy. A connection belongs to the first class "
        "that holds.",
        enters=POLICY_CLASS,
    ),
    rank=1,
)

INSPECT_ESMTP: Final = ObjectRow(
    LineRow(
        "inspect esmtp",
        POLICY_CLASS,
        (
            Word("inspect", "Inspect a protocol"),
            Word("esmtp", "SMTP and ESMTP"),
            Maybe((Ref("map", INSPECTION, "Name of an inspection map"),)),
        ),
        doc="Inspects mail by the named map, or by the default map.",
        key=2,
    ),
    slot="inspect esmtp",
    only="Inspect configuration of this type exists, first remove\n"
    "that configuration and then add the new configuration",
    tail=" ",
)

INSPECT_OTHER: Final = ObjectRow(
    LineRow(
        "inspect",
        POLICY_CLASS,
        (
            Word("inspect", "Inspect a protocol"),
            Choice("protocol", OTHER_PROTOCOLS),
            Maybe((Rest("rest", "Its map or version", 200),)),
        ),
        doc="The inspection of another protocol.",
        status=KEPT,
    ),
    tail=" ",
)

CLASS_ACTION: Final = ObjectRow(
    LineRow(
        "action of a class",
        POLICY_CLASS,
        (
            Choice(
                "what",
                (
                    ("csc", "Content security"),
                    ("cxsc", "Context-aware security"),
                    ("flow-export", "Export of flows"),
                    ("ips", "Intrusion prevention"),
                    ("police", "Rate of traffic"),
                    ("priority", "Low latency"),
                    ("set", "Limits of connections"),
                    ("sfr", "Another module"),
                    ("shape", "Shape of traffic"),
                    ("user-statistics", "Statistics of users"),
                ),
            ),
            Maybe((Rest("rest", "What is done", 200),)),
        ),
        doc="What the appliance does with the class beside inspection.",
        status=KEPT,
    ),
)

INNER_POLICY: Final = ObjectRow(
    LineRow(
        "service-policy of a class",
        POLICY_CLASS,
        (
            Word("service-policy", "A policy within the policy"),
            Name("policy", "Name of a policy-map for queues", 128),
        ),
        doc="A policy for queues within the class.",
        status=KEPT,
    ),
)

SERVICE_POLICY: Final = ObjectRow(
    LineRow(
        "service-policy",
        CONFIG,
        (
            Word("service-policy", "Put a policy in force"),
            Ref("policy", POLICY, "Name of a policy-map"),
            OneOf(
                (
                    (Word("global", "On every interface", name="global"),),
                    (
                        Word("interface", "On one interface"),
                        Name("interface", "Name of the interface", 48),
                    ),
                )
            ),
            Maybe((Word("fail-close", "Drop what cannot be read", name="fail-close"),)),
        ),
        doc="Puts a policy in force on every interface, or on one; the policy of an "
        "interface wins over the global one.",
        key=3,
    ),
    section=SERVICE_POLICIES,
)

POLICIES: Final = (
    POLICY_LINE,
    DESCRIPTION,
    CLASS_LINE,
    INSPECT_ESMTP,
    INSPECT_OTHER,
    CLASS_ACTION,
    INNER_POLICY,
    SERVICE_POLICY,
)
