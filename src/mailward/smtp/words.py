"""Encoded words (RFC 2047) and encoded parameter values (RFC 2231).

Knows: how text of another charset is written in a header, and how lenient mail
programs read what is written badly.
Does not know: which field the text is of.
Called by: smtp.fields, smtp.mime.

Nothing here raises and every function is linear.  Charsets are a closed table:
the names come off the wire, and the interpreter would import a module, or keep
a name for ever, for each one it is asked about.  In an unknown charset the
octets stay as they are.
"""

import binascii
from typing import Final

#: Longer is no charset's name.
_LONGEST_CHARSET: Final = 40

_SAME: Final = (
    "utf-8 utf-7 utf-16 utf-16le utf-16be utf-32 utf-32le utf-32be us-ascii "
    "iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 "
    "iso-8859-8 iso-8859-9 iso-8859-10 iso-8859-11 iso-8859-13 iso-8859-14 "
    "iso-8859-15 iso-8859-16 windows-1250 windows-1251 windows-1252 windows-1253 "
    "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 cp437 cp850 "
    "cp852 cp866 cp874 cp932 cp936 cp949 cp950 koi8-r koi8-u iso-2022-jp "
    "iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-kr euc-jp euc-kr shift_jis "
    "gb2312 gbk gb18030 hz-gb-2312 big5 big5-hkscs johab tis-620"
)
_OTHER: Final = (
    ("utf8", "utf-8"),
    ("unicode-1-1-utf-7", "utf-7"),
    ("utf7", "utf-7"),
    ("utf16", "utf-16"),
    ("ascii", "us-ascii"),
    ("ansi_x3.4-1968", "us-ascii"),
    ("latin1", "iso-8859-1"),
    ("iso8859-1", "iso-8859-1"),
    ("iso_8859-1", "iso-8859-1"),
    ("cp1250", "windows-1250"),
    ("cp1251", "windows-1251"),
    ("cp1252", "windows-1252"),
    ("iso-8859-8-i", "iso-8859-8"),
    ("iso-8859-6-i", "iso-8859-6"),
    ("shift-jis", "cp932"),
    ("sjis", "cp932"),
    ("x-sjis", "cp932"),
    ("windows-31j", "cp932"),
    ("ks_c_5601-1987", "cp949"),
    ("gb_2312-80", "gbk"),
    ("windows-874", "cp874"),
    ("macintosh", "mac-roman"),
)
_CODECS: Final = {**{name: name for name in _SAME.split()}, **dict(_OTHER)}

_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(c for c in range(256) if c not in _BASE64)
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_DIGITS: Final = "0123456789abcdefABCDEF"
_OCTETS: Final = {
    (high + low).encode(): bytes.fromhex(high + low)
    for high in _DIGITS
    for low in _DIGITS
}
_UNDERSCORE: Final = bytes.maketrans(b"_", b" ")


def to_utf8(octets: bytes, charset: bytes) -> bytes:
    """The text in UTF-8; unchanged where the charset is unknown."""
    name = charset[:_LONGEST_CHARSET].strip().lower()
    codec = _CODECS.get(name.decode("latin-1"))
    if codec is None:
        return octets
    return octets.decode(codec, "replace").encode("utf-8", "replace")


def from_base64(text: bytes) -> bytes:
    """Base64 as a lenient program reads it: whatever is no digit is skipped."""
    digits = text.translate(_URL_SAFE).translate(None, _NOT_BASE64)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def from_percent(text: bytes) -> bytes:
    """`%` and two hexadecimal digits become an octet (RFC 2231 section 4)."""
    pieces = text.split(b"%")
    out = [pieces[0]]
    for piece in pieces[1:]:
        octet = _OCTETS.get(piece[:2])
        out.append(b"%" + piece if octet is None else octet + piece[2:])
    return b"".join(out)


def without_words(text: bytes) -> bytes:
    """The text with its encoded words decoded to UTF-8 (RFC 2047).

    Blanks between two words vanish.  Words of one charset are joined before
    they are converted, for a character may be cut in two.  A word is seen
    wherever it stands, in quoted text too, as most programs do.
    """
    at = text.find(b"=?")
    if at < 0:
        return text
    out: list[bytes] = []
    octets: list[bytes] = []  # decoded, waiting for more of the same charset
    charset = b""
    plain = 0  # text before it is in `out` or `octets`
    while at >= 0:
        first = text.find(b"?", at + 2, at + 3 + 2 * _LONGEST_CHARSET)
        coding = text[first + 1 : first + 3].lower()
        if first < 0 or coding not in (b"b?", b"q?"):
            at = text.find(b"=?", at + 1)
            continue
        # A `?=` right behind the second `?` begins with `=` of quoted-printable
        # or ends an empty word; either way the search starts there.
        end = text.find(b"?=", first + 3)
        if end < 0:
            break
        between = text[plain:at]
        named = text[at + 2 : first].split(b"*", 1)[0].lower()  # RFC 2231 section 5
        if named != charset or between.strip():
            out.append(to_utf8(b"".join(octets), charset))
            octets.clear()
            if between.strip() or plain == 0:
                out.append(between)
        charset = named
        word = text[first + 3 : end]
        octets.append(
            from_base64(word)
            if coding == b"b?"
            else binascii.a2b_qp(word.translate(_UNDERSCORE))
        )
        plain = end + 2
        at = text.find(b"=?", plain)
    out.append(to_utf8(b"".join(octets), charset))
    out.append(text[plain:])
    return b"".join(out)
