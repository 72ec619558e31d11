"""The goals of the price, and the table of what was measured against them.

Knows: each row's goal, medians of ratios, how history becomes a table and a plot.
Does not know: how anything is measured.
Called by: table.py, and by the test that holds the page to the newest history.
"""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
HISTORY: Final = Path(__file__).with_name("history")
PAGE: Final = ROOT / "docs" / "internals" / "performance.md"
BUILDS: Final = ("mailward", "compiled")
BEGIN: Final = "<!-- bench/table.py: begin -->"
END: Final = "<!-- bench/table.py: end -->"


@dataclass(frozen=True)
class Goal:
    """One row: what is done, beside whom, and the ratio that is wanted."""

    key: str
    work: str
    against: str
    most: float


GOALS: Final = (
    Goal("sessions/haproxy", "one 1 KB mail a session", "HAProxy TCP", 1.00),
    Goal("sessions/nginx", "one 1 KB mail a session", "nginx stream", 1.10),
    Goal("sessions/nginx-mail", "one 1 KB mail a session", "nginx mail proxy", 0.90),
    Goal("servers/best", "one 1 KB mail a session", "the best SMTP proxy", 0.45),
    Goal("chain/haproxy", "many mails over one session", "HAProxy TCP", 1.10),
    Goal("pipelined/haproxy", "the same, pipelined", "HAProxy TCP", 1.10),
    Goal("bulk/haproxy", "40 MB mails, body and MIME rules", "HAProxy TCP", 1.25),
    Goal("tls/haproxy", "after STARTTLS, passed through", "HAProxy splice", 1.10),
    Goal("latency/haproxy", "latency added to an idle session", "HAProxy TCP", 1.50),
    Goal("memory/nginx", "memory of an idle connection", "nginx stream", 1.50),
    Goal("patterns/itself", "1,000 patterns, groups of 10,000", "itself without", 1.05),
)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios, round by round."""
    return median(mine / its for mine, its in zip(ours, theirs, strict=True))


def best(ratios: dict[str, float]) -> float:
    """The ratio to the cheapest of several peers: the greatest one."""
    return max(ratios.values())


def slope(points: list[tuple[float, float]]) -> float | None:
    """How much dearer the last step was than the first one, each by its own
    length: 1 is linear, more bends upwards; None if nothing grows by a tenth."""
    (x0, y0), (x1, y1) = points[0], points[len(points) // 2]
    x2, y2 = points[-1]
    first, last = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    if y2 < y0 * 1.1:
        return None
    return last / first if first > 0 else float("inf")


def told(value: float | None, most: float) -> str:
    """Reached, missed, or not measured."""
    if value is None:
        return "not measured"
    return "reached" if round(value, 2) <= most else "missed"


_NAMES: Final = ("interpreted", "compiled")
#: How the costs of a row are told: so many of its unit, digits, the unit.
_UNITS: Final = {
    "bulk": (1.0, 2, "ns"),
    "tls": (1.0, 2, "ns"),
    "latency": (1e3, 2, "ms"),
    "memory": (1.0, 1, "kB"),
}
#: Who is no SMTP proxy.
_RELAYS: Final = ("direct", "haproxy", "nginx", *BUILDS)


def cost(history: dict[str, Any], goal: Goal, build: str = "") -> str:
    """What the work costs a build, or without one the peer; empty if unknown."""
    row, peer = goal.key.split("/")
    costs = history.get("costs", {}).get(row, {})
    if build:
        found = costs.get(build)
    elif peer == "best":
        found = min([c for n, c in costs.items() if n not in _RELAYS], default=None)
    else:
        found = costs.get("itself mailward" if peer == "itself" else peer)
    if found is None:
        return ""
    many, digits, unit = _UNITS.get(row, (1.0, 0, "µs"))
    return f"{found * many:.{digits}f} {unit}"


def table(history: dict[str, Any]) -> str:
    """The table as Markdown."""
    lines = [
        "| work | against | its cost | goal | interpreted | | compiled | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for goal in GOALS:
        cells = []
        for build in BUILDS:
            value = history["ratios"].get(build, {}).get(goal.key)
            ours = cost(history, goal, build)
            cell = "–" if value is None else f"{value:.2f}"
            cells += [f"{cell} ({ours})" if ours else cell, told(value, goal.most)]
        lines.append(
            f"| {goal.work} | {goal.against} | {cost(history, goal)} | "
            f"≤ {goal.most:.2f} | " + " | ".join(cells) + " |"
        )
    return "\n".join(lines)


def growth(history: dict[str, Any]) -> str:
    """How the cost of a session grows, as Markdown."""
    lines = [
        "| number of | least | most | one more, among many to among few |",
        "|---|---|---|---|",
    ]
    for name, points in history["growth"].items():
        (x0, y0), (x2, y2) = points[0], points[-1]
        bend = slope(points)
        lines.append(
            f"| {name} | {x0:,.0f}: {y0:,.0f} µs | {x2:,.0f}: {y2:,.0f} µs | "
            + ("does not grow |" if bend is None else f"{bend:.2f} |")
        )
    return "\n".join(lines)


def section(history: dict[str, Any]) -> str:
    """What stands between the marks of the page."""
    about = "; ".join(f"{key} {value}" for key, value in history["machine"].items())
    left = "".join(f"\n* Left out: {line}" for line in history["left out"])
    plots = "![cost against goals](performance-goals.svg)"
    if history["growth"]:
        plots += (
            "\n\nThe engine alone, interpreted, by the number of what a session or its "
            f"policy has; 1 is linear:\n\n{growth(history)}\n\n"
            "![growth](performance-growth.svg)"
        )
    return (
        f"Measured on {history['date']}, {history['rounds']} alternating rounds, "
        f"medians of ratios. {about}.\n\n{table(history)}\n{left}\n\n{plots}\n"
    )


def placed(page: str, text: str) -> str:
    """The page with this between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}{END}{after}"


def newest() -> dict[str, Any] | None:
    """The last history, if there is any."""
    files = sorted(HISTORY.glob("*.json"))
    found: dict[str, Any] | None = json.loads(files[-1].read_text()) if files else None
    return found


def bars(history: dict[str, Any]) -> str:
    """Each measured ratio as a bar, with its goal as a stroke."""
    rows, step, left, wide = [], 34, 380, 360
    top = 3.0
    for at, (build, name) in enumerate(zip(BUILDS, _NAMES, strict=True)):
        begins = left + 110 * at
        place = f'x="{begins}" y="6" width="9" height="9"'
        rows.append(f'<rect {place} class="{build}"/>')
        rows.append(f'<text x="{begins + 14}" y="15">{name}</text>')
    rows.append(f'<path d="M{left + 220} 4v14" class="goal"/>')
    rows.append(f'<text x="{left + 228}" y="15">goal</text>')
    for number, goal in enumerate(GOALS):
        y = 30 + number * step
        name = escape(f"{goal.work} / {goal.against}")
        rows.append(f'<text x="{left - 8}" y="{y + 16}" class="r">{name}</text>')
        for at, build in enumerate(BUILDS):
            value = history["ratios"].get(build, {}).get(goal.key)
            if value is not None:
                width = min(max(value, 0.0), top) / top * wide
                place = f'x="{left}" y="{y + 2 + at * 11}"'
                rows.append(
                    f'<rect {place} width="{width:.1f}" height="9" class="{build}"/>'
                    f'<text x="{left + width + 4:.1f}" y="{y + 10 + at * 11}">'
                    f"{value:.2f}</text>"
                )
        x = left + goal.most / top * wide
        rows.append(f'<path d="M{x:.1f} {y}v24" class="goal"/>')
    return svg(left + wide + 60, 40 + len(GOALS) * step, rows)


def curves(growth: dict[str, list[tuple[float, float]]]) -> str:
    """Cost against number, a small drawing for each kind of number."""
    rows = []
    for number, (name, points) in enumerate(growth.items()):
        x0, y0 = 50 + number % 3 * 260, 160 + number // 3 * 200
        most_x = max(x for x, _ in points) or 1
        most_y = max(y for _, y in points) or 1
        line = " ".join(
            f"{x0 + x / most_x * 200:.1f},{y0 - y / most_y * 120:.1f}"
            for x, y in points
        )
        rows += [
            f'<path d="M{x0} {y0 - 125}V{y0}h205" class="axis"/>',
            f'<polyline points="{line}"/>',
            f'<text x="{x0}" y="{y0 - 130}">{escape(name)}: {most_y:,.0f} µs</text>',
            f'<text x="{x0 + 200}" y="{y0 + 14}" class="r">{most_x:,.0f}</text>',
        ]
    return svg(810, 200 * ((len(growth) + 2) // 3) + 10, rows)


def svg(wide: int, high: int, rows: list[str]) -> str:
    """A drawing."""
    style = (
        "text{font:11px sans-serif}.r{text-anchor:end}.mailward{fill:#4477aa}"
        ".compiled{fill:#66ccee}.goal{stroke:#cc3311;stroke-width:2}"
        ".axis,polyline{fill:none;stroke:#444}polyline{stroke:#4477aa;stroke-width:2}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}">\n'
        f"<style>{style}</style>\n"
        '<rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(rows)
        + "\n</svg>\n"
    )


def render(history: dict[str, Any]) -> None:
    """Page and drawings of one history."""
    PAGE.write_text(placed(PAGE.read_text(), section(history)))
    (PAGE.parent / "performance-goals.svg").write_text(bars(history))
    if history["growth"]:
        growth = {name: [(x, y) for x, y in p] for name, p in history["growth"].items()}
        (PAGE.parent / "performance-growth.svg").write_text(curves(growth))
