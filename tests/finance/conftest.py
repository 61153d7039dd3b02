"""The reward rules stand, whatever ran before."""

import pytest

from tests.factories.finance import restore_rules


@pytest.fixture(autouse=True)
def _rules(db):
    restore_rules()
