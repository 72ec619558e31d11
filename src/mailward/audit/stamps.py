"""Stamps: moments as text, each second's made once.

Knows: the three ways in which a log tells the time, all UTC.
Does not know: records, what time it is.
Called by: `audit.dress`, `audit.ecs`.
"""

from collections.abc import Callable
from datetime import UTC, datetime  # noqa: TID251 - audit alone formats times
from typing import Final, final

_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def legacy(second: int) -> str:
    """`Apr 29 2013 12:59:50`: `logging timestamp`."""
    when = datetime.fromtimestamp(second, UTC)
    return f"{_MONTHS[when.month - 1]} {when:%d %Y %H:%M:%S}"


def rfc5424(second: int) -> str:
    """`2018-06-27T12:17:46Z`: `logging timestamp rfc5424`."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


def unzoned(second: int) -> str:
    """`2018-06-27T12:17:46`, for a fraction to follow."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"


@final
class Stamp:
    """A form whose text is made once for each second.

    Records of one second follow each other, so one text is enough.
    """

    __slots__ = ("_form", "_second", "_text")

    def __init__(self, form: Callable[[int], str]) -> None:
        self._form = form
        self._second = -1
        self._text = ""

    def of(self, time: float) -> str:
        """The text for seconds since the epoch."""
        second = int(time)
        if second != self._second:
            self._text = self._form(second)
            self._second = second
        return self._text


@final
class Precise:
    """`2018-06-27T12:17:46.250Z`: to the millisecond."""

    __slots__ = ("_stamp",)

    def __init__(self) -> None:
        self._stamp = Stamp(unzoned)

    def of(self, time: float) -> str:
        """The text for seconds since the epoch."""
        return f"{self._stamp.of(time)}.{int(time % 1 * 1000):03}Z"
