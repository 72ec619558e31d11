"""Lines that name the appliance and its users."""

import hashlib
from base64 import b64decode

import pytest

from mailward.config.objects.users import ROUNDS, hashed
from tests.unit.config.kit import taken

STORED = hashed("secret", "bob")
TEXT = f"""\
hostname fw
domain-name example.com
enable password 8Ry2YjIyt7RRXU24 encrypted
username amy nopassword
username amy attributes
 service-type nas-prompt
username bob password {STORED} pbkdf2 privilege 15
"""


def test_lines() -> None:
    """They are printed as the appliance prints them."""
    assert taken(TEXT).render() == TEXT


def test_hashed() -> None:
    """As the appliance has it, so that others can check it; never the same for
    two owners, always the same for one."""
    _, kind, rounds, salt, made = STORED.split("$")
    again = hashlib.pbkdf2_hmac("sha512", b"secret", b64decode(salt), ROUNDS, 32)

    assert (kind, rounds, b64decode(made)) == ("sha512", "5000", again)
    assert hashed("secret", "bob") == STORED
    assert hashed("secret", "amy").split("$")[3] != salt


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (
            "username bob password secret privilege 15",
            f"username bob password {STORED} pbkdf2 privilege 15",
        ),
        (
            "enable password secret level 5",
            f"enable password {hashed('secret', 'enable')} level 5 pbkdf2",
        ),
        ("enable password *****", "enable password ***** encrypted"),
        (
            f"username bob password {STORED}",
            f"username bob password {STORED} pbkdf2",
        ),
    ],
)
def test_secrets(typed: str, printed: str) -> None:
    """In clear they are hashed; hashed they stay; covered they fit nobody."""
    running = taken(f"{typed}\n")

    assert running.render() == f"{printed}\n"
    assert running.accounts[0].text == printed


def test_typed_again_and_no() -> None:
    """A name and a user stand once; `no` needs no password."""
    text = "hostname a\nusername u password x\nusername u password y encrypted\n"

    assert taken(f"{text}hostname b\n").render() == (
        "hostname b\nusername u password y encrypted\n"
    )
    assert taken(f"{text}no username u\nno hostname\n").render() == ""
