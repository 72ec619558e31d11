"""mailward as a transparent firewall in the test bed.

Knows: `network up`, `run --transparent`, the one capability that it needs.
Does not know: mail.
Called by: the acceptance tests of transparent mode.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, final

from tests.acceptance.bed import FIREWALL, Bed
from tests.acceptance.gateway import COMMAND, mailward
from tests.acceptance.lines import Lines
from tests.processes import status

INTERFACES: Final = """\
interface outside0
 nameif outside
 security-level 0
interface inside0
 nameif inside
 security-level 100
interface dmz0
 nameif dmz
 security-level 50
access-list OPEN extended permit tcp any any
access-group OPEN in interface outside
access-group OPEN in interface dmz
"""
#: Nobody's user number, on every Debian.
NOBODY: Final = 65534

#: Whatever goes to port 25 is inspected, under the default map.
POLICY: Final = """\
class-map SMTP
 match port tcp eq 25
policy-map POLICY
 class SMTP
  inspect esmtp
service-policy POLICY global
"""


def capabilities() -> tuple[str, ...]:
    """What the relay may: CAP_NET_RAW.  Where only root can read Python itself,
    reading too, which is no matter of the network."""
    folder = Path(sys.base_prefix)
    open_to_all = all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))
    return ("net_raw",) if open_to_all else ("net_raw", "dac_read_search")


def unprivileged(*more: str) -> tuple[str, ...]:
    """The words that run a command as nobody, with just that, and more."""
    granted = ",".join(f"+{name}" for name in (*capabilities(), *more))
    number = str(NOBODY)
    return (
        *("setpriv", "--reuid", number, "--regid", number, "--clear-groups"),
        *("--inh-caps", f"-all,{granted}", "--ambient-caps", f"-all,{granted}"),
        *("--bounding-set", f"-all,{granted}"),
    )


@final
class Firewall:
    """`mailward run --transparent` in the firewall of a bed, under a policy that
    follows the interfaces; rules and routes are put in force before.

    `transparent` false: no more than `mailward run CONFIG`, with the policy as the
    whole configuration."""

    def __init__(
        self, bed: Bed, policy: str, *more: str, transparent: bool = True
    ) -> None:
        self.bed = bed
        self._transparent = transparent
        self._folder = tempfile.TemporaryDirectory(prefix="mailward-")
        base = Path(self._folder.name)
        os.chown(base, NOBODY, NOBODY)
        base.chmod(0o755)
        self.control = base / "control.sock"
        self.config = base / "firewall.cfg"
        words = [*COMMAND, "run", str(self.config), "--control", str(self.control)]
        if transparent:
            self.config.write_text(INTERFACES + policy)
            self.up()
            words = [*unprivileged(), *words, "--transparent"]
        else:
            self.config.write_text(policy)
            words = [*unprivileged("net_bind_service"), *words]
        self.config.chmod(0o644)
        self.process = bed.start(FIREWALL, [*words, *more], stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.log = Lines(self.process.stdout)
        self.said = Lines(self.process.stderr)
        try:
            last = r"\[::1\]:28025" if transparent else ""
            self.said.wait(rf"listening on {last}", timeout=60)
        except BaseException:
            self.stop()
            raise

    def configure(self, policy: str) -> None:
        """Another policy behind the interfaces, in the file; nobody is told."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(INTERFACES + policy)
        fresh.chmod(0o644)
        fresh.rename(self.config)

    def up(self) -> None:
        """Rules and routes by the configuration as it is now."""
        self.bed.run(FIREWALL, *COMMAND, "network", "up", str(self.config))

    def diverted(self) -> dict[str, int]:
        """How many connections were diverted, by interface, and under `""` how
        many packets were dropped."""
        listed = self.bed.run(
            FIREWALL, "nft", "-j", "list", "table", "inet", "mailward"
        )
        out: dict[str, int] = {}
        for item in json.loads(listed.stdout)["nftables"]:
            rule = item.get("rule", {})
            if not rule.get("chain", "").startswith("take_"):
                continue
            packets = sum(
                part["counter"]["packets"] for part in rule["expr"] if "counter" in part
            )
            name = rule.get("comment", "")
            out[name] = out.get(name, 0) + packets
        return out

    def effective(self) -> set[int]:
        """The numbers of the capabilities that the relay's process has."""
        mask = int(status(self.process.pid)["CapEff"], 16)
        return {number for number in range(64) if mask >> number & 1}

    def show(self, *words: str) -> str:
        """What a show command prints."""
        answer = mailward("show", "--control", str(self.control), *words)
        assert (answer.returncode, answer.stderr) == (0, "")
        return answer.stdout

    def stop(self) -> int:
        """End it politely, take rules and routes away; its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(60)
        self.log.close()
        self.said.close()
        if self._transparent:
            self.bed.run(FIREWALL, *COMMAND, "network", "down")
        self._folder.cleanup()
        return code
