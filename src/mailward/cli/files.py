"""Configuration files, and how an administrator is told what is wrong.

Knows: standard error, exit code 1.
Does not know: options, what a configuration means.
Called by: the commands beside it.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mailward.errors import ConfigErrors, MailwardError

if TYPE_CHECKING:
    from mailward.config.load import Loaded


def read_config(config: str) -> "Loaded":
    """Load a file; without a name the factory default.

    Raises ConfigErrors, MailwardError for what is no text, OSError.
    """
    from mailward.config.factory import FACTORY
    from mailward.config.load import load, load_file, text_of

    if not config:
        return load(FACTORY)
    octets = Path(config).read_bytes()
    if b"\0" in octets:
        raise MailwardError("not a configuration: it holds NUL octets")
    return load_file(text_of(octets))


def loaded_or_exit(config: str, text: str | None = None) -> "Loaded":
    """The configuration, its warnings told; or its mistakes and exit code 1.
    `text` stands for what the file holds."""
    from mailward.config.load import load

    try:
        loaded = read_config(config) if text is None else load(text)
    except (OSError, MailwardError) as error:
        tell(config, error)
        sys.exit(1)
    warn(config, loaded)
    return loaded


def tell(config: str, error: Exception) -> None:
    """Why a configuration was not loaded."""
    if isinstance(error, ConfigErrors):
        for mistake in error.errors:
            print(mistake.render(config), file=sys.stderr, flush=True)
    elif isinstance(error, OSError):
        notice(f"{config}: {error.strerror}")
    else:
        notice(f"{config}: {error}")


def warn(config: str, loaded: "Loaded") -> None:
    """What a configuration holds that is lawful and strange."""
    for warning in loaded.warnings:
        told = warning.render(config or "factory default")
        print(told.replace(": error: ", ": warning: ", 1), file=sys.stderr, flush=True)


def notice(text: str) -> None:
    """One line for the operator."""
    print(f"mailward: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """One line, and exit code 1."""
    notice(text)
    sys.exit(1)
