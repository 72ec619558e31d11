"""Load: text to everything that a gateway needs; the one call others use.

Knows: the order of the steps, and that all errors are told at once.
Does not know: files.
Called by: cli, drivers (reload), testing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, final

from mailward.config.check import oddities, undefined
from mailward.config.compile import Compiler, compat_of
from mailward.config.factory import BUILT_IN, BUILT_IN_94
from mailward.config.lines import Block
from mailward.config.modes import CONFIG
from mailward.config.names import Compiled
from mailward.config.objects import GRAMMAR
from mailward.config.running import Account, Counts, Running
from mailward.config.unknown import keeper
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.script import Script
from mailward.policy.admission import Admission
from mailward.policy.gate import Gate
from mailward.policy.limits import Limits
from mailward.policy.logs import Logging
from mailward.policy.places import Interface, Publication, Timeouts

#: No more errors are told at once.
ERRORS_MOST: Final = 100
#: No configuration has more lines; the largest appliances have a tenth of it.
LINES_MOST: Final = 500_000
#: How the appliance frames what it saves.
_SAVED: Final = ": Saved"
_END: Final = ": end"
#: Every control character but the tab, the line feed and the carriage return.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@final
@dataclass(frozen=True)
class Loaded:
    """A configuration ready for use: what was typed, what the data plane
    obeys, the security level of each named interface, what is odd (errors as
    data, by line), how many lines were honoured, kept and ignored, and what
    became of each of them; the interfaces that have a name, the mail servers
    that are published, how long connections may idle and how many there may be,
    where records go, and who may administer."""

    running: Running
    gate: Gate
    levels: Mapping[str, int]
    warnings: tuple[ConfigError, ...]
    lines: Counts
    accounts: tuple[Account, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    publications: tuple[Publication, ...] = ()
    timeouts: Timeouts = field(default_factory=Timeouts)
    logging: Logging = field(default_factory=Logging)
    limits: Limits = field(default_factory=Limits)
    admission: Admission = field(default_factory=Admission)


def load(text: str) -> Loaded:
    """Read, check and compile a configuration.

    The text is complete as it stands: no factory policy is added to it; only
    the names of the factory are known.  Raises ConfigErrors.
    """
    if text.count("\n") >= LINES_MOST:
        message = f"more than {LINES_MOST} lines are no configuration"
        raise ConfigErrors([ConfigError(message, line=LINES_MOST + 1)])
    found = _CONTROL.search(text)
    if found is not None:
        raise ConfigErrors([_binary(text, found.start())])
    script = Script(GRAMMAR, CONFIG, text, keeper(text))
    running = blank()
    running.take(script.lines)
    return compile_running(running, script.errors, script.surplus)


def text_of(octets: bytes) -> str:
    """What a file holds, in the encoding that it is in: a remark pasted from a
    document of Windows is no mistake, and its quotes are no control characters."""
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            return octets.decode(encoding)
    return octets.decode("latin-1")


def load_file(text: str) -> Loaded:
    """The same for all that a file holds, which may be cut off.  Half a line that
    means nothing here is a mistake then: the policy before it is not whole."""
    loaded = load(text)
    cut = tuple(_cut(text))
    kept = {account.line for account in loaded.accounts if account.reason}
    halves = [error for error in cut if text.startswith(_SAVED) or error.line in kept]
    if halves and not text.endswith("\n"):
        raise ConfigErrors(halves)
    return replace(loaded, warnings=(*loaded.warnings, *cut))


def _cut(text: str) -> Iterator[ConfigError]:
    """Does the file look as if its end were missing?  Half a line may be lawful
    and mean something else."""
    last = text.rstrip().rpartition("\n")[2].strip()
    number = text.count("\n") + 1
    if text.startswith(_SAVED) and last != _END:
        yield ConfigError(
            f"the file begins `{_SAVED}` and has no `{_END}`: is it whole?"
        )
    elif last and last != _END and not text.endswith("\n"):
        yield ConfigError(
            "the last line has no line end: is the file whole?", line=number, text=last
        )


def _binary(text: str, at: int) -> ConfigError:
    """What stands at an offset is none of a text, and would move a cursor if
    it were printed."""
    begin = text.rfind("\n", 0, at) + 1
    return ConfigError(
        "a control character stands here: this is no configuration",
        line=text.count("\n", 0, at) + 1,
        column=at - begin + 1,
    )


def blank() -> Running:
    """A configuration without a line; only what the factory names is known."""
    return Running(_BUILT_IN)


def compile_running(
    running: Running, mistakes: Sequence[ConfigError] = (), surplus: int = 0
) -> Loaded:
    """Check and compile lines that were taken already.  `mistakes` of reading
    them are told with all others; `surplus` were not even kept.

    Raises ConfigErrors.
    """
    tls = compat_of(running).default_tls
    running.factory = _BUILT_IN_94 if tls else _BUILT_IN
    errors: list[ConfigError] = [*mistakes, *running.errors]
    names = Compiled(running)
    errors += names.mistakes()
    if not errors:
        errors += undefined(running)
    _stop(errors, surplus)
    compiler = Compiler(running, names)
    _stop(compiler.errors)
    odd = (*names.warnings(), *compiler.warnings, *oddities(running, compiler.gate))
    warnings = list({(w.line, w.column, w.message): w for w in odd}.values())
    warnings.sort(key=lambda warning: (not warning.line, warning.line))
    return Loaded(
        running=running,
        gate=compiler.gate,
        levels=compiler.levels,
        warnings=tuple(warnings),
        lines=running.counts,
        accounts=tuple(running.accounts),
        interfaces=compiler.interfaces,
        publications=compiler.publications,
        timeouts=compiler.timeouts,
        logging=compiler.logging,
        limits=compiler.limits,
        admission=compiler.admission,
    )


def _built_in(text: str) -> Block:
    running = Running()
    running.take(Script(GRAMMAR, CONFIG, text).lines)
    return running.block


#: The objects that are there without being typed.
_BUILT_IN: Final = _built_in(BUILT_IN)
_BUILT_IN_94: Final = _built_in(BUILT_IN_94)


def _stop(errors: list[ConfigError], surplus: int = 0) -> None:
    """Raise, if there are errors: in the order of their lines, each once."""
    if not errors:
        return
    told = {(e.line, e.column, e.message): e for e in reversed(errors)}
    shown = [told[key] for key in sorted(told)]
    more = max(0, len(shown) - ERRORS_MOST) + surplus
    rest = [ConfigError(f"{more} further errors are not shown")] if more else []
    raise ConfigErrors(shown[:ERRORS_MOST] + rest)
