"""What one configuration has and another has not.

Knows: rendered lines, and the lines around them that say where they stand.
Does not know: what a line means.
Called by: console (`show configuration diff`).
"""

from difflib import SequenceMatcher

from mailward.config.running import Running


def difference(before: Running, after: Running) -> list[str]:
    """The lines that went, behind a minus, and those that came, behind a plus,
    each below the lines that enclose it, behind a blank."""
    old, new = _lines(before), _lines(after)
    out: list[str] = []
    path: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag != "equal":
            for mark, some in (("-", old[low:high]), ("+", new[start:end])):
                for line in some:
                    path = _told(out, path, mark, line)
    return out


def _lines(running: Running) -> list[tuple[str, ...]]:
    """Each line of the rendered text behind those that enclose it."""
    out: list[tuple[str, ...]] = []
    path: list[str] = []
    for line in running.render().splitlines():
        if line == "!":
            continue
        depth = len(line) - len(line.lstrip())
        path = [*path[:depth], line.rstrip()]
        out.append(tuple(path))
    return out


def _told(
    out: list[str], path: list[str], mark: str, line: tuple[str, ...]
) -> list[str]:
    """Tell one line, and what encloses it unless that was told before."""
    for depth, outer in enumerate(line[:-1]):
        if path[depth : depth + 1] != [outer]:
            out.append(f" {outer}")
            path = [*path[:depth], outer]
    out.append(f"{mark}{line[-1]}")
    return [*line]
