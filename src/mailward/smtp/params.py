"""Parameters of a Content-* field, in every plausible reading.

Knows: `attribute=value` (RFC 2045 section 5.1), sections, charsets and percent
coding (RFC 2231), encoded words (RFC 2047), and what mail programs make of text
that keeps none of these rules.
Does not know: what a name or a boundary is for.
Called by: smtp.mime.

No attempt is made to find the one right reading.  An attribute is seen wherever
it stands with an equals sign behind it: behind a missing semicolon, in a
comment, in quoted text, for some program splits there.  Of each value several
ends are plausible, and each is a reading; so is what is left of a name when a
NUL ends it, when trailing dots and blanks are dropped, when its folder is.

Linear in the value: `_MOST` occurrences are read, `_ROOM` octets of readings
kept, `_WORK` octets looked at for them; what goes beyond is `crowded`.
"""

import re
from typing import Final, final

from mailward.smtp.fields import layers
from mailward.smtp.words import from_percent, to_utf8, without_words

#: So many attributes, or sections of one, are read in a field.
_MOST: Final = 128
#: Octets of all readings of one field.
_ROOM: Final = 262_144
#: Octets of values that are looked at in one field.
_WORK: Final = 524_288
#: A boundary is known by so many octets; RFC 2046 section 5.1.1 allows 70.
LONGEST_BOUNDARY: Final = 1024

#: An attribute that is read, wherever it stands.
ATTRIBUTE: Final = re.compile(
    rb"(?<![a-z0-9_.-])(filename|name|boundary)\s*+"
    rb"(?:\*\s*+([0-9]{0,9})\s*+(\*?)\s*+)?+=\s*+",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
_TOKEN: Final = re.compile(rb'[^\s;,()"]*+')
_BLANK: Final = b" \t\r\n\f\v"


@final
class Readings:
    """Different octet strings in the order found, up to a number of octets."""

    __slots__ = ("crowded", "found", "room")

    def __init__(self, room: int) -> None:
        self.found: dict[bytes, None] = {}
        self.crowded = False
        self.room = room

    def add(self, text: bytes) -> None:
        """One more reading, unless it is known or there is no room."""
        if self.room < len(text):
            self.crowded = True
        elif text not in self.found:
            self.found[text] = None
            self.room -= len(text)


@final
class Parameters:
    """What a field says of names and boundaries."""

    __slots__ = ("_sections", "_work", "boundaries", "names")

    def __init__(self, value: bytes) -> None:
        self.names = Readings(_ROOM)
        self.boundaries = Readings(_ROOM)
        self._work = _WORK
        # Of the layer at hand, by attribute: number, coded, values.
        self._sections: dict[bytes, list[tuple[int, bool, list[bytes]]]] = {}
        for text in layers(value):
            if not self.crowded:
                self._read(text)

    @property
    def crowded(self) -> bool:
        """Was there more than is read?"""
        return self.names.crowded or self.boundaries.crowded

    def _read(self, text: bytes) -> None:
        self._sections.clear()
        count = 0
        found = ATTRIBUTE.search(text)
        while found is not None:
            count += 1
            if count > _MOST or self.crowded:
                self.names.crowded = True
                break
            attribute = found[1].lower()
            values = _values(text, found.end())
            if found[2]:
                section = int(found[2]), found[3] == b"*", values
                self._sections.setdefault(attribute, []).append(section)
            else:
                for octets in values:
                    # RFC 2231 asks for decoding where there is a star; some do
                    # it everywhere.
                    self._add(attribute, octets)
                    coded = found[2] is not None
                    self._add_decoded(attribute, from_percent(octets), coded)
            found = ATTRIBUTE.search(text, found.end())
        for attribute, sections in self._sections.items():
            self._join(attribute, sections)

    def _join(
        self, attribute: bytes, sections: list[tuple[int, bool, list[bytes]]]
    ) -> None:
        """Put the sections of one value together, in each plausible order."""
        ordered = sorted(sections, key=lambda section: section[0])
        first = list({n: (n, c, v) for n, c, v in reversed(ordered)}.values())[::-1]
        last = list({n: (n, c, v) for n, c, v in ordered}.values())
        gapless = len(first)
        for place, section in enumerate(first):
            if section[0] != place:
                gapless = place
                break
        coded = True in [section[1] for section in sections]
        for choice in (sections, ordered, first, last, first[:gapless], last[:gapless]):
            for pick in (0, -1):
                if sum([len(v[pick]) for _, _, v in choice]) > self._work:
                    self.names.crowded = True
                    return
                plain = b"".join([v[pick] for _, _, v in choice])
                pieces = [from_percent(v[pick]) if c else v[pick] for _, c, v in choice]
                self._add(attribute, plain)
                self._add_decoded(attribute, b"".join(pieces), coded)
                self._add_decoded(attribute, from_percent(plain), coded)

    def _add_decoded(self, attribute: bytes, octets: bytes, coded: bool) -> None:
        """Readings of octets without percents; `coded`: a charset may come first."""
        self._add(attribute, octets)
        if coded and not self.crowded:
            pieces = octets.split(b"'", 2)
            self._add(attribute, pieces[-1])
            self._add(attribute, to_utf8(pieces[-1], pieces[0]))

    def _add(self, attribute: bytes, octets: bytes) -> None:
        """One reading of a value, and what programs make of it."""
        self._work -= len(octets)
        if self._work < 0:
            self.names.crowded = True
            return
        if attribute == b"boundary":
            for text in (octets, octets.rstrip(_BLANK), octets.strip(_BLANK)):
                self.boundaries.add(text[:LONGEST_BOUNDARY])
            return
        for text in (octets, without_words(octets)):
            until_nul = text.partition(b"\0")[0]
            trimmed = until_nul.rstrip(b" .")
            base = trimmed.replace(b"\\", b"/").rpartition(b"/")[2]
            for name in (text, until_nul, trimmed, base):
                if name:
                    self.names.add(name)


def _values(text: bytes, at: int) -> list[bytes]:
    """Every plausible value that begins at an offset; the one of RFC 2045 first,
    the widest last."""
    stop = _semicolon(text, at)
    if text[at : at + 1] != b'"':
        token = _TOKEN.match(text, at)
        whole = text[at:stop].strip(_BLANK)
        found = [token[0] if token else b"", whole.strip(b"'"), whole]
        if b"\\" in whole:
            found.insert(1, _PAIR.sub(rb"\1", whole))
    else:
        quoted = _QUOTED.match(text, at)
        close = quoted.end() - 1 if quoted else len(text)
        inner = text[at + 1 : close]
        # Up to the semicolon behind the closing quote, with what stands between.
        wide = text[at + 1 : _semicolon(text, close)].strip(_BLANK)
        found = [
            _PAIR.sub(rb"\1", inner),
            inner,
            inner.partition(b'"')[0],  # a backslash that pairs with nothing
            text[at + 1 : stop].replace(b'"', b""),
            wide.removesuffix(b'"'),
            wide.replace(b'"', b""),
        ]
    return list(dict.fromkeys(found))


def _semicolon(text: bytes, at: int) -> int:
    """Where the next semicolon stands; the end if there is none."""
    stop = text.find(b";", at)
    return stop if stop >= 0 else len(text)
