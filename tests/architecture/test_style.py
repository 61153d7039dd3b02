"""The habits of this house that a machine can check."""

import ast

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.architecture import source

LONGEST = 500
NEVER = {"utils.py", "helpers.py", "managers.py", "signals.py", "services.py"}
# Commands that are nobody's act: what the feeder and the nightly jobs do, and what only brings
# derived rows up to date with events that have their actor and instant already.
NOBODYS = {("kernel", name) for name in ("_deliver", "_fail", "hand_out", "purge", "retry", "skip")}
NOBODYS |= {("technologies", name) for name in ("note_activity", "destroy_file")}
NOBODYS |= {("network", "reflect"), ("network", "reconcile")}
NOBODYS |= {("leads", "note_late"), ("leads", "lapse")}
NOBODYS |= {("matching", name) for name in ("reflect", "rebuild", "fill_gaps", "look", "learn")}
NOBODYS |= {("matching", "note_outcome")}
NOBODYS |= {("crew", "remind")}
NOBODYS |= {("documents", "open_to")}
NOBODYS |= {("telemetry", name) for name in ("take_in", "make_room", "seal_day", "let_go")}
NOBODYS |= {("telemetry", name) for name in ("hold", "let_connector_go", "end_silent_runs")}


def commands():
    for path, tree in source.trees().items():
        for function in source.functions(tree):
            if any(isinstance(d, ast.Name) and d.id == "command" for d in function.decorator_list):
                yield path, function


@pytest.mark.parametrize("path", source.every_file(), ids=source.name)
def test_no_file_is_too_long(path):
    """The product, its tests and its benchmarks alike."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_file_of_leftovers():
    assert [source.name(p) for p in source.trees() if p.name in NEVER] == []


def test_commands_take_keywords_and_know_who_and_when():
    wrong = []
    for path, function in commands():
        arguments = function.args
        domain = path.relative_to(source.SOURCE).parts[0]
        if arguments.args or arguments.posonlyargs or arguments.vararg or arguments.kwarg:
            wrong.append(f"{source.name(path)}: {function.name} is not keyword-only")
        if (domain, function.name) in NOBODYS:
            continue
        named = {a.arg for a in arguments.kwonlyargs}
        if "at" not in named:
            wrong.append(f"{source.name(path)}: {function.name} lacks at")
        if "actor_id" not in named and not _by_itself(function):
            wrong.append(f"{source.name(path)}: {function.name} lacks actor_id")

    assert wrong == []


# What nobody does with a membership: accepting an invitation, reading one's notices, founding…
BY_ITSELF = {
    "accept_invitation", "found", "mark_mailed", "notify", "read_notification", "read_all",
    "prefer", "register_organisation", "spend",
}  # fmt: skip


def _by_itself(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    named = {a.arg for a in function.args.kwonlyargs}
    return function.name in BY_ITSELF or "person_id" in named or "event" in named


def test_only_commands_and_edges_live_outside_a_transaction():
    """Edges open no transactions: only the kernel says ``atomic``."""
    wrong = [
        f"{source.name(path)}:{node.lineno}"
        for path, tree in source.trees().items()
        if path.relative_to(source.SOURCE).parts[0] not in {"kernel", "launcher"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "atomic"
    ]

    assert wrong == []


def own_models():
    return [m for m in apps.get_models() if m._meta.app_label in settings.DOMAINS]


def test_money_is_whole_fen_and_rates_are_whole_basis_points():
    whole = (models.BigIntegerField, models.IntegerField, models.PositiveIntegerField,
             models.PositiveSmallIntegerField, models.SmallIntegerField)  # fmt: skip
    wrong = []
    for model in own_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith("_fen") and not isinstance(field, models.BigIntegerField):
                wrong.append(f"{model.__name__}.{field.name}")
            if field.name.endswith("_bp") and not isinstance(field, whole):
                wrong.append(f"{model.__name__}.{field.name}")
            if isinstance(field, models.FloatField):
                wrong.append(f"{model.__name__}.{field.name} is a float")

    assert wrong == []


def test_instants_and_days_are_called_so():
    wrong = []
    for model in own_models():
        for field in model._meta.concrete_fields:
            instant = isinstance(field, models.DateTimeField)
            day = isinstance(field, models.DateField) and not instant
            if (
                instant
                and not field.name.endswith("_at")
                and field.name not in {"at", "last_login"}
            ):
                wrong.append(f"{model.__name__}.{field.name}")
            if day and not field.name.endswith(("_date", "_day")):
                wrong.append(f"{model.__name__}.{field.name}")

    assert wrong == []


def test_constraints_have_the_name_of_their_app():
    wrong = [
        c.name
        for model in own_models()
        for c in model._meta.constraints
        if not c.name.startswith(model._meta.app_label + "_")
    ]

    assert wrong == []


def test_no_model_decides_its_own_order_or_saving():
    wrong = [
        model.__name__
        for model in own_models()
        if model._meta.ordering or (model.save is not models.Model.save and "save" in vars(model))
    ]

    assert wrong == []


MOST_MODELS = 12


@pytest.mark.parametrize("domain", settings.DOMAINS)
def test_no_domain_has_too_many_models(domain):
    """What counts is a table of the domain's own: every concrete model, managed or not, and the
    tables Django makes for a many-to-many; neither abstract models nor proxies.
    """
    tables = {
        model._meta.db_table
        for model in apps.get_app_config(domain).get_models(include_auto_created=True)
        if not model._meta.proxy
    }

    assert len(tables) <= MOST_MODELS, sorted(tables)


# Who is told of what stands in a handler's decorator; a signal would be heard by nobody knows whom.
# A generic foreign key is one the database cannot check.
NOWHERE = {"receiver", "Signal", "GenericForeignKey", "GenericRelation", "post_save", "pre_save"}
NOWHERE_FROM = ("django.dispatch", "django.db.models.signals", "django.core.signals")
NOWHERE_FROM += ("django.contrib.auth.signals", "django.db.backends.signals", "django.test.signals")
NOWHERE_FROM += ("django.contrib.contenttypes.fields",)


def unseen_ties(tree: ast.Module) -> list[int]:
    """Lines that use Django's signals or generic foreign keys, imported or reached by attribute."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            from_there = module.startswith(NOWHERE_FROM) or module.endswith(".signals")
            if from_there or any(a.name in NOWHERE | {"signals"} for a in node.names):
                lines.append(node.lineno)
        elif isinstance(node, ast.Import):
            if any(a.name.startswith(NOWHERE_FROM) for a in node.names):
                lines.append(node.lineno)
        elif isinstance(node, ast.Attribute) and node.attr in NOWHERE | {"signals"}:
            lines.append(node.lineno)
    return lines


def test_no_signal_and_no_generic_foreign_key():
    wrong = [
        f"{source.name(path)}:{line}"
        for path, tree in source.trees().items()
        for line in unseen_ties(tree)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "from django.dispatch import receiver",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "from allauth.account.signals import user_logged_in",
        "import django.dispatch",
        "models.signals.post_save.connect(told)",
        "from django.contrib.contenttypes.fields import GenericForeignKey",
        "subject = fields.GenericForeignKey()",
    ],
)
def test_every_unseen_tie_is_seen(code):
    assert unseen_ties(ast.parse(code)) != []


def test_nothing_says_nothing():
    """No bare ``except``."""
    wrong = [
        f"{source.name(path)}:{node.lineno}"
        for path, tree in source.trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]

    assert wrong == []


def test_no_float_touches_money():
    wrong = [
        f"{source.name(path)}:{node.lineno}"
        for path, tree in source.trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "float"
        and any("fen" in ast.dump(a) for a in node.args)
    ]

    assert wrong == []
