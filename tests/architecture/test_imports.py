"""Who may know of whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.architecture import source

# Loaded lazily on purpose, each with the reason beside it in the file.
LAZY = {
    "src/pilotharbor/launcher",  # a command line answers --help before Django is loaded
    "src/pilotharbor/web/transfer",
}


def test_the_import_contracts_hold():
    said = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=source.ROOT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip

    assert said.returncode == 0, said.stdout + said.stderr


def test_every_domain_has_its_layer():
    known = frozenset().union(*source.layers())

    assert set(settings.DOMAINS) <= known


def test_foreign_keys_point_downwards():
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            here, there = model._meta.app_label, field.related_model._meta.app_label
            if here not in settings.DOMAINS or there not in settings.DOMAINS or here == there:
                continue
            if source.height(there) >= source.height(here):
                wrong.append(f"{model.__name__}.{field.name}: {here} → {there}")

    assert wrong == []


EAGER = [path for path in source.trees() if not source.name(path).startswith(tuple(LAZY))]


@pytest.mark.parametrize("path", EAGER, ids=source.name)
def test_no_import_inside_a_function(path):
    inside = [
        f"{source.name(path)}:{node.lineno}"
        for function in source.functions(source.trees()[path])
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_engines_know_nothing_of_django():
    wrong = [
        source.name(path)
        for path, tree in source.trees().items()
        if "engine" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(n.startswith("django") for n in _named(node))
    ]

    assert wrong == []


def _named(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]
