"""The fields of a story in JSON: the reference's tables.

Knows: what each field means.
Does not know: where its value comes from.
Called by: scripts (docs/reference), tests.
"""

from typing import Final

_EVENTS: Final = (
    "`says`, `closes`, `waits` (the clock moves on) or `lacks` (octets are not in the "
    "capture, or were not kept)"
)
_PHASES: Final = (
    "what the client's octets were before it: `commands`, `body`, `exchange` (of "
    "AUTH), `opaque` (TLS), `uninspected`"
)

#: The first object: whose story it is.
HEAD: Final = (
    ("client", "`interface:address/port` of the client"),
    ("server", "the same of the server"),
    ("inspected", "whether an inspection was in force"),
    ("place", "`global` or the interface whose policy it was"),
    ("policy_map", "the policy map"),
    ("class", "the class map that selected the connection"),
    ("map", "the inspection map"),
    ("monitor", "whether it only watches live mail; what follows is told as if not"),
    ("records", "audit lines of its beginning"),
)
#: One object for each step.
STEP: Final = (
    ("step", "counts from 1"),
    ("line", "line of the dialogue file, 0 where there is none"),
    ("at", "seconds since the connection stood"),
    ("speaker", "`client` or `server`"),
    ("event", _EVENTS),
    ("phase", _PHASES),
    ("octets", "how many were said"),
    ("lines", "how many lines; more than one where nothing is told of them"),
    ("sent", "what was said, escaped and cut, as far as it may be shown"),
    ("hidden", "octets behind it that are not shown: secrets, or not kept"),
    ("unchanged", "whether the other side received just that"),
    ("forwarded", "what it received instead; null if unchanged"),
    ("forwarded_octets", "how many it received"),
    ("freed", "what had been held and went to the server now, escaped and cut"),
    ("freed_octets", "how many octets those are"),
    ("held", "whether octets of the client wait afterwards"),
    ("looks", "rules and parameters that looked at it, in the order of judgement"),
    ("notes", "what was done without a rule, a sentence each"),
    ("records", "audit lines that followed"),
    ("verdict", "`pass`, `drop` or `reset`: the one in force afterwards"),
)
#: Each object of `looks`.
LOOK: Final = (
    ("class", "place of the rule in its map; absent for a parameter"),
    ("match", "the match line; absent for a parameter"),
    ("parameter", "name of the parameter; absent for a rule"),
    ("action", "its action, as typed"),
    ("saw", "what it looked at: octets, escaped, or a number"),
    ("holds", "whether it held, `not` included"),
    ("times", "how often in this step"),
)
#: The last object: how it ended.
END: Final = (
    ("verdict", "`pass`, `drop` or `reset`"),
    ("rule", "`map`, `class`, `match` and `action` of the rule that ended it, or null"),
    ("parameter", "the parameter that ended it, or null"),
    ("why", "the reason in a sentence"),
    ("records", "audit lines of its end"),
)


#: `mailward replay --json`, each session that would change.
CHANGED: Final = (
    ("file", "the capture in which it begins, or the dialogue file"),
    ("session", "number of its first packet, over all captures as they are read"),
    ("client", "`address:port`"),
    ("server", "`address:port`"),
    ("before", "what the one policy does: see below"),
    ("after", "what the other does"),
    ("step", "the first line that they treat otherwise, counted from 1"),
    ("speaker", "who says it"),
    ("phase", "as above"),
    ("sent", "the line, escaped and cut, as far as it may be shown"),
)
#: Its `before` and `after`.
SIDE: Final = (
    ("verdict", "`pass`, `drop` or `reset`"),
    ("map", "the inspection map, null where nothing is inspected"),
    ("to_client", "octets that the client receives in all"),
    ("to_server", "octets that the server receives in all"),
    ("acted", "the rule or parameter that acted at that line (a look), or null"),
    ("why", "what is done there, in a sentence"),
)
#: The last object of `mailward replay --json`.
SUMMARY: Final = (
    ("sessions", "how many there were"),
    ("changed", "how many would change"),
    ("turns", "those by their verdicts: `pass -> drop` and so on"),
    ("unchanged", "the others by their verdict"),
    ("uninspected", "those that neither policy inspects"),
    ("cut", "those that were too long, and are compared in part"),
    ("troubles", "files that could not be read, or not to their ends"),
)


def page() -> str:
    """The page of the reference."""
    out = [
        "# Stories in JSON",
        "",
        "`mailward trace --json` prints one object a line: whose story it is, each",
        "step, how it ended. `mailward replay --json` prints one for each session that",
        "would change, and a last one that counts. A secret is never among the values.",
        "",
    ]
    for title, rows in (
        ("The first object", HEAD),
        ("Each step", STEP),
        ("Each of its `looks`", LOOK),
        ("The last object", END),
        ("replay: each session that would change", CHANGED),
        ("replay: its `before` and `after`", SIDE),
        ("replay: the last object", SUMMARY),
    ):
        out += [f"## {title}", "", "| field | meaning |", "|---|---|"]
        out += [f"| `{name}` | {meaning} |" for name, meaning in rows]
        out.append("")
    return "\n".join(out)
