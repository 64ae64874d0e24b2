"""What import-linter cannot say."""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("bot", "model", "export")
EVERYTHING = (*SHIPPED, "tests")

MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_FUNCTION = 40
NAMES_FOR_NOTHING = {"util", "utils", "helper", "helpers", "common"}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ------------------------------------------------------------------ names and sizes


def test_no_module_is_named_for_nothing() -> None:
    named = {
        shown(path): shown(path.with_suffix("")).replace("/", "_").split("_") for path in sources(*EVERYTHING)
    }
    assert [path for path, words in named.items() if NAMES_FOR_NOTHING.intersection(words)] == []


def test_test_files_have_names_of_their_own_and_make_no_package() -> None:
    peers = {ROOT / "tests" / "botapi", ROOT / "tests" / "redditapi"}  # imported by their folder's name
    names = Counter(path.name for path in sources("tests") if path.parent not in peers)
    assert [name for name, times in names.items() if times > 1 and name != "conftest.py"] == []
    assert "__init__.py" not in names


def test_files_are_small_rooms() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*SHIPPED)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_IN_A_FILE} == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of every function from its `def` to its end, its docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            contract = lines(node.body[0]) if ast.get_docstring(node) else 0
            yield f"{shown(path)}:{node.name}", lines(node) - contract


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_small() -> None:
    lengths = [found for path in sources(*SHIPPED) for found in functions(path)]
    assert {name: length for name, length in lengths if length > MOST_LINES_IN_A_FUNCTION} == {}


# ------------------------------------------------------------------ the domain


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*above, node.module or "")).rstrip(".")


@pytest.mark.parametrize("path", sources("bot/domain"), ids=shown)
def test_the_domain_is_plain_python(path: Path) -> None:
    foreign = [
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith("bot.domain.")
    ]
    assert foreign == []


# ------------------------------------------------------------------ nothing happens at import

WATCH_IMPORTS = """
import importlib, json, os, pkgutil, sys
from pathlib import Path

root = Path(sys.argv[1])
happened = []
OURS = (str(root), os.getcwd())
SEEN = ("socket.__new__", "_thread.start_new_thread", "_thread.start_joinable_thread", "subprocess.Popen",
        "sqlite3.connect")

def watch(event, args):
    if event in SEEN:
        # urllib3 looks whether this machine speaks IPv6: a socket that nothing is sent by
        if event != "socket.__new__" or not called_by("urllib3.util.connection"):
            happened.append(event)
    elif event == "open" and isinstance(args[0], str):
        writes = args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        # Python reads sources, byte code and lists of folders; nobody else has anything to read yet
        data = args[0].startswith(OURS) and ".venv" not in args[0] and not args[0].endswith((".py", ".pyc"))
        if (writes or data) and not args[0].startswith("/dev/"):
            happened.append(f"open {args[0]}")

def called_by(module):
    frame = sys._getframe()
    while frame and frame.f_globals["__name__"] != module:
        frame = frame.f_back
    return frame is not None

def copied_by_python():
    # wsgiref, which a library imports, copies the whole environment
    return called_by("wsgiref.handlers")

class Environment(type(os.environ)):
    def __getitem__(self, name):
        if name.startswith("SOLACE_") and not copied_by_python():
            happened.append(f"environment {name}")
        return super().__getitem__(name)

os.environ.__class__ = Environment
sys.addaudithook(watch)
for package in ("bot", "model"):
    importlib.import_module(package)
    for module in pkgutil.walk_packages([str(root / package)], package + "."):
        importlib.import_module(module.name)
print(json.dumps({"imported": sum(name.split(".")[0] in ("bot", "model") for name in sys.modules),
                  "happened": sorted(set(happened))}))
"""


def python(code: str, *arguments: str, cwd: Path) -> str:
    """What a fresh interpreter prints, started in an empty folder with a SOLACE_ variable set."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOLACE_LOG_LEVEL": "info",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_happens_at_import(tmp_path: Path) -> None:
    found = json.loads(python(WATCH_IMPORTS, str(ROOT), cwd=tmp_path))
    assert found["happened"] == []
    assert found["imported"] > len(sources("bot/domain"))
    assert list(tmp_path.iterdir()) == []


LIST_HEAVY = """
import json, sys
from bot.__main__ import main

sys.argv = ["solace", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
HEAVY = {"onnxruntime", "tokenizers", "numpy", "sqlalchemy", "alembic", "fastapi", "uvicorn"}
print()
print(json.dumps(sorted(HEAVY & sys.modules.keys())))
"""


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    printed = python(LIST_HEAVY, cwd=tmp_path)
    assert "solace" in printed
    assert json.loads(printed.splitlines()[-1]) == []
