"""Probes: how a gateway does, over HTTP.

Knows: when a gateway lives, and when it is ready.
Does not know: HTTP, names of metrics.
Called by: `cli.gateway`.

It lives while this answers.  It is ready while every worker accepts connections
under a policy and nothing is being drained.
"""

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, final

from mailward.cli.entrances import one_socket
from mailward.cli.files import fail, notice
from mailward.drivers.tcp import Place, bound
from mailward.fleet.sockets import Sockets
from mailward.fleet.web import Page, serve

if TYPE_CHECKING:
    from mailward.fleet.metrics import Sight


@final
class Probes:
    """All of one gateway; none without a place."""

    def __init__(
        self, place: Place | None, sockets: Sockets, sight: Callable[[], "Sight"]
    ) -> None:
        self._sight = sight
        self._server: asyncio.Server | None = None
        self._socket = None
        if place is not None:
            if find_spec("prometheus_client") is None:
                fail(
                    "--metrics needs the extra `metrics`: pip install "
                    "'mailward[metrics]'"
                )
            self._socket = one_socket(sockets, "metrics", place)

    async def open(self) -> None:
        """Answer."""
        if self._socket is not None:
            pages = {
                "/livez": self._live,
                "/readyz": self._ready,
                "/metrics": self._metrics,
            }
            # The server closes what it is given; the socket itself may be left to
            # another program.
            self._server = await serve(self._socket.dup(), pages)
            notice(f"metrics on {bound(self._socket)}")

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()

    async def _live(self) -> Page:
        return Page(200, b"live\n")

    async def _ready(self) -> Page:
        sight = self._sight()
        if sight.draining:
            return Page(503, b"draining\n")
        if sight.workers_up < sight.workers:
            text = f"{sight.workers_up} of {sight.workers} workers\n"
            return Page(503, text.encode())
        return Page(200, b"ready\n")

    async def _metrics(self) -> Page:
        from mailward.fleet.metrics import CONTENT_TYPE, exposed

        return Page(200, exposed(self._sight()), CONTENT_TYPE)
