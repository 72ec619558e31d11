"""Local: the console at this machine's terminal.

Knows: prompt_toolkit, the keys, pages.
Does not know: what a line means; it asks the gateway (`console.link`).
Called by: the command `console`.
"""

import os
import sys
import termios
import tty
from collections.abc import Iterable
from pathlib import Path
from typing import Final, final

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from mailward.console.filters import MORE, pages
from mailward.console.link import HELP, INTERRUPT, LINE, TOP, WORDS, Link

_TOP: Final = "\x1a"


@final
class _Words(Completer):
    """What the gateway offers for the word under the cursor."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """See Completer."""
        text = document.text_before_cursor
        if self._link.state.secret:
            return
        partial = "" if text.endswith(" ") else text.rpartition(" ")[2]
        for word in self._link.ask(WORDS, text).text.splitlines():
            yield Completion(f"{word} ", start_position=-len(partial), display=word)


def talk(link: Link, history: Path | None) -> None:
    """Talk until one side has enough.  Raises ControlError."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _read_all(link)
        return
    kept = FileHistory(str(history)) if history is not None else InMemoryHistory()
    asking: PromptSession[str] = PromptSession(
        history=kept,
        completer=_Words(link),
        complete_while_typing=False,
        enable_suspend=False,
        key_bindings=_keys(link),
    )
    quiet: PromptSession[str] = PromptSession(history=InMemoryHistory())
    while not link.state.closed:
        state = link.state
        try:
            if state.secret:
                line = quiet.prompt(state.prompt, is_password=True)
            else:
                line = asking.prompt(state.prompt)
        except KeyboardInterrupt:
            link.ask(INTERRUPT)
            continue
        except EOFError:
            return
        if line == _TOP:
            link.ask(TOP)
            continue
        _show(link.ask(LINE, line).text, link.state.pager)


def _keys(link: Link) -> KeyBindings:
    """`?` for help, except within quotes; Ctrl-Z out of configuration."""
    keys = KeyBindings()

    @Condition
    def helps() -> bool:
        from prompt_toolkit.application import get_app

        return get_app().current_buffer.text.count('"') % 2 == 0

    @keys.add("?", filter=helps)
    def _(event: KeyPressEvent) -> None:
        text = event.app.current_buffer.document.text_before_cursor
        prompt = link.state.prompt

        def tell() -> None:
            sys.stdout.write(f"{prompt}{text}?\n{link.ask(HELP, text).text}")

        run_in_terminal(tell)

    @keys.add("c-z")
    def _(event: KeyPressEvent) -> None:
        event.app.current_buffer.text = _TOP
        event.app.exit(result=_TOP)

    return keys


def _show(text: str, pager: int) -> None:
    """The answer, by pages that fit the terminal as it is now."""
    # Not the environment's LINES, which stays as it was when the size changes.
    rows = min(pager, os.get_terminal_size(sys.stdout.fileno()).lines) if pager else 0
    first, *waiting = pages(text, max(rows - 1, 1) if rows else 0)
    sys.stdout.write(first)
    sys.stdout.flush()
    if waiting:
        # The terminal hands over single keys before anybody is asked for one.
        before = termios.tcgetattr(sys.stdin.fileno())
        tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)
        try:
            _page(waiting)
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        finally:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)


def _page(waiting: list[str]) -> None:
    """Space: a page; Return: a line; q: enough."""
    while waiting:
        sys.stdout.write(MORE)
        sys.stdout.flush()
        key = os.read(sys.stdin.fileno(), 1)
        sys.stdout.write(f"\r{' ' * len(MORE)}\r")
        if key in (b"", b"q", b"Q", b"\x03", b"\x04"):
            break
        page, *waiting = waiting
        if key in b"\r\n":
            line, feed, rest = page.partition("\n")
            page = line + feed
            waiting = [rest, *waiting] if rest else waiting
        sys.stdout.write(page)
    sys.stdout.flush()


def _read_all(link: Link) -> None:
    """Lines of a file or a pipe: answers only."""
    for line in sys.stdin:
        if link.state.closed:
            return
        sys.stdout.write(link.ask(LINE, line.rstrip("\r\n")).text)
