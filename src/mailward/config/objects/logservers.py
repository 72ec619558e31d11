"""`mailward logging`: what the appliance cannot ask of log servers.

Knows: the forms of the lines.
Does not know: what they ask for, together with `logging host` (`config.logs`).
Called by: `config.objects`, `config.logs`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import HEAD, ObjectRow
from mailward.config.objects.compat import MAILWARD
from mailward.config.objects.networks import ALIAS
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Address, Choice, Maybe, Name, OneOf, Ref, Word

_LOGGING: Final = Word("logging", "Log servers")

SERVER: Final = ObjectRow(
    LineRow(
        "mailward logging host",
        CONFIG,
        (
            MAILWARD,
            _LOGGING,
            Word("host", "A server of `logging host`"),
            Name("interface", "Name of the interface before it", 48),
            OneOf(
                (
                    (Address("address", "Its address"),),
                    (Ref("address-name", ALIAS, "Its name"),),
                )
            ),
            Maybe(
                (
                    Word("format", "How a record is written"),
                    Choice(
                        "form",
                        (
                            ("asa", "As the appliance writes it"),
                            ("rfc5424", "RFC 5424 in full"),
                            ("json", "A JSON object of Elastic Common Schema"),
                        ),
                    ),
                )
            ),
            Maybe(
                (
                    Word("framing", "How records are told apart in a stream"),
                    Choice(
                        "frame",
                        (
                            ("newline", "Each ends with a line end"),
                            ("octet-counted", "Each begins with its length"),
                        ),
                    ),
                )
            ),
            Maybe(
                (
                    Word("name", "Who its certificate must name"),
                    Name("server", "A name of the domain name system", 253),
                )
            ),
        ),
        doc="How records are sent to a server that `logging host` names: the form, "
        "in a stream the framing, and the name that its certificate must have "
        "(`secure`) instead of its address. The defaults are `asa` and `newline`.",
        key=5,
    ),
    section=HEAD,
    rank=21,
)
STOP: Final = ObjectRow(
    LineRow(
        "mailward logging stop-on-failure",
        CONFIG,
        (
            MAILWARD,
            _LOGGING,
            Word("stop-on-failure", "No new connection without a log server"),
        ),
        doc="As the appliance does: while no server of `logging host … tcp` can be "
        "reached, new connections are refused, unless `logging permit-hostdown` "
        "stands. Without this line a log never holds mail.",
    ),
    section=HEAD,
    rank=22,
)
LOG_SERVERS: Final = (SERVER, STOP)
