"""`regex` and `class-map type regex`: patterns and classes of patterns.

Knows: the lines that name patterns.
Does not know: the dialect of the patterns (`rex`), who asks them.
Called by: `config.objects`, `config.compile`.
"""

from typing import Final

from mailward.config.modes import CONFIG, REGEX_CLASS
from mailward.config.objects.base import CLASS_MAPS, REGEXES, ObjectRow
from mailward.criteria.words import REGEX as REGEX_KIND
from mailward.criteria.words import REGEX_CLASS as REGEX_CLASS_KIND
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Name, Quoted, Ref, Rest, Word
from mailward.rex.dialect import PATTERN_MOST

REGEX: Final = ObjectRow(
    LineRow(
        "regex",
        CONFIG,
        (
            Word("regex", "Define a regular expression"),
            Name("name", "Name of the regular expression", 40),
            Quoted("pattern", "The regular expression", PATTERN_MOST),
        ),
        doc="Names a regular expression. Patterns are searched anywhere in the text "
        "and letter case counts.",
        key=2,
        defines=(("name", REGEX_KIND),),
    ),
    section=REGEXES,
)

CLASS: Final = ObjectRow(
    LineRow(
        "class-map type regex",
        CONFIG,
        (
            Word("class-map", "Define a class"),
            Word("type", "Of a special type"),
            Word("regex", "A class of regular expressions"),
            Word("match-any", "Any of the regular expressions is enough"),
            Name("name", "Name of the class", 128),
        ),
        doc="A class of regular expressions; it matches if any of them does.",
        enters=REGEX_CLASS,
        defines=(("name", REGEX_CLASS_KIND),),
    ),
    section=CLASS_MAPS,
    rank=0,
)

MEMBER: Final = ObjectRow(
    LineRow(
        "match regex",
        REGEX_CLASS,
        (
            Word("match", "Add to the class"),
            Word("regex", "A regular expression"),
            Ref("regex", REGEX_KIND, "Name of a regular expression"),
        ),
        doc="Adds a regular expression to the class.",
    ),
    rank=1,
)

DESCRIPTION: Final = ObjectRow(
    LineRow(
        "description of a regex class",
        REGEX_CLASS,
        (
            Word("description", "Describe the class"),
            Rest("text", "The description", 200),
        ),
        doc="A text for the reader.",
        key=1,
    ),
)

PATTERNS: Final = (REGEX, CLASS, DESCRIPTION, MEMBER)
