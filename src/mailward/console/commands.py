"""Commands: what is done at the console beside shows.

Knows: the commands of EXEC that change where one stands, what is saved, and
what goes back.
Does not know: how a line is read, terminals.
Called by: `console.session`.
"""

import difflib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from mailward.config.load import load, text_of
from mailward.console.desk import Desk
from mailward.console.editing import Editor
from mailward.console.files import replaced
from mailward.console.rows import EXEC, SHOW
from mailward.console.shows import framed, of_frame
from mailward.errors import ConfigErrors, MailwardError
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, Number, OneOf, Quoted, Token, Word
from mailward.lang.words import printable
from mailward.rex.matcher import Matcher


@final
@dataclass(frozen=True)
class CommandRow:
    """One command: its line, and what it does, which gives the text to be
    shown.  `open`: it is there before `enable`; `quiet`: it is no deed, so the
    audit trail says nothing of it."""

    line: LineRow
    act: Callable[[Args, Desk, bool], str]
    open: bool = False
    quiet: bool = False


# --- where one stands ----------------------------------------------------------


def _configure(_args: Args, desk: Desk, _no: bool) -> str:
    if desk.editor is None:
        desk.editor = Editor(desk.gateway)
    return ""


def _exit(_args: Args, desk: Desk, _no: bool) -> str:
    """One mode up; from the outermost out of the console."""
    if desk.editor is None:
        return desk.leave()
    if not desk.editor.up():
        desk.editor = None
    return ""


def _end(_args: Args, desk: Desk, _no: bool) -> str:
    desk.editor = None
    return ""


def _disable(_args: Args, desk: Desk, _no: bool) -> str:
    desk.privileged = False
    desk.editor = None
    return ""


def _pager(args: Args, desk: Desk, negated: bool) -> str:
    desk.pager = args.number("lines") if not negated and args.has("lines") else 0
    return ""


def _width(args: Args, desk: Desk, _no: bool) -> str:
    """Kept for who asks; nothing is ever wrapped."""
    desk.width = args.number("columns")
    return ""


def _curpriv(_args: Args, desk: Desk, _no: bool) -> str:
    mode = "P_CONF P_PRIV" if desk.editor else "P_PRIV" if desk.privileged else "P_UNPR"
    return (
        f"Username : {desk.person.name}\n"
        f"Current privilege level : {15 if desk.privileged else 1}\n"
        f"Current Mode/s : {mode}\n"
    )


# --- what is saved -------------------------------------------------------------


def _write(args: Args, desk: Desk, _no: bool) -> str:
    if args.has("terminal"):
        return _more(args, desk, False)
    return _save(args, desk, False)


def _save(_args: Args, desk: Desk, _no: bool) -> str:
    """The file that the gateway was started with, in one step."""
    gateway = desk.gateway
    if not gateway.file:
        raise MailwardError("the gateway was started without a configuration file")
    text = framed(gateway, everything=False)
    try:
        replaced(Path(gateway.file), text)
    except OSError as error:
        raise _unreachable(desk, error) from error
    digest = text.split("Cryptochecksum:")[-1].split()[0]
    groups = " ".join(digest[at : at + 8] for at in range(0, 32, 8))
    return (
        "Building configuration...\n"
        f"Cryptochecksum: {groups}\n\n"
        f"{len(text.encode())} bytes copied in 0.10 secs\n"
        "[OK]\n"
    )


def _more(_args: Args, desk: Desk, _no: bool) -> str:
    return framed(desk.gateway, everything=False)


def _startup(_args: Args, desk: Desk, _no: bool) -> str:
    """The saved configuration as it lies there."""
    try:
        return _saved(desk)
    except OSError as error:
        raise _unreachable(desk, error) from error


def _diff(_args: Args, desk: Desk, _no: bool) -> str:
    """Saved against running, as `diff -u` has it.  What was saved is read first,
    so that it does not matter how it was typed."""
    try:
        saved = _saved(desk)
    except OSError as error:
        raise _unreachable(desk, error) from error
    with suppress(ConfigErrors):  # then as it stands
        saved = load(saved).running.render()
    running = desk.gateway.loaded.running.render()
    before, after = (
        [line.rstrip() for line in text.splitlines() if not of_frame(line)]
        for text in (saved, running)
    )
    lines = difflib.unified_diff(before, after, "startup", "running", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _unreachable(desk: Desk, error: OSError) -> MailwardError:
    return MailwardError(f"{desk.gateway.file}: {error.strerror}")


def _saved(desk: Desk) -> str:
    if not desk.gateway.file:
        return ""
    text = text_of(Path(desk.gateway.file).read_bytes())
    # Whoever wrote the file must not move a reader's cursor.
    return "".join(c if c == "\n" or printable(c) else "?" for c in text)


# --- what goes back ------------------------------------------------------------


def _commit(args: Args, desk: Desk, _no: bool) -> str:
    if args.has("minutes"):
        before = desk.editor.before if desk.editor else desk.gateway.loaded
        minutes = args.number("minutes")
        desk.gateway.await_word(minutes * 60.0, before)
        many = "1 minute" if minutes == 1 else f"{minutes} minutes"
        return f"INFO: the changes are undone in {many} without `commit`\n"
    if desk.editor is not None:
        desk.editor.before = desk.gateway.loaded
    if desk.gateway.confirm():
        return "INFO: the changes stay\n"
    return ""


def _test_regex(args: Args, _desk: Desk, _no: bool) -> str:
    matcher = Matcher((args.text("pattern"),))
    octets = args.text("input").encode("latin-1", "replace")
    outcome = "succeeded" if matcher.search(octets) else "failed"
    return f"INFO: Regular expression match {outcome}.\n"


def _row(
    kind: str,
    syntax: tuple[Token, ...],
    act: Callable[[Args, Desk, bool], str],
    doc: str,
    *,
    key: int = NEVER,
    open: bool = False,  # noqa: A002 - as the row has it
    quiet: bool = False,
) -> CommandRow:
    line = LineRow(kind, EXEC, syntax, doc, key=key)
    return CommandRow(line, act, open=open, quiet=quiet)


_TERMINAL: Final = Word("terminal", "This session alone")
_NO_CONFIRM: Final = Maybe((Word("/noconfirm", "Ask nothing (nothing is asked)"),))

COMMANDS: Final = (
    _row(
        "enable",
        (Word("enable", "Turn on privileged commands"),),
        lambda _a, desk, _n: desk.enable(),
        "Asks for the secret of `enable password` (where there is none, for the "
        "user's own) and opens the privileged commands.",
        open=True,
    ),
    _row(
        "disable",
        (Word("disable", "Turn off privileged commands"),),
        _disable,
        "Back to where only a few commands are open.",
    ),
    _row(
        "login",
        (Word("login", "Log in as a particular user"),),
        lambda _a, desk, _n: desk.login(),
        "Asks for a user of the configuration and the password.",
        open=True,
    ),
    _row(
        "exit",
        (Word("exit", "Leave the current mode"),),
        _exit,
        "Leaves the current mode; in EXEC the console.",
        open=True,
        quiet=True,
    ),
    _row(
        "quit",
        (Word("quit", "Leave the current mode"),),
        _exit,
        "As `exit`.",
        open=True,
        quiet=True,
    ),
    _row(
        "logout",
        (Word("logout", "Leave the console"),),
        lambda _a, desk, _n: desk.leave(),
        "Leaves the console from any mode.",
        open=True,
        quiet=True,
    ),
    _row(
        "end",
        (Word("end", "Leave configuration"),),
        _end,
        "Back to EXEC from any mode of configuration, as Ctrl-Z.",
        quiet=True,
    ),
    _row(
        "configure",
        (
            Word("configure", "Change the configuration"),
            Word("terminal", "From this terminal"),
        ),
        _configure,
        "Every line typed from here on that is accepted is in force for new "
        "connections at once.",
    ),
    _row(
        "terminal-pager",
        (
            _TERMINAL,
            Word("pager", "Lines of a page"),
            Maybe((Word("lines", "Lines of a page"),)),
            Number("lines", 0, 2147483647, "0: no pages"),
        ),
        _pager,
        "How many lines are shown before `<--- More --->`, in this session.",
        key=2,
        open=True,
        quiet=True,
    ),
    _row(
        "terminal-width",
        (
            _TERMINAL,
            Word("width", "Columns of the terminal"),
            Number("columns", 0, 511, "Columns"),
        ),
        _width,
        "Accepted and without effect: nothing is ever wrapped.",
        open=True,
        quiet=True,
    ),
    _row(
        "show-curpriv",
        (SHOW, Word("curpriv", "Who you are and what you may do")),
        _curpriv,
        "The user, the level of privilege and the mode.",
        open=True,
        quiet=True,
    ),
    _row(
        "write",
        (
            Word("write", "Save or show the configuration"),
            Maybe(
                (
                    OneOf(
                        (
                            (Word("memory", "Save it", name="memory"),),
                            (Word("terminal", "Show it", name="terminal"),),
                        )
                    ),
                )
            ),
        ),
        _write,
        "Saves the configuration to the file that the gateway was started with; "
        "`write terminal` shows it.",
    ),
    _row(
        "copy",
        (
            Word("copy", "Copy the configuration"),
            _NO_CONFIRM,
            Word("running-config", "The configuration in force"),
            Word("startup-config", "The file of the gateway"),
            _NO_CONFIRM,
        ),
        _save,
        "As `write memory`.",
    ),
    _row(
        "more",
        (
            Word("more", "Show a file"),
            Word("system:running-config", "The configuration in force"),
        ),
        _more,
        "As `write terminal`.",
        quiet=True,
    ),
    _row(
        "show-startup-config",
        (SHOW, Word("startup-config", "The saved configuration")),
        _startup,
        "The configuration as it was last saved.",
        quiet=True,
    ),
    _row(
        "show-configuration-diff",
        (
            SHOW,
            Word("configuration", "The configuration"),
            Word("diff", "What differs from the saved one"),
        ),
        _diff,
        "What was changed and not saved, as a unified diff. Of mailward's own.",
        quiet=True,
    ),
    _row(
        "test-regex",
        (
            Word("test", "Try something out"),
            Word("regex", "A regular expression"),
            Quoted("input", "The text to search", 201),
            Quoted("pattern", "The regular expression", 100),
        ),
        _test_regex,
        "Says whether the expression is found in the text.",
        quiet=True,
    ),
    _row(
        "commit",
        (
            Word("commit", "Let the changes stay"),
            Maybe(
                (
                    Word("confirmed", "Unless said again, undo the changes"),
                    Number("minutes", 1, 1440, "Minutes until then"),
                )
            ),
        ),
        _commit,
        "`commit confirmed MINUTES` undoes everything changed since "
        "`configure terminal` (or the last `commit`), and whatever follows, unless "
        "`commit` comes in time. Of mailward's own.",
    ),
)
