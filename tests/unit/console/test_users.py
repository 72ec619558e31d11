"""Claims about `mailward.console.users`: secrets and how they are stored."""

import hashlib
from base64 import b64encode

from mailward.config.load import load
from mailward.console.users import PASSWORD_MOST, Secret, Users


def users(text: str) -> Users:
    """The users of a configuration."""
    return Users(load(text).running)


def pbkdf2(password: str) -> str:
    """As the appliance stores it."""
    salt = b"0123456789abcdef"
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 5000, 16)
    return f"$sha512$5000${b64encode(salt).decode()}${b64encode(made).decode()}"


def test_secrets_in_each_form() -> None:
    """As typed, as MD5 (test vectors of the appliance's own), as PBKDF2."""
    made = users(
        "username clear password sesame\n"
        "username admin password 3USUcOPFUiMCO4Jk encrypted privilege 15\n"
        f"username new password {pbkdf2('sesame')} pbkdf2 privilege 1\n"
        "enable password 8Ry2YjIyt7RRXU24 encrypted\n"
    )
    assert made
    assert made.known("clear", "sesame")
    assert not made.known("clear", "open")
    assert made.known("new", "sesame")
    assert not made.known("new", "open")
    assert not made.known("nobody", "sesame")
    assert made.enable is not None
    assert made.enable.holds("")
    assert not made.enable.holds("x")
    assert [made.level(name) for name in ("clear", "admin", "new")] == [2, 15, 1]


def test_nobody_comes_in_by_a_broken_secret() -> None:
    """A stored text that is no hash holds for nothing, and costs nothing."""
    for stored in (
        "$sha512$x",
        "$sha512$5000$!$!",
        "$sha512$0$YQ==$YQ==",
        "$sha512$99999999$YQ==$YQ==",
        "$sha512$5$YQ==$",
    ):
        assert not Secret(stored, "pbkdf2").holds("")
    made = users("username u password sesame\n")
    assert not made.known("u", "x" * (PASSWORD_MOST + 1))


def test_without_users_nobody_is_known() -> None:
    """An empty configuration opens no door."""
    assert not users("")
    assert users("").enable is None
    assert users("").level("u") == 2
