"""The lines that a program prints, read as they come and waited for.

Knows: one stream, one thread that reads it.
Does not know: what is written there.
Called by: the Postfix and the gateway of the acceptance tests.
"""

import re
import threading
from time import monotonic
from typing import IO, final


@final
class Lines:
    """Everything a stream has said, by line; waiting instead of sleeping."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for raw in self._stream:
            with self._news:
                self._lines.append(raw.decode("utf-8", "replace").rstrip("\r\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def mark(self) -> int:
        """Where the next line will stand."""
        with self._news:
            return len(self._lines)

    def text(self, since: int = 0) -> list[str]:
        """The lines so far."""
        with self._news:
            return self._lines[since:]

    def found(self, pattern: str, since: int = 0) -> list[str]:
        """What the pattern (its group 1, if it has one) found, line by line."""
        return [
            m[1] if m.lastindex else m[0]
            for line in self.text(since)
            if (m := re.search(pattern, line))
        ]

    def wait(
        self, pattern: str, *, since: int = 0, timeout: float = 60, count: int = 1
    ) -> str:
        """The line in which the pattern is found (for the `count`th time), once
        it is there."""
        until = monotonic() + timeout
        at = since
        with self._news:
            while True:
                while at < len(self._lines):
                    count -= re.search(pattern, self._lines[at]) is not None
                    if count == 0:
                        return self._lines[at]
                    at += 1
                left = until - monotonic()
                if self._ended or left <= 0 or not self._news.wait(left):
                    if at < len(self._lines):
                        continue
                    said = "\n".join(self._lines[since:][-40:])
                    raise AssertionError(f"{pattern!r} never came; what came:\n{said}")

    def ended(self, timeout: float) -> bool:
        """Has the writer closed the stream, now or within the time?"""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Let go of a stream that has ended."""
        if self.ended(10):
            self._stream.close()
