"""A toy language for the tests of this house: a kitchen.

Three modes, every token, every construction; nothing of mail in it.
"""

from typing import Final

from mailward.lang.grammar import Grammar
from mailward.lang.rows import IGNORED, KEPT, NEVER, LineRow, Mode
from mailward.lang.tokens import (
    Address,
    Choice,
    Maybe,
    Name,
    Number,
    OneOf,
    Quoted,
    Ref,
    Rest,
    Word,
)

KITCHEN: Final = Mode("kitchen", "config", "configure")
MENU: Final = Mode("menu", "config-menu", "kitchen-menu", KITCHEN)
DISH: Final = Mode("dish", "config-menu-d", "kitchen-menu-dish", MENU)

SPICE: Final = LineRow(
    "spice",
    KITCHEN,
    (
        Word("spice", "Name a spice"),
        Name("name", "Name of the spice", 12),
        Quoted("smell", "What it smells of", 40),
    ),
    doc="Names a spice.",
    key=2,
    defines=(("name", "spice"),),
)
MENU_LINE: Final = LineRow(
    "menu",
    KITCHEN,
    (Word("menu", "Define a menu"), Name("name", "Name of the menu")),
    enters=MENU,
    defines=(("name", "menu"),),
)
MENU_DAY: Final = LineRow(
    "menu type day",
    KITCHEN,
    (
        Word("menu", "Define a menu"),
        Word("type", "Of a type"),
        Word("day", "Of one day"),
        Name("name", "Name of the menu"),
    ),
    enters=MENU,
    status=KEPT,
)
SERVE: Final = LineRow(
    "serve",
    KITCHEN,
    (
        Word("serve", "Serve a menu"),
        Ref("menu", "menu", "Name of a menu"),
        OneOf(
            (
                (Word("everywhere", "In all rooms"),),
                (Word("room", "In one room"), Number("room", 1, 40, "The room")),
            )
        ),
        Maybe((Word("quietly", "Without a bell", name="quiet"),)),
    ),
    doc="Serves a menu.",
    key=2,
)
DOOR: Final = LineRow(
    "door",
    KITCHEN,
    (
        Word("door", "A door to the kitchen"),
        Maybe((Word("extended", "A word of no weight"),)),
        Choice("verdict", (("open", "Let in"), ("shut", "Keep out"))),
        OneOf(
            (
                (Word("any", "Anybody", name="any"),),
                (
                    Word("host", "One guest"),
                    Address("host", "Address of the guest"),
                ),
                (
                    Address("base", "Address of guests", 4),
                    Address("mask", "Mask of guests", 4),
                ),
            )
        ),
        Maybe(
            (
                Word("at", "At an hour"),
                OneOf(
                    (
                        (Choice("hour", (("noon", "At 12"), ("dusk", "At 18"))),),
                        (Number("hour", 0, 23, "The hour"),),
                    )
                ),
            )
        ),
    ),
)
NOTE: Final = LineRow(
    "note",
    KITCHEN,
    (Word("note", "Take a note"), Rest("text", "The note", 60)),
    status=IGNORED,
    key=NEVER,
)
LAMP: Final = LineRow(
    "lamp",
    KITCHEN,
    (
        Word("lamp", "A lamp"),
        Maybe((Number("watts", 1, 100, "How bright"),)),
    ),
    key=1,
)
DISH_LINE: Final = LineRow(
    "dish", MENU, (Word("dish", "A dish"), Name("name", "Its name")), enters=DISH
)
MENU_NOTE: Final = LineRow(
    "note of a menu",
    MENU,
    (Word("note", "Note on the menu"), Rest("text", "The note", 60)),
    key=1,
)
COURSES: Final = LineRow(
    "courses",
    MENU,
    (
        Word("courses", "The courses"),
        Choice(
            "courses",
            (("soup", "A soup"), ("sorbet", "An ice"), ("roast", "A roast")),
            many=True,
            aliases=(("broth", "soup"),),
        ),
        Maybe((Word("twice", "Of each two", name="twice"),)),
    ),
)
HEAT: Final = LineRow(
    "heat over",
    DISH,
    (
        Word("heat", "Limit the heat"),
        Word("length", "How long"),
        Word("gt", "More than"),
        Number("limit", 1, 4294967295, "In seconds"),
    ),
)
HEAT_LINE: Final = LineRow(
    "heat line over",
    DISH,
    (
        Word("heat", "Limit the heat"),
        Word("line", "In a line of pots"),
        Word("length", "How long"),
        Word("gt", "More than"),
        Number("limit", 1, 4294967295, "In seconds"),
    ),
)
USE: Final = LineRow(
    "use",
    DISH,
    (
        Word("use", "Use spices"),
        OneOf(
            (
                (Word("class", "A class"), Ref("class", "class", "Name of a class")),
                (Ref("spice", "spice", "Name of a spice"),),
            )
        ),
    ),
)
ACT: Final = LineRow(
    "act",
    DISH,
    (
        OneOf(
            (
                (
                    Word("drop", "Throw it away", name="drop"),
                    Maybe((Word("log", "Write it down", name="log"),)),
                ),
                (Word("log", "Write it down", name="log"),),
            )
        ),
    ),
)
PLATE: Final = LineRow(
    "plate", DISH, (Word("plate", "On a plate"), Number("size", 1, 1, "Its size"))
)

ROWS: Final = (
    SPICE,
    MENU_LINE,
    MENU_DAY,
    SERVE,
    DOOR,
    NOTE,
    LAMP,
    DISH_LINE,
    MENU_NOTE,
    COURSES,
    HEAT,
    HEAT_LINE,
    USE,
    ACT,
    PLATE,
)
GRAMMAR: Final = Grammar(ROWS)


def known(kind: str) -> tuple[str, ...]:
    """Names that exist; one of them is a keyword, one an abbreviation."""
    return {"spice": ("class", "c", "pepper"), "menu": ("lunch", "late")}.get(kind, ())
