"""Tracer: which policy a connection would meet, without one.

Knows: `packet-tracer`, its layout (`reference section 7.2`).
Does not know: how a policy chooses.
Called by: `console.session`.
"""

from typing import Final

from mailward.console.gateway import Gateway
from mailward.console.rows import EXEC, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Address, Args, Maybe, Number, Ref, Word
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import GLOBAL, Attachment


def _trace(args: Args, gateway: Gateway) -> str:
    """The answer; no counter notices that somebody asked."""
    came = args.text("interface")
    goes = gateway.server_interface
    if came == goes:
        goes = gateway.client_interface
    gate = gateway.loaded.gate
    lists = [a.traffic.access_list for a in gate.attachments]
    hits = [list(made.hits) if made is not None else [] for made in lists]
    ends = Endpoints(
        came,
        args.text("source"),
        args.number("source-port"),
        goes,
        args.text("destination"),
        args.number("destination-port"),
    )
    attachment = gate.choose(ends)
    for made, before in zip(lists, hits, strict=True):
        if made is not None:
            made.hits[:] = before
    phase = _phase(attachment) if attachment is not None else ""
    told = "" if attachment is not None else "No inspection: octets would pass.\n\n"
    return (
        f"\n{phase}{told}Result:\n"
        f"input-interface: {came}\ninput-status: up\ninput-line-status: up\n"
        f"output-interface: {goes}\noutput-status: up\noutput-line-status: up\n"
        "Action: allow\n"
    )


def _phase(attachment: Attachment) -> str:
    place = attachment.place
    where = GLOBAL if place == GLOBAL else f"interface {place}"
    return (
        "Phase: 1\nType: INSPECT\nSubtype: inspect-smtp\nResult: ALLOW\nConfig:\n"
        f"class-map {attachment.class_map}\n"
        f"policy-map {attachment.policy_map}\n"
        f" class {attachment.class_map}\n"
        f"  inspect esmtp {attachment.map_name}\n"
        f"service-policy {attachment.policy_map} {where}\n"
        "Additional Information:\n\n"
    )


_PORT: Final = "Port of the {}"

TRACER: Final = (
    ShowRow(
        LineRow(
            "packet-tracer",
            EXEC,
            (
                Word("packet-tracer", "Which policy a connection would meet"),
                Word("input", "Where it would come in"),
                Ref("interface", "interface", "Name of an interface"),
                Word("tcp", "A TCP connection"),
                Address("source", "Address of the client"),
                Number("source-port", 0, 65535, _PORT.format("client")),
                Address("destination", "Address of the server"),
                Number("destination-port", 0, 65535, _PORT.format("server")),
                Maybe((Word("detailed", "The same", name="detailed"),)),
            ),
            "Tells which policy would inspect such a connection, and counts nothing.",
            key=NEVER,
        ),
        _trace,
    ),
)
