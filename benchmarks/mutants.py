"""How much of what is broken on purpose the tests notice: a random sample of mutants.

    .venv/bin/python -m benchmarks.mutants --seed 1 --sample 120 --map /tmp/covered.json

A mutant is one change to one function of `ROOMS`: a comparison turned, a bound moved by one, a statement left out. Each
runs the tests that pass through the changed line, at most `MOST` of them, in a fork of one process that has loaded the
libraries. Which tests these are is found once, by running all under a tracer (some minutes; kept in the file of
``--map``). A survivor is printed as it stands in the code, for someone to judge whether it matters.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
MOST = 12
SECONDS = 240.0
"""After these a mutant counts as caught: it hangs."""
ROOMS = {
    "record": ("pipeline/record", ("tests/record",)),
    "judging": (
        "pipeline/steps/judging pipeline/steps/judge.py",
        (
            *("tests/steps/test_judge_memory.py", "tests/steps/test_rounds.py", "tests/steps/test_developments.py"),
            *("tests/steps/test_told.py", "tests/steps/test_told_once.py", "tests/steps/test_arranging.py"),
            *("tests/steps/test_wrong.py", "tests/steps/test_figures_wanted.py", "tests/steps/test_remembering.py"),
            *("tests/steps/test_updates.py", "tests/steps/test_standins.py", "tests/steps/test_decisions_hold.py"),
        ),
    ),
    "tell": ("pipeline/tell", ("tests/tell",)),
}
LIBRARIES = ("aiohttp", "aiosmtpd.controller", "alembic", "babel", "matplotlib.figure", "sqlalchemy", "trafilatura")
QUIET = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-m", "not postgres", "--no-header")


@dataclass(frozen=True)
class Mutant:
    path: str
    line: int
    what: str
    source: str


def files_of(places: str) -> list[Path]:
    found = [ROOT / place for place in places.split()]
    paths = [path for one in found for path in (one.rglob("*.py") if one.is_dir() else [one])]
    return sorted(path for path in paths if "migrations/versions" not in str(path) and path.name != "__init__.py")


_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def changes_of(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], ast.AST | None]]]:
    """The ways to change ``node``, each in words and as what makes the changed node of a copy; None leaves it out."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
        yield "turned a comparison", lambda it: _with(it, ops=[_COMPARED[type(it.ops[0])]()])
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield "and for or", lambda it: _with(it, op=other())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "dropped not", lambda it: it.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        sign = ast.Sub if isinstance(node.op, ast.Add) else ast.Add
        yield "plus for minus", lambda it: _with(it, op=sign())
    if isinstance(node, (ast.If, ast.IfExp)):
        yield "the other branch", lambda it: _with(it, test=ast.UnaryOp(ast.Not(), it.test))
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "turned a constant", lambda it: _with(it, value=not it.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield "moved a number by one", lambda it: _with(it, value=it.value + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        yield "min for max", lambda it: _with(it, func=ast.Name(_CALLED[it.func.id], ast.Load()))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "left out a call", lambda it: ast.Pass()
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returned None", lambda it: _with(it, value=ast.Constant(None))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "dropped a condition", lambda it: _with(it, ifs=it.ifs[1:])


def _with(node: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(node, name, value)
    return node


def changes_in(tree: ast.Module) -> Iterator[tuple[Any, str, Callable[[Any], ast.AST | None]]]:
    """Every change of a file: a node within one of its functions, in words, and what makes the changed node."""
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for statement in function.body:
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for node in ast.walk(statement):
                    for what, change in changes_of(node):
                        yield node, what, change


def count_of(path: Path) -> int:
    """How many mutants a file has."""
    return sum(1 for _ in changes_in(ast.parse(path.read_text(encoding="utf-8"))))


def mutant_of(path: Path, number: int) -> Mutant:
    """One of the mutants of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node, what, change = next(islice(changes_in(tree), number, None))
    line = getattr(node, "lineno", 0) or getattr(getattr(node, "iter", node), "lineno", 0)
    node._chosen = True
    changed = _Replacing(change).visit(tree)
    return Mutant(str(path.relative_to(ROOT)), line, what, ast.unparse(ast.fix_missing_locations(changed)))


class _Replacing(ast.NodeTransformer):
    def __init__(self, change: Callable[[Any], ast.AST | None]) -> None:
        self._change = change

    def visit(self, node: ast.AST) -> Any:
        if hasattr(node, "_chosen"):
            return self._change(node)
        return self.generic_visit(node)


class Tracing:
    """A plugin of pytest that notes which test passes through which line of ``paths``."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = {str(path): str(path.relative_to(ROOT)) for path in paths}
        self.through: dict[str, set[str]] = defaultdict(set)
        self._test = ""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid
        sys.settrace(self._called)
        threading.settrace(self._called)
        yield
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        path = self._paths.get(frame.f_code.co_filename)
        if path is None:
            return None

        def line(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                self.through[f"{path}:{frame.f_lineno}"].add(self._test)
            return line

        return line


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives a module with the source of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._path = str(ROOT / mutant.path)
        self._name = mutant.path.removesuffix(".py").replace("/", ".")
        self._source = mutant.source.encode()

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        if name != self._name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self._path)

    def get_filename(self, fullname: str) -> str:
        return self._path

    def get_data(self, path: Any) -> bytes:
        return self._source


def survives(mutant: Mutant, tests: list[str]) -> bool:
    """Whether all ``tests`` pass with it."""
    child = os.fork()
    if not child:
        os.setsid()
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        sys.meta_path.insert(0, _Instead(mutant))
        code = 1
        try:
            code = int(pytest.main(["-x", *QUIET, *tests]))
        finally:
            os._exit(code)
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def covered(rooms: list[str], kept: Path) -> dict[str, list[str]]:
    """The tests that pass through each line of ``rooms``; found in a child, so that nothing of ours is loaded here."""
    known: dict[str, dict[str, list[str]]] = json.loads(kept.read_text()) if kept.exists() else {}
    for room in rooms:
        if room in known:
            continue
        child = os.fork()
        if not child:
            places, tests = ROOMS[room]
            tracing = Tracing(files_of(places))
            pytest.main([*QUIET, *tests], plugins=[tracing])
            known[room] = {line: sorted(tests) for line, tests in tracing.through.items()}
            kept.write_text(json.dumps(known))
            os._exit(0)
        os.waitpid(child, 0)
        known = json.loads(kept.read_text())
    return {line: tests for room in rooms for line, tests in known[room].items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Break the code on purpose, and see what the tests notice.")
    parser.add_argument("rooms", nargs="*", default=sorted(ROOMS), help=f"of {', '.join(sorted(ROOMS))}; all")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample (1)")
    parser.add_argument("--sample", type=int, default=120, help="how many mutants in all (120)")
    parser.add_argument("--map", type=Path, default=Path("/tmp/mutants-covered.json"), help="where to keep what covers")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no mutant after so many")
    given = parser.parse_args()
    # What tests and code load; loading it for each mutant would take longer than the tests.
    for name in LIBRARIES:
        importlib.import_module(name)

    began = time.monotonic()
    through = covered(given.rooms, given.map)
    print(f"{len(through)} lines are passed through ({time.monotonic() - began:.0f} s)", flush=True)
    chance, tried, alive = random.Random(given.seed), Counter[str](), Counter[str]()
    began = time.monotonic()
    chosen = []
    for room in given.rooms:
        every = [(path, number) for path in files_of(ROOMS[room][0]) for number in range(count_of(path))]
        chosen += [(room, mutant_of(*one)) for one in chance.sample(every, given.sample // len(given.rooms))]
    chance.shuffle(chosen)
    for room, mutant in chosen:
        if time.monotonic() - began > given.seconds:
            break
        tests = through.get(f"{mutant.path}:{mutant.line}", [])
        some = chance.sample(tests, min(MOST, len(tests)))
        tried[room] += 1
        if not some or survives(mutant, some):
            alive[room] += 1
            why = "no test passes there" if not some else f"{len(some)} of {len(tests)} tests pass"
            text = (ROOT / mutant.path).read_text().splitlines()[mutant.line - 1].strip()
            print(f"{mutant.path}:{mutant.line}: {mutant.what}; {why}\n    {text}", flush=True)
    for room in sorted(tried):
        caught = tried[room] - alive[room]
        print(f"{room}: {caught} of {tried[room]} caught, {caught / tried[room]:.0%}")
    print(f"all: {1 - alive.total() / tried.total():.0%} of {tried.total()} in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
