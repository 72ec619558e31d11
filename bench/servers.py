#!/usr/bin/env python3
"""Peers that are SMTP servers themselves, and how each is set up.

bench/servers.py aiosmtpd PORT UPSTREAM     aiosmtpd's Proxy
bench/servers.py auth PORT UPSTREAM         whom nginx's mail proxy asks
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig import HOST, PATH, Peer, cores, free_port, pinned, started

CACHE: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mailward"
)
MAIL: Final = Path("/usr/lib/nginx/modules/ngx_mail_module.so")
NGINX_MAIL: Final = """\
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx-mail.pid;
error_log {folder}/nginx-mail.log;
events {{ worker_connections 4096; }}
mail {{
    server_name bench.example;
    auth_http {host}:{auth}/auth;
    xclient off;
    server {{ listen {host}:{port} backlog=4096; protocol smtp; smtp_auth none; }}
}}
"""
PROXSMTP: Final = """\
OutAddress: {host}:{upstream}
Listen: {host}:{port}
MaxConnections: 500
TempDirectory: {folder}
"""


class Missing(Exception):
    """A peer that cannot be had, with the reason."""


def _found(name: str, package: str) -> str:
    path = shutil.which(name, path=PATH)
    if path is None:
        raise Missing(f"{name} is not installed ({package})")
    return path


def nginx_mail(stack: ExitStack, folder: Path, port: int, upstream: int) -> int:
    """nginx's mail proxy, with somebody who answers where a mail goes."""
    nginx = _found("nginx", "Debian: nginx-light")
    if not MAIL.exists():
        raise Missing("nginx has no mail module (Debian: libnginx-mod-mail)")
    relay, rest = cores()
    auth = free_port()
    words = [sys.executable, __file__, "auth", str(auth), str(upstream)]
    stack.enter_context(started(words, auth, rest))
    text = NGINX_MAIL.format(
        module=MAIL, folder=folder, host=HOST, auth=auth, port=port
    )
    (folder / "nginx-mail.conf").write_text(text)
    words = [nginx, "-p", str(folder), "-c", str(folder / "nginx-mail.conf")]
    return stack.enter_context(started(words, port, relay)).pid


def proxsmtp(stack: ExitStack, folder: Path, port: int, upstream: int) -> int:
    """proxsmtp without a filter."""
    program = _found("proxsmtpd", "Debian: proxsmtp")
    (folder / "proxsmtpd.conf").write_text(
        PROXSMTP.format(host=HOST, port=port, upstream=upstream, folder=folder)
    )
    words = [program, "-d", "1", "-f", str(folder / "proxsmtpd.conf")]
    return stack.enter_context(started(words, port, cores()[0])).pid


def emailrelay(stack: ExitStack, folder: Path, port: int, upstream: int) -> int:
    """E-MailRelay as a proxy."""
    program = _found("emailrelay", "not in every Debian")
    spool = folder / "emailrelay"
    spool.mkdir(exist_ok=True)
    words = [
        *(program, "--as-proxy", f"{HOST}:{upstream}", "--no-daemon", "--no-syslog"),
        *("--port", str(port), "--interface", HOST, "--spool-dir", str(spool)),
    ]
    return stack.enter_context(started(words, port, cores()[0])).pid


def aiosmtpd(stack: ExitStack, _: Path, port: int, upstream: int) -> int:
    """aiosmtpd with its Proxy handler."""
    words = [sys.executable, __file__, "aiosmtpd", str(port), str(upstream)]
    return stack.enter_context(started(words, port, cores()[0])).pid


def haraka(stack: ExitStack, folder: Path, port: int, upstream: int) -> int:
    """Haraka's smtp_proxy, installed by npm once."""
    node, npm = _found("node", "Debian: nodejs"), _found("npm", "Debian: npm")
    home = CACHE / "haraka"
    script = home / "node_modules" / "Haraka" / "bin" / "haraka"
    if not script.exists():
        home.mkdir(parents=True, exist_ok=True)
        words = [npm, "install", "--silent", "--omit=optional", "--prefix", str(home)]
        done = subprocess.run(
            [*words, "Haraka"], capture_output=True, timeout=240, check=False
        )
        if done.returncode or not script.exists():
            raise Missing("Haraka could not be installed by npm")
    config = folder / "haraka" / "config"
    config.mkdir(parents=True)
    for name, text in {
        "smtp.ini": f"listen={HOST}:{port}\nnodes=0\n",
        "plugins": "accept\nqueue/smtp_proxy\n",
        "smtp_proxy.ini": f"host={HOST}\nport={upstream}\n",
        "loglevel": "LOGCRIT\n",
        "me": "bench.example\n",
    }.items():
        (config / name).write_text(text)
    (folder / "haraka" / "plugins").mkdir()
    (folder / "haraka" / "plugins" / "accept.js").write_text(
        "exports.hook_rcpt = function (next) { next(OK); };\n"
    )
    # Without its own defaults for a connection it ends at the first one.
    shutil.copy(home / "node_modules/Haraka/config/connection.ini", config)
    words = [node, str(script), "-c", str(folder / "haraka")]
    return stack.enter_context(started(words, port, cores()[0])).pid


def postfix(stack: ExitStack, _: Path, port: int, upstream: int) -> int:
    """Postfix as a proxy before its queue."""
    from tests.acceptance.postfix import Postfix, why_not

    if why := why_not():
        raise Missing(why)
    settings = f"smtpd_proxy_filter = {HOST}:{upstream}\ndebug_peer_list ="
    running = Postfix(settings, [f"{HOST}:{port}"], pinned(cores()[0]))
    stack.callback(running.stop)
    return running.process.pid


Start = Callable[[ExitStack, Path, int, int], int]
SERVERS: Final[dict[str, Start]] = {
    "postfix": postfix,
    "proxsmtp": proxsmtp,
    "emailrelay": emailrelay,
    "aiosmtpd": aiosmtpd,
    "haraka": haraka,
}


def begun(
    starts: dict[str, Start], stack: ExitStack, folder: Path, sink: int
) -> Iterator[tuple[str, Peer | str]]:
    """Each peer that starts, or why it did not."""
    for name, start in starts.items():
        port = free_port()
        try:
            yield name, Peer(port, start(stack, folder, port, sink))
        except (Missing, OSError, SystemExit, subprocess.SubprocessError) as error:
            yield name, str(error).replace("\n", " ")[:200]


def serve_aiosmtpd(port: int, upstream: int) -> None:
    """Until killed."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Proxy

    Controller(Proxy(HOST, upstream), hostname=HOST, port=port).start()
    threading.Event().wait()


def serve_auth(port: int, upstream: int) -> None:
    """Tell nginx where every mail goes, until killed."""
    import socket

    answer = (
        "HTTP/1.0 200 OK\r\nAuth-Status: OK\r\n"
        f"Auth-Server: {HOST}\r\nAuth-Port: {upstream}\r\n\r\n"
    ).encode()
    with socket.create_server((HOST, port), backlog=4096) as server:
        while True:
            end, _ = server.accept()
            with end:
                if end.recv(4096):
                    end.sendall(answer)


if __name__ == "__main__":
    ways = {"aiosmtpd": serve_aiosmtpd, "auth": serve_auth}
    ways[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
