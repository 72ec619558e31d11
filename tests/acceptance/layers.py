"""Another mail server beside the machine's own: unpacked, never installed.

Knows: Debian packages, overlay mounts, private mount and process namespaces.
Does not know: which server it is, nor mail.
Called by: the Exim and the OpenSMTPD of the acceptance tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final, final

from tests.acceptance.lines import Lines
from tests.processes import children, members

#: Where scripts/system-packages leaves what it fetched, a folder per server.
FETCHED: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "mailward"
    / "servers"
)

#: Runs as the first process of its own process namespace, and stays: when it
#: ends, the kernel ends all others.  The mounts end with the last of them.
#: The tmpfs is the upper layer, for an overlay inside its own lower layer fails.
MOUNTS: Final = r"""
set -eu
base=$1 debs=$2 work=$3
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$base/layer"
cd "$base/layer"
mkdir new upper work root
for deb in "$debs"/*.deb; do
    # None: the machine itself has the server.
    [ ! -e "$deb" ] || dpkg-deb -x "$deb" new
done
for name in bin sbin lib; do
    if [ -d new/$name ] && [ -L /$name ]; then
        mkdir -p new/usr/$name
        cp -a new/$name/. new/usr/$name/
        rm -r new/$name
    fi
done
cp -a new/. upper/
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount -t tmpfs tmpfs root/tmp
mount --bind "$base/shared" root/srv
cd /
chroot "$base/layer/root" sh -euc "$work" &
wait $!
"""

#: user NAME NUMBER: a service user and its group, in the layer only.
USER: Final = r"""
user() {
    grep -q "^$1:" /etc/group || echo "$1:x:$2:" >>/etc/group
    grep -q "^$1:" /etc/passwd ||
        echo "$1:x:$2:$2::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
}
"""

#: An address that no test calls from.
VISITOR: Final = "127.0.0.9"
ISOLATED: Final = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
)


def knock(port: int, log: Lines, pattern: str) -> None:
    """Call a server as nobody else does, from VISITOR, until its log has told of it
    (`pattern`): then it has told of all that was before."""
    before = len(log.found(pattern))
    with (
        socket.create_connection(("127.0.0.1", port), 20, (VISITOR, 0)) as visitor,
        visitor.makefile("rb") as said,
    ):
        said.readline()
        visitor.sendall(b"QUIT\r\n")
        said.read()
    log.wait(pattern, count=before + 1)


def until(settled: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something that announces itself nowhere has come to pass."""
    end = monotonic() + seconds
    while not settled():
        if monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} seconds")
        sleep(0.02)


def why_not(server: str) -> str:
    """Why this server cannot be started here; empty when it can."""
    if os.getuid() != 0:
        return f"{server} needs root: it runs in a layer of its own"
    for name in ("setpriv", "unshare", "dpkg-deb"):
        if shutil.which(name) is None:
            return f"{server} needs {name} to be unpacked"
    if not (FETCHED / server / ".whole").exists():
        return f"{server} was not fetched (scripts/system-packages does)"
    trial = subprocess.run([*ISOLATED, "true"], capture_output=True, check=False)
    if trial.returncode != 0:
        return f"{server} needs a mount namespace; this machine gives none"
    return ""


@final
class Layer:
    """A shell program, started above the machine's own files, which it cannot
    change; it sees `shared` as /srv."""

    def __init__(self, server: str, files: dict[str, str], work: str) -> None:
        self.base = Path(tempfile.mkdtemp(prefix=f"mailward-{server}-"))
        self.base.chmod(0o755)
        self.shared = self.base / "shared"
        (self.base / "layer").mkdir()
        self.shared.mkdir()
        for name, text in files.items():
            (self.shared / name).write_text(text)
        self.process = subprocess.Popen(
            [
                *(*ISOLATED, "sh", "-c", MOUNTS, server),
                *(str(self.base), str(FETCHED / server), USER + work),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.log = Lines(self.process.stdout)

    def processes(self) -> int:
        """How many processes live in the layer now."""
        return len(members(self.process.pid))

    def stop(self) -> None:
        """End everything in the layer; remove its files."""
        # `unshare` ends when its child has, and that is when all others have.
        for pid in children(self.process.pid) or [self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.log.close()
            shutil.rmtree(self.base)
