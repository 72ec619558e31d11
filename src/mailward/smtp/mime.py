"""MIME fields: media types, encodings, names, boundaries (RFC 2045, 2183).

Knows: what one Content-* field says, in every plausible reading.
Does not know: where a part begins or ends, what is made of the readings.
Called by: engine.parts, and criteria for the words of ENCODINGS.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from mailward.smtp.fields import layers, unfolded, without_comments
from mailward.smtp.params import Parameters
from mailward.smtp.words import without_words

SEVENBIT: Final = 0
EIGHTBIT: Final = 1
BASE64: Final = 2
BINARY: Final = 3
OTHERS: Final = 4
QUOTED_PRINTABLE: Final = 5


@final
@dataclass(frozen=True)
class Encoding:
    """One Content-Transfer-Encoding: its code, its word, the help of the word."""

    code: int
    word: str
    help: str


#: In the order of the configuration language (reference section 2, row 11).
ENCODINGS: Final = (
    Encoding(SEVENBIT, "7bit", "Lines of ASCII; meant where no encoding is named"),
    Encoding(EIGHTBIT, "8bit", "Lines of any octets"),
    Encoding(BASE64, "base64", "Base64 (RFC 2045 section 6.8)"),
    Encoding(BINARY, "binary", "Any octets"),
    Encoding(OTHERS, "others", "Any encoding that is not listed here"),
    Encoding(QUOTED_PRINTABLE, "quoted-printable", "RFC 2045 section 6.7"),
)
_BY_WORD: Final = {
    row.word.encode(): row.code for row in ENCODINGS if row.code != OTHERS
}

TEXT_PLAIN: Final = b"text/plain"
MESSAGE: Final = b"message/rfc822"
DIGEST: Final = b"multipart/digest"
#: The types whose body is headers only.  That of every other message/* is taken
#: for a message, as by most programs.
STATUSES: Final = (
    b"message/delivery-status",
    b"message/disposition-notification",
    b"message/feedback-report",
    b"message/global-delivery-status",
    b"message/global-disposition-notification",
    b"message/global-headers",
)

#: Longer is no media type: RFC 6838 section 4.2 allows 127 for each half.
_LONGEST_TYPE: Final = 256
_OCTET: Final = rb'[^\s;,()"/=<>@:\\]'
_TYPE: Final = re.compile(
    rb'[\s";,]*+(' + _OCTET + rb"++)\s*+/\s*+(" + _OCTET + rb"++)"
)
_CLEAN: Final = re.compile(rb"\s*+" + _OCTET + rb"++/" + _OCTET + rb"++\s*+")
_BETWEEN: Final = re.compile(rb"""[\s;,"'<>()]++""")


def encodings_of(value: bytes) -> tuple[int, ...]:
    """The codes that the value of a Content-Transfer-Encoding names.

    Several words are several codes; a value without any word is as good as no
    field.
    """
    text = without_words(unfolded(value))
    words = _BETWEEN.split(without_comments(text).lower())
    if not any(words):
        words = _BETWEEN.split(text.lower())
    codes = dict.fromkeys([_BY_WORD.get(word, OTHERS) for word in words if word])
    return tuple(codes) or (SEVENBIT,)


@final
class ContentType:
    """What the value of a Content-Type says.

    `types`: the media types in lower case; `vague`: some program takes the
    field for none, so that the default type counts too; `crowded`: there was
    more than is read.
    """

    __slots__ = ("boundaries", "crowded", "names", "types", "vague")

    def __init__(self, value: bytes) -> None:
        types: dict[bytes, None] = {}
        self.vague = False
        for text in layers(value):
            head = text.partition(b";")[0].strip()
            if _CLEAN.fullmatch(head) is None:
                self.vague = True
            found = _TYPE.match(text)
            if found is not None:
                types[_type(found[1] + b"/" + found[2])] = None
            if head.count(b"/") == 1:
                types[_type(head)] = None
                types[_type(b"".join(head.split()))] = None
        parameters = Parameters(value)
        self.types = tuple(types)
        self.names = tuple(parameters.names.found)
        self.boundaries = tuple(parameters.boundaries.found)
        if not self.boundaries and value.lstrip()[:9].lower() == b"multipart":
            # Without a boundary some take each line that begins with two hyphens.
            self.boundaries = (b"",)
        self.crowded = parameters.crowded


def names_of(value: bytes) -> Parameters:
    """What the value of a Content-Disposition says."""
    return Parameters(value)


def _type(text: bytes) -> bytes:
    return text[:_LONGEST_TYPE].lower()
