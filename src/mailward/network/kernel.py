"""The kernel: rules and routes put in force, and taken away, as one.

Knows: the program nft, the order of the steps, what to say of a machine that
lacks something.
Does not know: configurations, options.
Called by: the command `network`.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from mailward.network import routes
from mailward.network.nft import TABLE, removal, rules
from mailward.network.plan import NetworkError, Plan

#: What of nftables the rules need, each alone: the first that fails is named.
_NEEDS: Final = (
    ("nf_tables", "chain x { type filter hook prerouting priority mangle; }"),
    ("fib (nft_fib_inet)", "chain x { fib daddr oifname lo accept; }"),
    ("socket (nft_socket)", "chain x { socket transparent 1 accept; }"),
    (
        "tproxy (nft_tproxy)",
        "chain x { meta l4proto tcp tproxy ip to 127.0.0.1:1 accept; }",
    ),
)
_NET_ADMIN: Final = 12
_WHERE: Final = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_SECONDS: Final = 60


def up(plan: Plan) -> None:
    """Put the plan in force in place of any other.  Raises NetworkError, and
    then everything is as it was."""
    able()
    _devices(plan)
    text = rules(plan)
    _rehearse(text)
    made = routes.add()
    try:
        _nft(text)
    except NetworkError:
        routes.undo(made)
        raise


def down() -> None:
    """Take away the rules, then the routes; no harm if there are none."""
    able()
    _nft(removal())
    routes.remove()


def table() -> str:
    """Our table as the kernel has it, with its counters; empty: there is none."""
    able()
    done = _run(["list", "table", *TABLE.split()])
    return done.stdout if done.returncode == 0 else ""


def able() -> None:
    """Raises NetworkError where this process may not, or nft is not there."""
    status = Path("/proc/self/status").read_text()
    effective = int(status.split("CapEff:")[1].split()[0], 16)
    if not effective >> _NET_ADMIN & 1:
        raise NetworkError("this needs the capability CAP_NET_ADMIN: run it as root")
    _program()


def _devices(plan: Plan) -> None:
    """Every device of the plan must be there."""
    present = routes.devices()
    for name, device in plan.devices.items():
        if device not in present:
            raise NetworkError(
                f"interface {name}: this machine has no device {device}; say which "
                f"is meant: mailward interface {name} LINUXNAME"
            )


def _rehearse(text: str) -> None:
    """The kernel's own opinion, before anything is changed."""
    try:
        _nft(text, "--check")
    except NetworkError:
        for what, line in _NEEDS:
            trial = _run(
                ["--check", "--file", "-"], f"table inet mailward_trial {{ {line} }}\n"
            )
            if trial.returncode:
                raise NetworkError(f"this kernel has no {what}") from None
        raise


def _nft(text: str, *options: str) -> None:
    done = _run([*options, "--file", "-"], text)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "rror" in line]
        raise NetworkError(f"nft: {(said or [done.stderr.strip()])[0]}")


def _run(words: list[str], text: str = "") -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [_program(), *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NetworkError(f"nft: {error}") from error


def _program() -> str:
    found = shutil.which("nft", path=_WHERE)
    if found is None:
        raise NetworkError("the program nft is not installed (Debian: nftables)")
    return found
