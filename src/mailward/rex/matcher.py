"""A matcher: does any pattern of a set occur in these octets?

Knows: RE2, its budget and its ways of failing; the only file that does.
Does not know: the dialect's spelling beyond `rex.dialect`, who asks.
Called by: criteria (asks), config (builds).
"""

from collections.abc import Sequence
from typing import Final, final

import re2  # type: ignore[import-untyped]

from mailward.errors import MailwardError
from mailward.rex.dialect import translate

#: Octets that one set of patterns may occupy: 2,000 patterns fit.
BUDGET: Final = 8 * 1024 * 1024


@final
class BudgetError(MailwardError):
    """The patterns of one set do not fit into the budget."""


@final
class Matcher:
    """Patterns of the appliance's dialect, joined into one automaton.

    Matching is unanchored, case-sensitive, on octets, in time linear in their
    number (memory is capped by `budget` octets whatever they are).
    """

    __slots__ = ("_set", "_silent", "patterns")

    def __init__(self, patterns: Sequence[str], budget: int = BUDGET) -> None:
        """Raises PatternError (a bad pattern) or BudgetError (too much)."""
        self.patterns = tuple(patterns)
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = budget
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        try:
            for pattern in self.patterns:
                self._set.Add(translate(pattern).re2)
            # A last pattern that is everywhere: should the automaton ever give
            # up, its number is missing, and `search` errs on the side of yes.
            self._silent = [self._set.Add(b"")]
            # Asking a set that did not compile would end the process.
            self._set.Compile()
        except re2.error as error:
            raise BudgetError(
                f"{len(self.patterns)} patterns need more than {budget} octets"
            ) from error

    def search(self, octets: bytes) -> bool:
        """Does any pattern occur in `octets`?"""
        return bool(self._set.Match(octets) != self._silent)
