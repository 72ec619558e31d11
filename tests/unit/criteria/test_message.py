"""Criteria on the message, asked about facts."""

from mailward.criteria.message import (
    ADDRESS_COUNT,
    ENCODING_IN,
    FILE_NAME_LENGTH,
    FILE_TYPE_REGEX,
    AddressCount,
    EncodingIn,
    FileNameLength,
    FileType,
)
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names
from mailward.rex.matcher import Matcher
from mailward.smtp.mime import BASE64, ENCODINGS, OTHERS
from mailward.stages import ADDRESSES, ENCODING, FILE_NAME, FILE_TYPE


class Known(Names):
    """One pattern under every name."""

    def compiled(self, kind: str, name: str) -> object:
        """A matcher for names and types of programs."""
        del kind, name
        return Matcher([r"\.exe", "application/x-"])


def facts(text: bytes = b"", addresses: int = 0, encoding: int = 0) -> Facts:
    """Facts about a message."""
    made = Facts()
    made.text = text
    made.addresses = addresses
    made.encoding = encoding
    return made


def test_address_count() -> None:
    """More addresses than the limit hold."""
    made = ADDRESS_COUNT.make(Args({"limit": 2}), Names())

    assert (made, made.stage) == (AddressCount(2), ADDRESSES)
    assert made.holds(facts(addresses=3))
    assert not made.holds(facts(addresses=2))


def test_encodings() -> None:
    """Each listed encoding holds, no other."""
    made = ENCODING_IN.make(Args({"encodings": ("base64", "others")}), Names())

    assert isinstance(made, EncodingIn)
    assert made.stage == ENCODING
    codes = [row.code for row in ENCODINGS]
    assert [c for c in codes if made.holds(facts(encoding=c))] == [BASE64, OTHERS]


def test_words_of_encodings() -> None:
    """The six words of the appliance."""
    choice = ENCODING_IN.syntax[2]
    assert isinstance(choice, Choice)

    assert " ".join(word for word, _ in choice.words) == (
        "7bit 8bit base64 binary others quoted-printable"
    )


def test_file_name_length() -> None:
    """Longer than the limit holds."""
    made = FILE_NAME_LENGTH.make(Args({"limit": 5}), Names())

    assert (made, made.stage) == (FileNameLength(5), FILE_NAME)
    assert made.holds(facts(b"a.html"))
    assert not made.holds(facts(b"a.txt"))


def test_file_type() -> None:
    """A pattern anywhere in the reading holds, in a name as in a type."""
    made = FILE_TYPE_REGEX.make(Args({"class": "any"}), Known())

    assert (type(made), made.stage) == (FileType, FILE_TYPE)
    assert made.holds(facts(b"invoice.exe"))
    assert made.holds(facts(b"application/x-dosexec"))
    assert not made.holds(facts(b"text/plain"))


def test_what_was_looked_at() -> None:
    """Lengths and numbers as numbers, names and words as they are."""
    made = facts(b"a.txt", addresses=3, encoding=BASE64)

    assert ADDRESS_COUNT.saw(made) == 3
    assert ENCODING_IN.saw(made) == b"base64"
    assert FILE_NAME_LENGTH.saw(made) == 5
    assert FILE_TYPE_REGEX.saw(made) == b"a.txt"
