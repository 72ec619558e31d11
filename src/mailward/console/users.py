"""Users: who may come in, as the configuration says.

Knows: `username` and `enable password`, and the ways a secret is stored.
Does not know: commands, connections.
Called by: `console.session`, `console.ssh`.

A secret is stored as `$sha512$ROUNDS$SALT$HASH` (`pbkdf2`), in the appliance's
older form (`encrypted`), or as typed.
"""

import hashlib
import hmac
from base64 import b64decode
from typing import Final, final

from mailward.config.running import Running

#: What a user may do who has no `privilege` (the appliance's).
_LEVEL: Final = 2
_DIGITS: Final = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROUNDS_MOST: Final = 1_000_000
#: No password is longer; so much may be hashed for somebody unknown.
PASSWORD_MOST: Final = 127


@final
class Secret:
    """A stored secret: its text, and how it is stored."""

    __slots__ = ("_form", "_stored", "_user")

    def __init__(self, stored: str, form: str, user: str = "") -> None:
        self._stored = stored
        self._form = form
        self._user = user

    def holds(self, typed: str) -> bool:
        """Is this the secret?"""
        if len(typed) > PASSWORD_MOST:
            return False
        if self._form == "pbkdf2" or self._stored.startswith("$sha512$"):
            return _pbkdf2(typed, self._stored)
        given = _older(typed, self._user) if self._form == "encrypted" else typed
        return hmac.compare_digest(given.encode(), self._stored.encode())


@final
class Users:
    """The users of one configuration; `enable` is the secret of `enable`."""

    __slots__ = ("_levels", "_secrets", "enable")

    def __init__(self, running: Running) -> None:
        self.enable: Secret | None = None
        self._secrets: dict[str, Secret] = {}
        self._levels: dict[str, int] = {}
        for line in running.block.lines:
            words = line.text.split()
            if words[:2] == ["enable", "password"] and len(words) > 2:
                self.enable = Secret(words[2], "".join(words[3:4]))
            elif words[:1] == ["username"] and words[2:3] == ["password"]:
                self._user(words[1], words[3:])

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def known(self, name: str, password: str) -> bool:
        """Is this the password of the user?"""
        secret = self._secrets.get(name)
        return secret is not None and secret.holds(password)

    def level(self, name: str) -> int:
        """The privilege of a user, 0 to 15."""
        return self._levels.get(name, _LEVEL)

    def _user(self, name: str, rest: list[str]) -> None:
        if rest:
            self._secrets[name] = Secret(rest[0], "".join(rest[1:2]), name)
        if "privilege" in rest[1:-1]:
            level = rest[rest.index("privilege", 1) + 1]
            self._levels[name] = int(level) if level.isdigit() else _LEVEL


def _pbkdf2(typed: str, stored: str) -> bool:
    """PBKDF2 with SHA-512, `$sha512$5000$salt$hash` in base64."""
    parts = stored.split("$")
    if len(parts) != 5 or parts[1] != "sha512" or not parts[2].isdigit():
        return False
    try:
        salt, hashed = b64decode(parts[3]), b64decode(parts[4])
    except ValueError:
        return False
    rounds = int(parts[2][:8])
    if not hashed or not 0 < rounds <= _ROUNDS_MOST:
        return False
    made = hashlib.pbkdf2_hmac("sha512", typed.encode(), salt, rounds, len(hashed))
    return hmac.compare_digest(made, hashed)


def _older(typed: str, user: str) -> str:
    """The appliance's form before pbkdf2: MD5 over the padded password, with
    the beginning of the user's name in it if there is room."""
    secret = typed.encode()
    if user and len(secret) < 28:
        secret += (user.encode() * 4)[:4]
    size = 32 if len(secret) > 16 else 16
    digest = hashlib.md5(secret[:size].ljust(size, b"\0"), usedforsecurity=False)
    kept = bytes(c for at, c in enumerate(digest.digest()) if (at + 1) & 3)
    out = ""
    for at in range(0, len(kept), 3):
        value = int.from_bytes(kept[at : at + 3], "little")
        out += "".join(_DIGITS[value >> 6 * n & 63] for n in range(4))
    return out
