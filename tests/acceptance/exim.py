"""A real Exim for a while, in a layer of its own.

Knows: how Debian's Exim is configured to take everything into one Maildir.
Does not know: mailward; how a layer is made.
Called by: the fixture in conftest.
"""

from pathlib import Path
from typing import Final, final

from tests.acceptance.layers import Layer, until
from tests.acceptance.postfix import free_port

CONFIG: Final = """\
primary_hostname = mail.example.com
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
spool_directory = /srv/spool
log_file_path = /srv/log/%slog
exim_path = /usr/sbin/exim4
qualify_domain = example.com
keep_environment =
host_lookup =
tls_advertise_hosts =
rfc1413_query_timeout = 0s
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
message_size_limit = 0
acl_smtp_rcpt = accept
acl_smtp_data = content
begin acl
content:
  deny condition = ${{if match{{$rh_Subject:}}{{unwanted}}}}
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = /srv/box
  maildir_format
  user = Debian-exim
  return_path_add
"""

WORK: Final = """\
user Debian-exim 800
mkdir /srv/spool /srv/log /srv/box
touch /srv/log/mainlog
chown -R Debian-exim:Debian-exim /srv/spool /srv/log /srv/box
tail -f /srv/log/mainlog &
exim4 -C /srv/exim.conf -bdf
"""


@final
class Exim:
    """One Exim on a loopback port; it refuses what has `unwanted` in its subject,
    at the end of data."""

    def __init__(self) -> None:
        self.port = free_port()
        self._layer = Layer("exim", {"exim.conf": CONFIG.format(port=self.port)}, WORK)
        self.log = self._layer.log
        try:
            self.log.wait(r"daemon started", timeout=60)
        except BaseException:
            self.stop()
            raise
        self._idle = self._layer.processes()

    def mails(self) -> list[Path]:
        """The files of the mails that were delivered."""
        return sorted((self._layer.shared / "box" / "new").glob("*"))

    def quiet(self) -> None:
        """Wait until no session is open and no mail is on its way: Exim has a
        process for each of both."""
        until(lambda: self._layer.processes() <= self._idle, 60, "Exim comes to rest")

    def stop(self) -> None:
        """End it and everything it started; remove its files."""
        self._layer.stop()
