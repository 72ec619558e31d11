"""Filters: what stands behind `|`, and the pages of a long answer.

Knows: include, exclude, begin, grep, count, json; how an answer is cut.
Does not know: what was asked.
Called by: `console.session`, `console.discipline`.
"""

from collections.abc import Callable
from typing import Final, final

import re2  # type: ignore[import-untyped]

from mailward.errors import MailwardError
from mailward.lang.words import lower

MORE: Final = "<--- More --->"
#: The commands whose answers can be filtered.
_TELL: Final = ("show", "more", "write", "dir", "packet-tracer")
#: No pattern behind `|` is longer.
_MOST: Final = 200


class FilterError(MailwardError):
    """What stands behind `|` cannot be used; the text says why."""


@final
class Filter:
    """What is done with the lines of an answer.  `json`: it wants data."""

    __slots__ = ("_work", "json")

    def __init__(
        self, work: Callable[[list[str]], list[str]], *, json: bool = False
    ) -> None:
        self._work = work
        self.json = json

    def __call__(self, text: str) -> str:
        """The text, filtered."""
        return "".join(f"{line}\n" for line in self._work(text.splitlines()))


#: Word -> its help, for `?`.
WORDS: Final = (
    ("begin", "Begin with the line that matches"),
    ("count", "Count lines"),
    ("exclude", "Exclude lines that match"),
    ("grep", "Include (or with -v exclude) lines that match"),
    ("include", "Include lines that match"),
    ("json", "The answer as JSON"),
)


def parted(line: str) -> tuple[str, str]:
    """The command, and what stands behind its first `|` (empty without one).

    Only commands that answer with text are parted, since `|` has its place in
    patterns and descriptions.
    """
    first = lower(line.split(maxsplit=1)[0]) if line.strip() else ""
    if not first or not any(w.startswith(first) for w in _TELL):
        return line, ""
    command, bar, rest = line.partition("|")
    return (command, rest.strip() or "|") if bar else (line, "")


def made(text: str) -> Filter:
    """The filter that stands behind `|`.  Raises FilterError."""
    word, _, rest = text.partition(" ")
    fits = [name for name, _ in WORDS if name.startswith(lower(word))]
    if len(fits) != 1:
        raise FilterError("% Invalid input detected at '^' marker.")
    name, pattern = fits[0], rest.strip()
    if name == "json" and not pattern:
        return Filter(lambda lines: lines, json=True)
    if name == "count" and not pattern:
        return Filter(lambda lines: [f"Number of lines: {len(lines)}"])
    inverse = name == "exclude"
    if name == "grep" and pattern.split(" ")[0] == "-v":
        inverse, pattern = True, pattern[2:].strip()
    if not pattern or name == "json":
        raise FilterError("% Incomplete command")
    holds = _pattern(pattern)
    if name == "begin":
        return Filter(lambda lines: _from(lines, holds))
    if name == "count":
        return Filter(lambda lines: [f"Number of lines: {sum(map(holds, lines))}"])
    return Filter(lambda lines: [line for line in lines if holds(line) != inverse])


def pages(text: str, height: int) -> list[str]:
    """The text in pieces of `height` lines; 0: in one."""
    lines = text.splitlines(keepends=True)
    if not height or len(lines) <= height:
        return [text]
    return ["".join(lines[at : at + height]) for at in range(0, len(lines), height)]


def _pattern(text: str) -> Callable[[str], bool]:
    """A test of one line, by an engine that never goes back."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    if len(text) > _MOST:
        raise FilterError(f"the pattern is longer than {_MOST} characters")
    try:
        compiled = re2.compile(text, options=options)
    except re2.error as error:
        raise FilterError("the pattern is no regular expression") from error
    return lambda line: compiled.search(line) is not None


def _from(lines: list[str], holds: Callable[[str], bool]) -> list[str]:
    for at, line in enumerate(lines):
        if holds(line):
            return lines[at:]
    return []
