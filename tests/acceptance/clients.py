"""Mail programs, run as their users run them.

Knows: how a program is started and what it may say.
Does not know: which program, which server.
Called by: the acceptance tests.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.postfix import SBIN, Postfix

FROM = "alice@example.org"
TO = "bob@example.com"


def attempted(
    *words: str, content: bytes = b"", home: Path | None = None
) -> tuple[int, str]:
    """A client's exit code and its own output; skips where it is not installed."""
    if shutil.which(words[0], path=SBIN) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(
        words,
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": SBIN, "HOME": str(home or "/nonexistent")},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode("latin-1")


def run(*words: str, content: bytes = b"", home: Path | None = None) -> str:
    """The output of a client that succeeds."""
    code, told = attempted(*words, content=content, home=home)
    assert code == 0, told
    return told


def queue_ids(postfix: Postfix, since: int, count: int = 1) -> list[str]:
    """The queue ids of the mails that Postfix took since a line of its log."""
    postfix.log.wait(r"qmgr\[\d+\]: \w+: removed", since=since, count=count)
    return postfix.log.found(r"cleanup\[\d+\]: (\w+): message-id=", since)
