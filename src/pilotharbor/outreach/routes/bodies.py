"""What the bodies of requests about outreach have in common."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(max_length=4000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class In(Schema):
    """What is sent; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ReasonIn(In):
    """Why."""

    reason: Text
