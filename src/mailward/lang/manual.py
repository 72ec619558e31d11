"""Manual: rows to a page of the reference, in Markdown.

Knows: how syntax is noted: {a | b}, [optional], UPPER CASE for arguments.
Does not know: which pages there are, what rows mean beyond their own words.
Called by: the script that writes the reference; the console's help.
"""

from mailward.lang.grammar import Grammar
from mailward.lang.rows import ACTIVE, NEVER, LineRow, leaves
from mailward.lang.tokens import Choice, Leaf, Maybe, OneOf, Token, Word
from mailward.lang.words import face


def notation(tokens: tuple[Token, ...]) -> str:
    """The syntax of some tokens in one line."""
    return " ".join(map(_noted, tokens))


def page(grammar: Grammar, title: str) -> str:
    """The reference of a language: a chapter for each mode, an entry for each
    row, both in table order."""
    out = [f"# {title}", ""]
    for mode in grammar.modes:
        rows = grammar.rows_of(mode)
        if not rows:
            continue
        out += [f"## {mode.title} mode, `({mode.prompt})`", ""]
        for row in rows:
            out += entry(row)
    return "\n".join(out)


def entry(row: LineRow) -> list[str]:
    """The lines of one row's entry."""
    out = [f"### {row.kind}", "", "```", notation(row.syntax)]
    if row.key != NEVER:
        out.append(f"no {notation(row.form(True))}")
    out += ["```", ""]
    if row.doc:
        out += [row.doc, ""]
    if row.status != ACTIVE:
        out += [f"Status: {row.status}.", ""]
    if row.enters is not None:
        out += [f"Opens {row.enters.title} mode, `({row.enters.prompt})`.", ""]
    out += ["| word | values | meaning |", "|---|---|---|"]
    return [*out, *dict.fromkeys(_told(row)), ""]


def _told(row: LineRow) -> list[str]:
    out: list[str] = []
    for leaf in leaves(row.syntax):
        if isinstance(leaf, Choice):
            out += (_line(word, "", told) for word, told in leaf.words)
        elif isinstance(leaf, Word):
            out.append(_line(leaf.text, "", leaf.help))
        else:
            out.append(_line(_argument(leaf), face(leaf), leaf.help))
    return out


def _line(word: str, values: str, told: str) -> str:
    quoted = f"`{values}`" if values else ""
    return f"| `{word}` | {quoted} | {told} |"


def _noted(token: Token) -> str:
    if isinstance(token, Maybe):
        return f"[{notation(token.tokens)}]"
    if isinstance(token, OneOf):
        return "{" + " | ".join(map(notation, token.branches)) + "}"
    assert isinstance(token, Leaf)
    if isinstance(token, Choice):
        words = "{" + " | ".join(word for word, _ in token.words) + "}"
        return f"{words} [...]" if token.many else words
    return token.text if isinstance(token, Word) else _argument(token)


def _argument(leaf: Leaf) -> str:
    return leaf.name.replace("_", "-").upper()
