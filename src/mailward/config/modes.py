"""MODES: the places of the appliance's language, each with its parent.

Knows: names, prompts and titles of the modes (reference section 9.7).
Does not know: which lines live there.
Called by: the rows of `config.objects`, console (prompts).

Two modes may share a prompt: what may follow a `match` depends on the match, so
there is a mode for each set of actions that some criterion allows.
"""

from typing import Final

from mailward.criteria import CRITERIA
from mailward.lang.rows import Mode

CONFIG: Final = Mode("config", "config", "configure")
INTERFACE: Final = Mode("interface", "config-if", "interface", CONFIG)
USERNAME: Final = Mode("username", "config-username", "username", CONFIG)
NETWORK_OBJECT: Final = Mode(
    "network-object", "config-network-object", "network-object", CONFIG
)
SERVICE_OBJECT: Final = Mode(
    "service-object", "config-service-object", "service-object", CONFIG
)
NETWORK_GROUP: Final = Mode(
    "network-group", "config-network-object-group", "network-object-group", CONFIG
)
SERVICE_GROUP: Final = Mode(
    "service-group", "config-service-object-group", "service-object-group", CONFIG
)
PROTOCOL_GROUP: Final = Mode(
    "protocol-group", "config-protocol-object-group", "protocol-object-group", CONFIG
)
ICMP_GROUP: Final = Mode(
    "icmp-group", "config-icmp-object-group", "icmp-object-group", CONFIG
)
CLASS_MAP: Final = Mode("class-map", "config-cmap", "mpf-class-map", CONFIG)
REGEX_CLASS: Final = Mode("regex-class", "config-cmap", "regex-class-map", CONFIG)
POLICY_MAP: Final = Mode("policy-map", "config-pmap", "mpf-policy-map", CONFIG)
POLICY_CLASS: Final = Mode(
    "policy-class", "config-pmap-c", "mpf-policy-map-class", POLICY_MAP
)
ESMTP_MAP: Final = Mode("esmtp-map", "config-pmap", "esmtp-policy-map", CONFIG)
ESMTP_PARAMETERS: Final = Mode(
    "esmtp-parameters", "config-pmap-p", "esmtp-policy-map-parameters", ESMTP_MAP
)
#: Maps and classes of other protocols: kept, so that their lines stay together.
OTHER_MAP: Final = Mode("other-map", "config-pmap", "policy-map", CONFIG)
OTHER_BLOCK: Final = Mode("other-block", "config-pmap-c", "policy-map-c", OTHER_MAP)
#: By the `allows` of a criterion: the mode in which its action is typed.
ESMTP_ACTIONS: Final = {
    allows: Mode(
        f"esmtp-match-{allows}", "config-pmap-c", "esmtp-policy-map-match", ESMTP_MAP
    )
    for allows in sorted({row.allows for row in CRITERIA})
}

MODES: Final = (
    CONFIG,
    INTERFACE,
    USERNAME,
    NETWORK_OBJECT,
    SERVICE_OBJECT,
    NETWORK_GROUP,
    SERVICE_GROUP,
    PROTOCOL_GROUP,
    ICMP_GROUP,
    CLASS_MAP,
    REGEX_CLASS,
    POLICY_MAP,
    POLICY_CLASS,
    ESMTP_MAP,
    ESMTP_PARAMETERS,
    *ESMTP_ACTIONS.values(),
    OTHER_MAP,
    OTHER_BLOCK,
)
