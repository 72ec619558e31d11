"""Claims about `mailward.console.commands`: saving, and what goes back."""

import stat
from collections.abc import Callable
from pathlib import Path

from mailward.config.load import load
from mailward.console.gateway import Gateway
from mailward.console.session import Session
from tests.unit.console.gateways import CONFIG, gateway


def saved(tmp_path: Path) -> tuple[Gateway, Path]:
    """A gateway that was started with a file."""
    file = tmp_path / "gateway.cfg"
    file.write_text(CONFIG)
    file.chmod(0o600)
    state = gateway()
    state.file = str(file)
    return state, file


def test_what_is_saved_loads_again(tmp_path: Path) -> None:
    """In one step, with the mode of the file, through a link, and again and
    again the same; every spelling of the command does it."""
    state, file = saved(tmp_path)
    link = tmp_path / "link.cfg"
    link.symlink_to(file)
    state.file = str(link)
    session = Session(state)
    session.line("conf t")
    session.line("hostname gw")
    for command in ("write memory", "wr", "copy running-config startup-config"):
        done, text = session.line(command)
        assert done
        assert text.startswith("Building configuration...\nCryptochecksum: ")
        assert text.endswith(" secs\n[OK]\n")
    assert session.line("copy /noconfirm run start")[0]
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "gateway.cfg",
        "link.cfg",
    ]
    again = load(file.read_text())
    assert again.running.render() == (
        f"ASA Version 9.16(4)\n{state.loaded.running.render()}"
        f"{file.read_text().splitlines()[-2]}\n"
    )
    assert session.line("show startup-config")[1] == file.read_text()
    assert session.line("show running-config")[1] == file.read_text()
    assert session.line("more system:running-config")[1] == file.read_text()
    assert session.line("write terminal")[1] == file.read_text()


def test_what_cannot_be_saved_is_told(tmp_path: Path) -> None:
    """No file, or no folder for it."""
    state = gateway()
    session = Session(state)
    why = "ERROR: the gateway was started without a configuration file\n"
    assert session.line("write") == (False, why)
    state.file = str(tmp_path / "nowhere" / "gateway.cfg")
    told = f"ERROR: {state.file}: No such file or directory\n"
    assert session.line("write") == (False, told)
    assert session.line("show startup-config") == (False, told)
    assert session.line("show configuration diff") == (False, told)


def test_a_first_file_is_closed_to_others(tmp_path: Path) -> None:
    """Where no file was, it gets the mode 0640."""
    state = gateway()
    state.file = str(tmp_path / "new.cfg")
    Session(state).line("write")
    assert stat.S_IMODE((tmp_path / "new.cfg").stat().st_mode) == 0o640


def test_the_difference_to_what_is_saved(tmp_path: Path) -> None:
    """Nothing after saving, then line by line."""
    state, file = saved(tmp_path)
    session = Session(state)
    session.line("write")
    assert session.line("show configuration diff") == (True, "")
    session.line("conf t")
    session.line("hostname gw")
    lines = session.line("show configuration diff")[1].splitlines()
    assert [line for line in lines if line[0] in "+-"] == [
        "--- startup",
        "+++ running",
        "+hostname gw",
    ]
    file.write_text(f"enable  passw sesame\n{CONFIG}")
    session.line("enable password sesame")
    lines = session.line("show configuration diff")[1].splitlines()
    assert [line for line in lines[2:] if line[0] in "+-"] == ["+hostname gw"]
    file.write_text("policy-map type inspect esmtp M\n nonsense\n")
    lines = session.line("show configuration diff")[1].splitlines()
    assert "- nonsense" in lines
    session.line("access-list a remark caf\u00e9 \u201cquoted\u201d\xa0too")
    saying = state.loaded.running.render()
    file.write_bytes(saying.encode("cp1252"))
    assert session.line("show configuration diff") == (True, "")
    assert "caf\u00e9 \u201c" in session.line("show startup-config")[1]
    state.file = ""
    assert "+hostname gw" in session.line("show configuration diff")[1]


class Later:
    """Remembers what shall be called later."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, call: Callable[[], None]) -> None:
        """Remember it."""
        self.calls.append((seconds, call))


def test_unconfirmed_changes_go_back() -> None:
    """All since `configure terminal`, those after `commit confirmed` too."""
    state, later = gateway(), Later()
    state.later = later
    before = state.loaded
    session = Session(state)
    for line in ("conf t", "hostname gw", "commit confirmed 5", "hostname gx"):
        assert session.line(line)[0]
    assert state.host == "gx"
    ((seconds, call),) = later.calls
    call()
    assert seconds == 300.0
    assert state.loaded is before


def test_confirmed_changes_stay() -> None:
    """`commit` in time; a timer that was replaced does nothing; a later change
    goes back only to the last `commit`."""
    state, later = gateway(), Later()
    state.later = later
    session = Session(state)
    for line in ("conf t", "hostname gw", "commit confirmed 5", "commit confirmed 9"):
        session.line(line)
    later.calls[0][1]()
    assert state.host == "gw"
    assert session.line("commit")[1] == "INFO: the changes stay\n"
    later.calls[1][1]()
    assert state.host == "gw"
    assert session.line("commit") == (True, "")
    session.line("hostname gx")
    assert session.line("commit confirmed 1")[1] == (
        "INFO: the changes are undone in 1 minute without `commit`\n"
    )
    later.calls[2][1]()
    assert state.host == "gw"


def test_pages_are_of_this_session() -> None:
    """`terminal pager`, with and without `lines`, and its `no`; no width
    wraps anything."""
    session = Session(gateway())
    session.line("terminal pager 7")
    assert session.desk.pager == 7
    session.line("terminal pager lines 9")
    assert session.desk.pager == 9
    session.line("no terminal pager")
    assert session.desk.pager == 0
    assert session.line("conf t")[0]
    assert session.line("terminal width 511") == (True, "")
    assert session.desk.width == 511


def test_a_regex_is_tried() -> None:
    """Found, not found, and no regex at all; in every mode."""
    session = Session(gateway())
    matched = "INFO: Regular expression match succeeded.\n"
    assert session.line("test regex doggonnit d.g")[1] == matched
    session.line("configure terminal")
    assert session.line('test regex " a b" "^ a"')[1] == matched
    assert session.line("test regex cats CATS")[1] == (
        "INFO: Regular expression match failed.\n"
    )
    assert session.line("test regex a (b")[1].startswith("ERROR: ")
