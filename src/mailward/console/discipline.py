"""Discipline: a plain terminal around a session, characters in and out.

Knows: echo, the keys that edit a line, history, pages.
Does not know: sockets, pseudo-terminals, what a line means.
Called by: `console.ssh`, tests.

Programs read what is written here, so each character is echoed as it came, and
nothing is wrapped, scrolled or coloured, whatever the size of the terminal.
"""

from typing import Final, final

from mailward.console.filters import MORE, pages
from mailward.console.session import LINE_MOST, Session

_HISTORY: Final = 100
_ERASE: Final = "\b \b"
_BELL: Final = "\a"
_LITERAL: Final = "\x16"  # Ctrl-V
_WIPE: Final = f"\r{' ' * len(MORE)}\r"
#: No sequence of a key is longer.
_SEQUENCE_MOST: Final = 16


@final
class Discipline:
    """One terminal.  `echo`: what is typed is shown (a pseudo-terminal)."""

    __slots__ = (
        "_at",
        "_echo",
        "_escape",
        "_history",
        "_literal",
        "_pages",
        "_return",
        "_session",
        "_typed",
    )

    def __init__(self, session: Session, *, echo: bool = True) -> None:
        self._session = session
        self._echo = echo
        self._typed = ""
        self._history: list[str] = []
        self._at = 0  # the line of history that is shown
        self._pages: list[str] = []
        self._escape = ""  # a sequence that has not ended
        self._literal = False  # the next character is no key
        self._return = False  # a line feed now belongs to the CR before

    @property
    def closed(self) -> bool:
        """Is the conversation over?"""
        return self._session.closed

    def begin(self) -> str:
        """What is shown before anything is typed."""
        return self._session.prompt

    def feed(self, typed: str) -> str:
        """What typed characters cause to be shown."""
        out: list[str] = []
        for char in typed:
            if self._session.closed:
                break
            out.append(self._key(char))
        return "".join(out)

    def _key(self, char: str) -> str:
        after_return, self._return = self._return, char == "\r"
        if char == "\n" and after_return:
            return ""
        if self._pages:
            return self._paged(char)
        if self._literal:
            self._literal = False
            return self._insert(char) if char.isprintable() else ""
        if self._escape:
            return self._sequence(char)
        if char in "\r\n":
            return self._enter()
        if char.isprintable():
            return self._help() if self._asks(char) else self._insert(char)
        return self._control(char)

    def _control(self, char: str) -> str:
        """A key that is no character."""
        match char:
            case "\x7f" | "\b":
                return self._erase(1)
            case "\x15":  # Ctrl-U
                return self._erase(len(self._typed))
            case "\x17":  # Ctrl-W
                kept = self._typed.rstrip(" ").rpartition(" ")
                return self._erase(len(self._typed) - len(kept[0] + kept[1]))
            case "\t":
                return self._complete()
            case "\x03":  # Ctrl-C
                self._session.interrupt()
                return self._afresh("^C")
            case "\x1a":  # Ctrl-Z
                self._session.interrupt()
                self._session.top()
                return self._afresh("^Z")
            case "\x0c" | "\x12":  # Ctrl-L, Ctrl-R
                return self._shown("\r\n") + self._session.prompt + self._visible()
            case "\x1b":
                self._escape = char
            case "\x16":
                self._literal = True
        return ""

    def _sequence(self, char: str) -> str:
        """The rest of what an arrow key sends; other keys are silent."""
        self._escape += char
        if self._escape == "\x1b[" or self._escape == "\x1bO":
            return ""
        whole = char.isalpha() or char == "~" or len(self._escape) == 2
        if not whole and len(self._escape) < _SEQUENCE_MOST:
            return ""
        key, self._escape = self._escape[-1], ""
        if self._session.desk.question is None and key in "AB":
            return self._recall(-1 if key == "A" else 1)
        return ""

    def _recall(self, step: int) -> str:
        """The line before, or the one behind."""
        at = self._at + step
        if not 0 <= at <= len(self._history):
            return ""
        self._at = at
        line = self._history[at] if at < len(self._history) else ""
        wiped = self._erase(len(self._typed))
        self._typed = line
        return wiped + self._visible()

    def _asks(self, char: str) -> bool:
        """Is this the question mark that asks for help?  Within quotes, and
        where nothing is shown, it is a character."""
        return (
            char == "?"
            and self._echo
            and self._session.desk.question is None
            and self._typed.count('"') % 2 == 0
        )

    def _insert(self, char: str) -> str:
        if len(self._typed) >= LINE_MOST:
            return _BELL
        self._typed += char
        return char if self._echo and not self._session.secret else ""

    def _erase(self, count: int) -> str:
        count = min(count, len(self._typed))
        self._typed = self._typed[: len(self._typed) - count]
        return self._shown(_ERASE * count)

    def _complete(self) -> str:
        longer = self._session.tab(self._typed)
        if longer == self._typed:
            return ""
        same = len(self._typed)
        while not longer.startswith(self._typed[:same]):
            same -= 1
        wiped = self._erase(len(self._typed) - same)
        self._typed = longer
        return wiped + self._shown(longer[same:])

    def _help(self) -> str:
        text = _ended(f"?\n{self._session.help(self._typed)}")
        return text + self._session.prompt + self._visible()

    def _afresh(self, mark: str) -> str:
        """Away with the line; a new one."""
        self._typed = ""
        return self._shown(f"{mark}\r\n") + self._session.prompt

    def _enter(self) -> str:
        line, self._typed = self._typed, ""
        asked = self._session.desk.question is not None
        if line.strip() and not asked and self._history[-1:] != [line]:
            self._history = [*self._history[1 - _HISTORY :], line]
        self._at = len(self._history)
        text = self._session.line(line)[1]
        shown = "\r\n" if self._echo else ""
        if self._session.closed:
            return shown + _ended(text)
        height = self._session.desk.pager if self._echo else 0
        first, *self._pages = pages(text, max(height - 1, 1) if height else 0)
        return shown + _ended(first) + (MORE if self._pages else self._session.prompt)

    def _paged(self, char: str) -> str:
        """Space: a page; Return: a line; q or Ctrl-C: enough."""
        if char in "qQ\x03":
            self._pages = []
            return _WIPE + self._session.prompt
        page, *self._pages = self._pages
        if char in "\r\n":
            line, feed, rest = page.partition("\n")
            page = line + feed
            if rest:
                self._pages = [rest, *self._pages]
        end = MORE if self._pages else self._session.prompt
        return _WIPE + _ended(page) + end

    def _visible(self) -> str:
        return "" if self._session.secret else self._shown(self._typed)

    def _shown(self, text: str) -> str:
        return text if self._echo and not self._session.secret else ""


def _ended(text: str) -> str:
    """Lines as a terminal wants them ended."""
    return text.replace("\n", "\r\n")
