"""What the API takes about organisations is held against the same lists as an import."""

import pytest
from pydantic import ValidationError

from pilotharbor.parties.schemas import OrganisationChanges


def test_a_jurisdiction_is_a_real_one():
    assert OrganisationChanges(jurisdiction="cn-zj").jurisdiction == "CN-ZJ"
    for text in ("XX-99", "CN-QQ"):
        with pytest.raises(ValidationError):
            OrganisationChanges(jurisdiction=text)
