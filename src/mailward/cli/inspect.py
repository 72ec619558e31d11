"""The command `inspect`: what the firewall would have done to captures.

Knows: its options as they are typed, colours, the bar, exit codes.
Does not know: how captures are read, what of a session is told.
Called by: `mailward.cli`.
"""

import json as json_
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from mailward.cli.explain import From, To

if TYPE_CHECKING:
    from mailward.cli.crew import Crew, End, Job, Told
    from mailward.drivers.capture.feed import Named
    from mailward.drivers.capture.rewrite import Edit

#: From so many octets on all cores are put to work.
_MUCH: Final = 64 << 20
#: The least memory that is of use.
_LEAST: Final = 8 << 20
_UNITS: Final = {"": 0, "k": 10, "m": 20, "g": 30}
_STYLES: Final = {"head": "bold", "bad": "bold red", "audit": "magenta"}


def inspect(
    captures: Annotated[
        list[str],
        typer.Argument(
            help="Captures (pcap, pcapng, packed by gzip or zstd), folders and "
            "patterns of them; `-` is standard input.",
            metavar="CAPTURE...",
        ),
    ],
    config: Annotated[
        str,
        typer.Option(
            help="A configuration of the appliance's; without one the factory "
            "default applies to every session of mail, whatever its port.",
            metavar="CONFIG",
            show_default=False,
        ),
    ] = "",
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a session.")
    ] = False,
    write: Annotated[
        str,
        typer.Option(
            help="Write the traffic as it would have been behind the firewall; "
            "a name that ends in .pcapng gives that.",
            metavar="OUT.pcap",
            show_default=False,
        ),
    ] = "",
    client_interface: From = "outside",
    server_interface: To = "inside",
    port: Annotated[
        int,
        typer.Option(
            help="The server's port that policies see; 0: the one of the capture.",
            min=0,
            max=65535,
            show_default=False,
        ),
    ] = 0,
    workers: Annotated[
        int,
        typer.Option(
            help="Processes; 0: as many as there are cores, where there is much to "
            "read.",
            min=0,
        ),
    ] = 0,
    memory: Annotated[
        str,
        typer.Option(help="What conversations may take in all.", metavar="SIZE"),
    ] = "256M",
    log_level: Annotated[
        str, typer.Option(help="The least severe level of audit lines.")
    ] = "informational",
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Mails and audit lines of every session."),
    ] = False,
) -> None:
    """What the inspection would have done to the mail in captures.

    Exit code 0: nothing would have been ended; 1: something; 2: a capture or CONFIG
    cannot be read, or not to its end (the sessions found so far are told).
    """
    from mailward.audit.rows import LEVEL_NAMES
    from mailward.cli.crew import Job
    from mailward.drivers.capture.feed import STANDARD_INPUT, CaptureError, found

    if log_level not in LEVEL_NAMES:
        raise typer.BadParameter(f"'{log_level}' is none of {', '.join(LEVEL_NAMES)}")
    if write and STANDARD_INPUT in captures:
        raise typer.BadParameter("--write reads captures twice: no standard input")
    budget = _size(memory)
    try:
        names = found(captures)
    except CaptureError as error:
        _trouble(str(error))
    text, rated = _policy(config)
    if write and any(Path(n.path).absolute() == Path(write).absolute() for n in names):
        _trouble(f"{write}: is one of the captures")
    job = Job(
        names=tuple(names),
        config=text,
        client_interface=client_interface,
        server_interface=server_interface,
        port=port or (0 if config else 25),
        level=LEVEL_NAMES.index(log_level),
        budget=budget,
        chronicle=json or verbose,
        edits=bool(write),
        audit=not json,
        whole=verbose,
    )
    sys.exit(
        _run(job, _crew_size(workers, names, rated), as_json=json, write=write,
             verbose=verbose)
    )  # fmt: skip


def add(app: typer.Typer) -> None:
    """Make it a command of the command line."""
    app.command()(inspect)


def _run(job: "Job", workers: int, *, as_json: bool, write: str, verbose: bool) -> int:
    """Read, tell, write; the exit code."""
    from mailward.cli.crew import Crew
    from mailward.cli.sessions import Totals

    totals = Totals()
    edits: list[Edit] = []
    if workers > 1:
        crew: Crew | _Alone = Crew(job, workers)
    else:
        crew = _Alone(job)
    show = _shown(as_json=as_json, verbose=verbose)
    try:
        with _bar(crew, job.names) as move:
            for one in crew:
                move()
                totals.add(one.document)
                if one.edit is not None:
                    edits.append(one.edit)
                show(one)
    except KeyboardInterrupt:
        crew.stop()
        return 130
    except BrokenPipeError:  # whoever read has had enough
        crew.stop()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    if not as_json:
        _print_lines(totals.lines())
    sys.stdout.flush()
    troubled = _tell_end(crew.end)
    if write and not _write(job, edits, write):
        troubled = True
    if troubled:
        return 2
    return 1 if totals.verdicts["drop"] + totals.verdicts["reset"] else 0


class _Alone:
    """One process: this one."""

    def __init__(self, job: "Job") -> None:
        from mailward.cli.crew import End
        from mailward.drivers.capture.census import Census

        self._job = job
        self.taken = 0
        self.end: End = End(Census())

    def __iter__(self) -> "Iterator[Told]":
        import gc

        from mailward.cli.crew import At, End, work

        # What has been imported stays; what sessions leave is in no circles.
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)
        for said in work(self._job):
            if isinstance(said, At):
                self.taken = said.taken
            elif isinstance(said, End):
                self.end = said
            else:
                yield said

    def stop(self) -> None:
        """Nothing to stop."""


def _policy(config: str) -> tuple[str, bool]:
    """The configuration as text, and whether any of its rules has a rate: then one
    process counts for all, or its mistakes and exit code 2."""
    from mailward.cli.files import read_config, tell, warn
    from mailward.errors import MailwardError

    try:
        loaded = read_config(config)
    except (OSError, MailwardError) as error:
        tell(config, error)
        sys.exit(2)
    warn(config, loaded)
    rated = any(
        rule.rate for one in loaded.gate.attachments for rule in one.inspection.rules
    )
    return loaded.running.render(), rated


def _crew_size(workers: int, names: "list[Named]", rated: bool) -> int:
    """How many processes."""
    from mailward.drivers.capture.feed import STANDARD_INPUT

    if rated or any(name.path == STANDARD_INPUT for name in names):
        return 1
    if workers:
        return workers
    return (os.cpu_count() or 1) if _total(names) >= _MUCH else 1


def _total(names: "list[Named] | tuple[Named, ...]") -> int:
    """The octets of the files."""
    total = 0
    for name in names:
        try:
            total += Path(name.path).stat().st_size
        except OSError:
            continue
    return total


def _shown(*, as_json: bool, verbose: bool) -> "Callable[[Told], None]":
    """How a session is shown."""
    from mailward.cli.sessions import lines

    def as_object(told: "Told") -> None:
        sys.stdout.write(json_.dumps(told.document, ensure_ascii=False) + "\n")

    def as_lines(told: "Told") -> None:
        _print_lines(lines(told.document, told.audit, whole=verbose))

    return as_object if as_json else as_lines


def _print_lines(lines: Iterator[tuple[str, str]]) -> None:
    """Lines for people, in colours on a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{text}\n" for text, _ in lines)
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    for text, sort in lines:
        console.print(text, style=_STYLES.get(sort, ""))


def _tell_end(end: "End") -> bool:
    """What was noticed on the way; was there trouble?"""
    from mailward.cli.files import notice

    census = end.census
    if census.wrong:
        notice(
            f"{census.wrong} segments of mail have wrong checksums, as where the card "
            "computes them (offload); they were inspected all the same"
        )
    for count, what in (
        (census.cut, "segments of mail were cut short by the capture (snap length)"),
        (census.pieces, "datagrams in fragments never became whole"),
        (census.foreign, "packets of a link that is not known here"),
        (census.astray, "segments far outside of their connection were left out"),
        (census.evicted, "sessions were given up for want of memory (--memory)"),
        (end.passed_over, "files are no captures"),
    ):
        if count:
            notice(f"{count} {what}")
    for trouble in end.troubles:
        notice(trouble)
    return bool(end.troubles)


def _write(job: "Job", edits: "list[Edit]", write: str) -> bool:
    """`--write`; did it go well?"""
    from mailward.cli.files import notice
    from mailward.drivers.capture.feed import CaptureError
    from mailward.drivers.capture.rewrite import Rewriter
    from mailward.drivers.capture.writer import Writer

    try:
        with Path(write).open("wb") as file:
            rewriter = Rewriter(job.names, edits, Writer(file, write))
            rewriter.run()
    except (CaptureError, OSError) as error:
        notice(str(error))
        return False
    if rewriter.left:
        notice(f"{rewriter.left} packets in fragments were left as they were")
    return True


def _size(text: str) -> int:
    """`256M` in octets."""
    number = text.rstrip("kKmMgG")
    unit = text[len(number) :].lower()
    if not number.isascii() or not number.isdigit() or unit not in _UNITS:
        raise typer.BadParameter(f"'{text}' is no size (as 512M, 2G)")
    size = int(number) << _UNITS[unit]
    if size < _LEAST:
        raise typer.BadParameter(f"'{text}' is too little: 8M at least")
    return size


def _trouble(text: str) -> NoReturn:
    from mailward.cli.files import notice

    notice(text)
    sys.exit(2)


@contextmanager
def _bar(
    crew: "Crew | _Alone", names: "tuple[Named, ...]"
) -> "Iterator[Callable[[], None]]":
    """A bar on long work, on a terminal only."""
    total = _total(names)
    if total < _MUCH or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(binary_units=True), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.update(task, completed=crew.taken)
