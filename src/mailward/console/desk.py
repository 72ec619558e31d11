"""Desk: where one administrator stands.

Knows: who it is, how far the person has come, the question that waits for an
answer.
Does not know: how a line is read.
Called by: `console.commands` (changes it), `console.session` (keeps it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.console.editing import Editor
from mailward.console.gateway import Gateway
from mailward.console.users import Users

#: Lines of a page, as the appliance begins.
PAGER: Final = 24
TRIES: Final = 3
#: The name that the appliance gives to whoever has come by `enable`.
NOBODY: Final = "enable_15"


@final
@dataclass(frozen=True)
class Person:
    """Who types: a user's name (or NOBODY) and address."""

    name: str = NOBODY
    address: str = "0.0.0.0"


@final
@dataclass(frozen=True)
class Question:
    """What is asked, what is done with the answer (which gives the text to be
    shown), and whether the answer may be seen."""

    prompt: str
    then: Callable[[str], str]
    secret: bool


@final
class Desk:
    """The state of a conversation.  `pager` lines are a page (0: no pages)."""

    __slots__ = (
        "closed",
        "editor",
        "gateway",
        "pager",
        "person",
        "privileged",
        "question",
        "width",
    )

    def __init__(self, gateway: Gateway, person: Person, *, privileged: bool) -> None:
        self.gateway = gateway
        self.person = person
        self.privileged = privileged
        self.editor: Editor | None = None
        self.question: Question | None = None
        self.pager = PAGER
        self.width = 80
        self.closed = False

    @property
    def users(self) -> Users:
        """Who may come in, as things stand."""
        return Users(self.gateway.loaded.running)

    def enable(self) -> str:
        """Ask for the secret of `enable`, three times."""
        if not self.privileged:
            self._ask_secret(TRIES, self._may_enable, self._enabled)
        return ""

    def login(self) -> str:
        """Ask for a user and a password, three times."""

        def named(name: str) -> str:
            def enter() -> None:
                self.person = Person(name, self.person.address)
                self.privileged = self.users.level(name) > 1

            self._ask_secret(TRIES, lambda text: self.users.known(name, text), enter)
            return ""

        self.question = Question("Username: ", named, False)
        return ""

    def leave(self) -> str:
        """The conversation is over."""
        self.closed = True
        return "\nLogoff\n\n"

    def _enabled(self) -> None:
        self.privileged = True

    def _may_enable(self, typed: str) -> bool:
        """The secret of `enable`; where there is none, or `aaa authentication
        enable console LOCAL` says so, the user's own."""
        users = self.users
        own = self.gateway.loaded.admission.own_secret and self.person.name != NOBODY
        if users.enable is not None and not own:
            return users.enable.holds(typed)
        return users.known(self.person.name, typed)

    def _ask_secret(
        self, tries: int, holds: Callable[[str], bool], then: Callable[[], None]
    ) -> None:
        def typed(text: str) -> str:
            if holds(text):
                then()
                return ""
            if tries > 1:
                self._ask_secret(tries - 1, holds, then)
                return "Invalid password\n"
            return "Access denied.\n"

        self.question = Question("Password: ", typed, True)
