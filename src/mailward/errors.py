"""Errors of the administrator, with their place.

Knows: how a mistake in a configuration is told: file, line, column, caret,
what would have been right.
Does not know: the language in which it was made.
Called by: lang, rex, config; printed by cli and console.
"""


class MailwardError(Exception):
    """The base of everything mailward raises on purpose."""


class ConfigError(MailwardError):
    """One mistake in one configuration line.

    `line` and `column` count from 1 (column 0: the line as a whole), `text` is
    the line as typed, `expected` what would have been right at the column.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        text: str = "",
        expected: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.text = text
        self.expected = expected

    def render(self, file: str) -> str:
        """`file:line:column: error: …`, the line, a caret, what would be right."""
        out = [f"{file}:{self.line}:{max(self.column, 1)}: error: {self.message}"]
        if self.text:
            out.append(f"  {self.text}")
            if self.column:
                out.append("  " + " " * (self.column - 1) + "^")
        if self.expected:
            out.append("  expected: " + ", ".join(self.expected))
        return "\n".join(out)


class ConfigErrors(MailwardError):
    """All mistakes of one configuration, in the order of its lines."""

    def __init__(self, errors: "list[ConfigError]") -> None:
        super().__init__("; ".join(e.message for e in errors))
        self.errors = errors
