"""End: what a flow asks of one side of a connection.

Knows: the six things that can be done to a side.
Does not know: sockets, loops, captures; each driver fills them in.
Called by: `drivers.flow`; implemented by the drivers and by the fakes of tests.
"""


class End:
    """One side of a connection.  Nothing here raises, whatever its state.

    After `close` or `abort` the flow hears no more of this end; what still
    arrives is the end's own to throw away.
    """

    __slots__ = ()

    def write(self, octets: bytes) -> None:
        """Send, or keep; tell the flow `full` when too much is kept."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop reading: what the speaker sends stays in the kernels."""
        raise NotImplementedError

    def resume(self) -> None:
        """Read again."""
        raise NotImplementedError

    def finish(self) -> None:
        """Flush, then FIN; reading goes on."""
        raise NotImplementedError

    def close(self) -> None:
        """Flush, then FIN: an orderly end, even if the speaker talks on."""
        raise NotImplementedError

    def abort(self) -> None:
        """RST, now."""
        raise NotImplementedError
