"""`hostname`, `username`, `enable password` and who may use them.

Knows: the lines that name the appliance and those who administer it; that a
secret typed in clear is hashed at once and never seen again.
Does not know: who comes in (`console`).
Called by: `config.objects`; console reads the lines.
"""

import hashlib
from base64 import b64encode
from typing import Final

from mailward.config.modes import CONFIG, USERNAME
from mailward.config.objects.base import HEAD, MIDDLE, ObjectRow, rank_in_middle
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import Args, Choice, Maybe, Name, Number, Rest, Token, Word

#: As the appliance has it.
ROUNDS: Final = 5000

_SECRET: Final[tuple[Token, ...]] = (
    Name("secret", "The password", 255),
    Maybe(
        (
            Choice(
                "form",
                (
                    ("encrypted", "Hashed in the older way"),
                    ("mschap", "Hashed for dial-in"),
                    ("nt-encrypted", "Hashed for dial-in"),
                    ("pbkdf2", "Hashed in the newer way"),
                ),
            ),
        )
    ),
)


def hashed(secret: str, owner: str) -> str:
    """A secret as it is stored: `$sha512$ROUNDS$SALT$HASH`.

    The salt is drawn from the secret itself and its owner, by the same slow
    hash, so that a configuration read twice is the same twice and the salt
    tells no more than the hash does.
    """
    clear = secret.encode()
    salt = hashlib.pbkdf2_hmac("sha512", clear, f"salt {owner}".encode(), ROUNDS, 16)
    made = hashlib.pbkdf2_hmac("sha512", clear, salt, ROUNDS, 32)
    return f"$sha512${ROUNDS}${b64encode(salt).decode()}${b64encode(made).decode()}"


def _tidy(args: Args) -> Args:
    """No secret stays in clear; one that somebody covered with asterisks is
    nobody's."""
    values = dict(args.values)
    secret = values.get("secret")
    if isinstance(secret, str) and "form" not in values:
        covered = not secret.strip("*")
        stored = secret.startswith("$sha512$")
        if not covered and not stored:
            values["secret"] = hashed(secret, str(values.get("name", "enable")))
        values["form"] = ("encrypted",) if covered else ("pbkdf2",)
    return Args(values)


HOSTNAME: Final = ObjectRow(
    LineRow(
        "hostname",
        CONFIG,
        (Word("hostname", "Name the appliance"), Name("name", "The name", 63)),
        doc="The name that the prompt and the records show.",
        key=1,
    ),
    section=HEAD,
    default="hostname ciscoasa",
    plain=True,
)

DOMAIN: Final = ObjectRow(
    LineRow(
        "domain-name",
        CONFIG,
        (
            Word("domain-name", "Name the domain of the appliance"),
            Name("name", "The name", 63),
        ),
        doc="Kept and shown.",
        key=1,
        status=KEPT,
    ),
    section=HEAD,
)

ENABLE: Final = ObjectRow(
    LineRow(
        "enable password",
        CONFIG,
        (
            Word("enable", "Privileged commands"),
            Word("password", "Their password"),
            _SECRET[0],
            Maybe(
                (
                    Word("level", "For a level of privilege"),
                    Number("level", 0, 15, "The level"),
                )
            ),
            _SECRET[1],
        ),
        doc="The password of privileged commands. Typed in clear, it is hashed at "
        "once and never shown again.",
        key=2,
    ),
    section=HEAD,
    tidy=_tidy,
)

_USERNAME: Final = Word("username", "A user of the appliance")
_NAME: Final = Name("name", "Name of the user", 64)
_PRIVILEGE: Final = Maybe(
    (
        Word("privilege", "How much the user may do"),
        Number("privilege", 0, 15, "From nothing to everything"),
    )
)
USER: Final = ObjectRow(
    LineRow(
        "username",
        CONFIG,
        (
            _USERNAME,
            _NAME,
            Word("password", "The user's password"),
            *_SECRET,
            _PRIVILEGE,
        ),
        doc="A user who may administer the appliance. A password typed in clear is "
        "hashed at once and never shown again.",
        key=2,
    ),
    section=MIDDLE,
    rank=rank_in_middle("username"),
    tidy=_tidy,
)
USER_ATTRIBUTES: Final = ObjectRow(
    LineRow(
        "username attributes",
        CONFIG,
        (_USERNAME, _NAME, Word("attributes", "What else is said of the user")),
        doc="Kept and shown.",
        enters=USERNAME,
        status=KEPT,
    ),
    section=MIDDLE,
    rank=rank_in_middle("username"),
)
USER_OTHER: Final = ObjectRow(
    LineRow(
        "username of other forms",
        CONFIG,
        (_USERNAME, _NAME, Rest("rest", "As it stands", 400)),
        doc="A user without a password of their own, who cannot come in here.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=rank_in_middle("username"),
)
SERVICE_TYPE: Final = ObjectRow(
    LineRow(
        "service-type",
        USERNAME,
        (
            Word("service-type", "What the user may use"),
            Choice(
                "type",
                (
                    ("admin", "Everything"),
                    ("nas-prompt", "Shows only"),
                    ("remote-access", "No administration"),
                ),
            ),
        ),
        doc="Kept and shown.",
        key=1,
        status=KEPT,
    ),
)

USERS: Final = (
    HOSTNAME,
    DOMAIN,
    ENABLE,
    USER,
    USER_ATTRIBUTES,
    USER_OTHER,
    SERVICE_TYPE,
)
