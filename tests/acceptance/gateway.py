"""mailward as its user runs it: a process, a port, a log, a control socket.

Knows: the command line and what `run` prints when it listens.
Does not know: what stands inside.
Called by: the fixture in conftest, the acceptance tests.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, final

from tests.acceptance.lines import Lines

COMMAND: Final = (sys.executable, "-m", "mailward")


def mailward(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@final
class Gateway:
    """`mailward run` on a free loopback port in front of `upstream`."""

    def __init__(self, upstream: int, config: str = "", *more: str) -> None:
        # A short folder: a socket's path has 108 octets.
        self._folder = tempfile.TemporaryDirectory(prefix="mailward-")
        base = Path(self._folder.name)
        self.control = base / "control.sock"
        words = ["run"]
        if config:
            file = base / "gateway.cfg"
            file.write_text(config)
            words.append(str(file))
        words += ["--listen", "127.0.0.1:0", "--upstream", f"127.0.0.1:{upstream}"]
        words += ["--control", str(self.control), *more]
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.log = Lines(self.process.stdout)
        self.said = Lines(self.process.stderr)
        try:
            line = self.said.wait(r"listening on", timeout=60)
        except BaseException:
            self.stop()
            raise
        self.port = int(line.split("listening on ")[1].split(",")[0].rsplit(":", 1)[1])

    def show(self, *words: str) -> str:
        """What a show command on this gateway prints."""
        answer = mailward("show", "--control", str(self.control), *words)
        assert (answer.returncode, answer.stderr) == (0, "")
        return answer.stdout

    def records(self, since: int, client: int) -> list[str]:
        """The numbers of the records since `since` of the client at this port, once
        its connection has ended; that of another may have ended only then."""
        of = rf".*[ /:]127\.0\.0\.1/{client}\b"
        self.log.wait(rf"302014:{of}", since=since)
        return self.log.found(rf"%\w+-\d-(\d+):{of}", since)

    def stop(self) -> int:
        """End it politely; its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(60)
        self.log.close()
        self.said.close()
        self._folder.cleanup()
        return code
