"""The rules that come with the migrations."""

from importlib import import_module
from types import SimpleNamespace

from django.db import connection

from pilotharbor.finance.models import RewardRule


def restore_rules() -> None:
    """Put the rules of the migration back: a test with real commits ends with empty tables."""
    if not RewardRule.objects.exists():
        migration = import_module("pilotharbor.finance.migrations.0003_reward_rules")
        migration.load(None, SimpleNamespace(connection=connection))
