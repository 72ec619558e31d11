"""Session: one administrator's conversation, a line in and a text out.

Knows: EXEC, privileged and configuration modes and their prompts, questions
(`Password:`), which table a line belongs to, how a mistake is told.
Does not know: terminals, echo, pages, how lines come and go.
Called by: `console.control`, `console.discipline`, tests.
"""

import json
import re
from typing import Final, final

from mailward.audit.records import COMMANDED, CONFIGURED
from mailward.console.commands import COMMANDS
from mailward.console.connections import CONNECTIONS
from mailward.console.desk import Desk, Person
from mailward.console.editing import GRAMMAR as LANGUAGE
from mailward.console.filters import WORDS, Filter, made, parted
from mailward.console.flow import FLOW
from mailward.console.gateway import Gateway
from mailward.console.interfaces import INTERFACES
from mailward.console.lists import LISTS
from mailward.console.machine import MACHINE
from mailward.console.rows import EXEC, Data, ShowRow
from mailward.console.shows import SHOWS
from mailward.console.status import STATUS
from mailward.console.stories import STORIES
from mailward.console.tracer import TRACER
from mailward.errors import ConfigErrors, MailwardError
from mailward.lang.advisor import Block, advise, complete, page
from mailward.lang.grammar import Grammar
from mailward.lang.reader import (
    AMBIGUOUS,
    INVALID,
    UNRECOGNIZED,
    LineError,
    Reading,
    read,
)
from mailward.lang.words import printable

#: No more characters of a line are read.
LINE_MOST: Final = 4096
#: Whoever may use the control socket.
LOCAL: Final = Person()
#: What the audit trail must not repeat: the word behind these.
_SECRETS: Final = re.compile(r"(?i)\b(pass[a-z]*|secret)(\s+)\S+")

_ROWS: Final = (
    *(*SHOWS, *MACHINE, *CONNECTIONS, *STATUS, *STORIES),
    *(*LISTS, *INTERFACES, *TRACER, *FLOW, *COMMANDS),
)
_BY_KIND: Final = {row.line.kind: row for row in _ROWS}
GRAMMAR: Final = Grammar(tuple(row.line for row in _ROWS))
_OPEN: Final = Grammar(tuple(row.line for row in _ROWS if row.open))


@final
class Session:
    """One conversation.

    `typed`: whoever types sees prompt and line, so a caret needs no line above
    it.  Raises nothing on account of what is typed.
    """

    __slots__ = ("_typed", "desk")

    def __init__(
        self,
        gateway: Gateway,
        person: Person = LOCAL,
        *,
        privileged: bool = True,
        typed: bool = True,
    ) -> None:
        self.desk = Desk(gateway, person, privileged=privileged)
        self._typed = typed

    @property
    def prompt(self) -> str:
        """What stands before the next line, with its blank."""
        desk = self.desk
        if desk.question is not None:
            return desk.question.prompt
        mode = f"({desk.editor.mode.prompt})" if desk.editor is not None else ""
        return f"{desk.gateway.host}{mode}{'#' if desk.privileged else '>'} "

    @property
    def secret(self) -> bool:
        """Must the next line not be seen?"""
        return self.desk.question is not None and self.desk.question.secret

    @property
    def closed(self) -> bool:
        """Is the conversation over?"""
        return self.desk.closed

    def line(self, text: str) -> tuple[bool, str]:
        """What a line gets: was it lawful, and the text, ended by a line feed
        unless it is empty."""
        desk = self.desk
        if desk.gateway.gone:
            desk.closed = True
            return False, f"ERROR: {desk.gateway.gone}\n"
        if desk.question is not None:
            then, desk.question = desk.question.then, None
            return True, then(text)
        if len(text) > LINE_MOST:
            return False, f"ERROR: % a line has {LINE_MOST} characters at most\n"
        if not text.strip() or text.lstrip()[0] in "!:":
            return True, ""
        command, pipe = parted(text)
        try:
            chosen = made(pipe) if pipe else None
            return True, self._done(command, chosen)
        except LineError as error:
            return False, self._refusal(command, error)
        except TimeoutError:
            return False, "ERROR: the workers did not answer in time\n"
        except ConfigErrors as error:
            told = dict.fromkeys(mistake.message for mistake in error.errors)
            return False, "".join(f"ERROR: {message}\n" for message in told)
        except MailwardError as error:
            return False, f"ERROR: {error}\n"

    def interrupt(self) -> None:
        """Ctrl-C: a question is not answered."""
        self.desk.question = None

    def top(self) -> None:
        """Ctrl-Z: out of configuration."""
        self.desk.editor = None

    # --- help -------------------------------------------------------------------

    def help(self, text: str) -> str:
        """The answer to `?` at the end of the text."""
        pipe = parted(text)[1]
        if pipe:
            partial = pipe.removeprefix("|").lower()
            fits = [f"  {word:<7}  {tells}\n" for word, tells in WORDS]
            return "\n" + "".join(f for f in fits if f.strip().startswith(partial))
        blocks = self._blocks(text)
        return page(blocks) if blocks else "ERROR: % Unrecognized command\n"

    def tab(self, text: str) -> str:
        """The text as the tab key leaves it."""
        if self.desk.question is not None or parted(text)[1]:
            return text
        found = [complete(self._exec, EXEC, text, self._known)]
        if self.desk.editor is not None:
            found.append(complete(LANGUAGE, self.desk.editor.mode, text, self._known))
        offered = [line for line in dict.fromkeys(found) if line != text]
        if len(self.words(text)) > 1:
            offered = [line for line in offered if not line.endswith(" ")]
        return offered[0] if len(offered) == 1 else text

    def words(self, text: str) -> tuple[str, ...]:
        """Every word that may stand where the text ends."""
        offers = (offer for block in self._blocks(text) for offer in block.offers)
        return tuple(dict.fromkeys(offer.text for offer in offers if offer.literal))

    def _blocks(self, text: str) -> tuple[Block, ...]:
        blocks = advise(self._exec, EXEC, text, self._known)
        if self.desk.editor is not None:
            mode = self.desk.editor.mode
            return (*advise(LANGUAGE, mode, text, self._known), *blocks)
        return blocks

    def _known(self, kind: str) -> list[str]:
        """The names of objects, for `?` and tab."""
        gateway = self.desk.gateway
        if kind == "interface":
            return sorted(gateway.interfaces())
        return [
            line.args.text(token)
            for line in gateway.loaded.running.definitions(kind)
            if line.row is not None
            for token, defined in line.row.line.defines
            if defined == kind
        ]

    # --- lines ------------------------------------------------------------------

    @property
    def _exec(self) -> Grammar:
        return GRAMMAR if self.desk.privileged else _OPEN

    def _done(self, text: str, chosen: Filter | None) -> str:
        """Read the line and do what it says.  A first word in full goes before
        an abbreviation, the configuration's lines before EXEC's."""
        for at, char in enumerate(text):
            if not printable(char):
                raise _wrong(text, at + 1)
        editor = self.desk.editor
        ordered: Reading | None = None
        wrong: LineError | None = None
        try:
            ordered = read(self._exec, EXEC, text)
        except LineError as error:
            wrong = error
        if editor is not None and (ordered is None or not ordered.exact):
            try:
                configured = editor.read(text)
                if configured is not None or ordered is None:
                    editor.take(text, configured)
                    self._audit(text, changed=True)
                    return ""
            except LineError as error:
                if wrong is None or error.reach >= wrong.reach:
                    wrong = error
        if ordered is None:
            assert wrong is not None
            raise wrong
        return self._command(text, ordered, chosen)

    def _command(self, text: str, reading: Reading, chosen: Filter | None) -> str:
        args, gateway, row = reading.args, self.desk.gateway, _BY_KIND[reading.row.kind]
        place = args.text("interface") if args.has("interface") else ""
        if place and place not in gateway.interfaces():
            raise _wrong(text, reading.columns["interface"])
        wanted = chosen is not None and chosen.json
        answer = ""
        told: Data | None = None
        if not isinstance(row, ShowRow):
            answer = row.act(args, self.desk, reading.negated)
        elif wanted and row.data is not None:
            told = row.data(args, gateway)
        else:
            answer = row.answer(args, gateway)
        if not row.quiet:
            self._audit(text, changed=False)
        if wanted:
            told = [*answer.splitlines()] if told is None else told
            command = " ".join(text.split())
            return json.dumps({"command": command, "answer": told}) + "\n"
        return answer if chosen is None else chosen(answer)

    def _audit(self, text: str, *, changed: bool) -> None:
        """111008, and 111010 for a line of configuration."""
        desk = self.desk
        shown = _SECRETS.sub(r"\1\2*****", " ".join(text.split()))
        words = {"user": desk.person.name, "command": shown}
        desk.gateway.audit(COMMANDED, words)
        if changed:
            desk.gateway.audit(CONFIGURED, {**words, "address": desk.person.address})

    def _refusal(self, text: str, error: LineError) -> str:
        """A mistake in the appliance's words."""
        if error.code == AMBIGUOUS:
            return f'ERROR: % Ambiguous command:  "{_shown(text)}"\n'
        if error.code == UNRECOGNIZED:
            return "ERROR: % Unrecognized command\n"
        if error.code != INVALID:
            return "ERROR: % Incomplete command\n"
        above = "" if self._typed else f"{_shown(text)}\n"
        column = error.column + (len(self.prompt) if self._typed else 0)
        return (
            f"{above}{'^':>{column}}\nERROR: % Invalid input detected at '^' marker.\n"
        )


def _wrong(text: str, column: int) -> LineError:
    """A mistake at a column that no grammar can know of."""
    return LineError(
        INVALID,
        "this may not stand here",
        mode=EXEC,
        sure=True,
        reach=column,
        line=0,
        column=column,
        text=text,
        expected=(),
    )


def _shown(text: str) -> str:
    """What was typed, safe for a terminal and of the same length."""
    return "".join(c if c.isprintable() else " " for c in text)


def respond(words: str, gateway: Gateway) -> tuple[bool, str]:
    """One line asked without a conversation, by whoever may use the control
    socket: was it lawful, and the text."""
    return Session(gateway, typed=False).line(words)


def answer(words: str, gateway: Gateway) -> str:
    """The text of `respond`."""
    return respond(words, gateway)[1]
