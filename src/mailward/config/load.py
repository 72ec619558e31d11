"""Load: text to everything that a gateway needs; the one call others use.

Knows: the order of the steps, and that all errors are told at once.
Does not know: files.
Called by: cli, drivers (reload), testing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from mailward.config.check import oddities, undefined
from mailward.config.compile import Compiler, compat_of
from mailward.config.factory import BUILT_IN, BUILT_IN_94
from mailward.config.lines import Block
from mailward.config.modes import CONFIG
from mailward.config.names import Compiled
from mailward.config.objects import GRAMMAR
from mailward.config.running import Counts, Running
from mailward.config.unknown import keeper
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.script import Script
from mailward.policy.gate import Gate

#: No more errors are told at once.
ERRORS_MOST: Final = 100


@final
@dataclass(frozen=True)
class Loaded:
    """A configuration ready for use: what was typed, what the data plane
    obeys, the security level of each named interface, what is odd (errors as
    data, by line), and how many lines were honoured, kept and ignored."""

    running: Running
    gate: Gate
    levels: Mapping[str, int]
    warnings: tuple[ConfigError, ...]
    lines: Counts


def load(text: str) -> Loaded:
    """Read, check and compile a configuration.

    The text is complete as it stands: no factory policy is added to it; only
    the names of the factory are known.  Raises ConfigErrors.
    """
    script = Script(GRAMMAR, CONFIG, text, keeper(text))
    running = Running(_BUILT_IN)
    running.take(script.lines)
    if compat_of(running).default_tls:
        running.factory = _BUILT_IN_94
    errors: list[ConfigError] = [*script.errors, *running.errors]
    names = Compiled(running)
    errors += names.mistakes()
    if not errors:
        errors += undefined(running)
    _stop(errors, script.surplus)
    compiler = Compiler(running, names)
    _stop(compiler.errors)
    warnings = [*names.warnings(), *oddities(running, compiler.gate)]
    warnings.sort(key=lambda warning: (not warning.line, warning.line))
    return Loaded(
        running=running,
        gate=compiler.gate,
        levels=compiler.levels,
        warnings=tuple(warnings),
        lines=running.counts,
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
