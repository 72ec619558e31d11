"""The hot files hold nothing that changes its meaning when it is compiled."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.house.sources import sources

DECORATORS: Final = frozenset(
    {
        "final",
        "dataclass",
        "property",
        "setter",
        "staticmethod",
        "classmethod",
        "override",
        "mypyc_attr",
    }
)
DYNAMIC: Final = frozenset(
    {"getattr", "setattr", "delattr", "vars", "eval", "exec", "globals", "__import__"}
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def offences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every offence of one file: its line and what it is."""
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.ClassDef):
            yield from _class(node, id(node) in top)
        if isinstance(node, Function | ast.ClassDef):
            for decorator in node.decorator_list:
                if _last(decorator) not in DECORATORS:
                    yield line, f"decorator {_last(decorator)}"
        if isinstance(node, Function) and node.args.kwarg:
            yield line, "**" + node.args.kwarg.arg
        if isinstance(node, ast.Yield | ast.YieldFrom):
            yield line, "generator"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield line, "coroutine"
        if isinstance(node, ast.Global):
            yield line, "global"
        if isinstance(node, ast.Call) and _last(node.func) in DYNAMIC:
            yield line, _last(node.func)
        if isinstance(node, ast.Attribute) and node.attr == "__dict__":
            yield line, "__dict__"


def _class(node: ast.ClassDef, at_top: bool) -> Iterator[tuple[int, str]]:
    if not at_top:
        yield node.lineno, f"nested or conditional class {node.name}"
    if node.keywords:
        yield node.lineno, f"metaclass or keyword in class {node.name}"
    born = _declared(node)
    for method in node.body:
        if isinstance(method, Function) and method.name != "__init__":
            for line, name in _assigned(method):
                if name not in born:
                    yield line, f"attribute {name} born outside __init__"


def _declared(node: ast.ClassDef) -> set[str]:
    """The attributes a class has from birth: slots, annotations, __init__,
    properties."""
    born: set[str] = set()
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            born.add(_last(statement.target))
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                born.add(_last(target))
                if _last(target) == "__slots__":
                    born |= set(ast.literal_eval(statement.value))
        elif isinstance(statement, Function) and statement.name == "__init__":
            born |= {name for _, name in _assigned(statement)}
        elif isinstance(statement, Function) and statement.decorator_list:
            born.add(statement.name)  # a property
    return born


def _assigned(method: Function) -> Iterator[tuple[int, str]]:
    for node in ast.walk(method):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            yield node.lineno, node.attr


def _last(node: ast.AST) -> str:
    """The last name of a name, an attribute or a call of one."""
    if isinstance(node, ast.Call):
        return _last(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_hot_files_are_closed() -> None:
    """No hot file holds a construction that compiling would change."""
    found = [
        f"src/mailward/{source.path}:{line}: {what}"
        for source in sources()
        if source.hot
        for line, what in offences(source.tree)
    ]

    assert found == []


def test_there_are_hot_files() -> None:
    """The list above names files that exist."""
    assert [s.path for s in sources() if s.hot] != []


def test_the_test_sees_an_offence() -> None:
    """Each construction of the list is recognised."""
    bad = """
@cache
def f(**kw):
    global x
    yield getattr(kw, "a")

if x:
    class A(metaclass=M):
        def __init__(self):
            self.a = 1
        def g(self):
            self.b = self.__dict__

class B:
    __slots__ = ("c",)
    d: int
    def h(self):
        self.c = self.d = 1

async def k():
    await f()
"""

    assert sorted(what for _, what in offences(ast.parse(bad))) == [
        "**kw",
        "__dict__",
        "attribute b born outside __init__",
        "coroutine",
        "coroutine",
        "decorator cache",
        "generator",
        "getattr",
        "global",
        "metaclass or keyword in class A",
        "nested or conditional class A",
    ]


def test_what_is_not_compiled_says_nothing_by_its_class() -> None:
    """A class that is not compiled, below one that is: compiled code reads the
    object, and would not hear a value that stands in the class."""
    compiled = {
        name for source in sources() if source.hot for name in _opened(source.tree)
    }
    said = [
        f"src/mailward/{source.path}:{node.lineno}: {ast.unparse(node)}"
        for source in sources()
        if not source.hot
        for kind in ast.walk(source.tree)
        if isinstance(kind, ast.ClassDef) and compiled & {*map(_last, kind.bases)}
        for node in kind.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if "__slots__" not in ast.unparse(node)
    ]

    assert "Door" in compiled
    assert said == []


def _opened(tree: ast.Module) -> Iterator[str]:
    """The classes that may have others below them that are not compiled."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(
            _last(decorator) == "mypyc_attr" for decorator in node.decorator_list
        ):
            yield node.name
