"""The source as trees, read once."""

import ast
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pilotharbor"


@functools.cache
def trees() -> dict[Path, ast.Module]:
    """Every module of the product but migrations."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


@functools.cache
def every_file() -> tuple[Path, ...]:
    """Every Python file that people write: product, tests and benchmarks."""
    others = [p for folder in ("tests", "benchmarks") for p in (ROOT / folder).rglob("*.py")]
    return (*trees(), *sorted(others))


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@functools.cache
def layers() -> tuple[frozenset[str], ...]:
    """The domains, top first, as ``pyproject.toml`` says; siblings share a set."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (ordered,) = [c["layers"] for c in contracts if c["name"] == "Domains depend downwards only"]
    return tuple(frozenset(part.strip("() ") for part in layer.split("|")) for layer in ordered)


def height(domain: str) -> int:
    """How high a domain stands; more is higher."""
    return len(layers()) - next(i for i, layer in enumerate(layers()) if domain in layer)
