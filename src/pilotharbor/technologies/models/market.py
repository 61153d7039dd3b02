"""What every entry of the market has: where it stands, how it may be worked on, who is let in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where an entry of the market stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Under review")
    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MOVES: dict[str, set[str]] = {
    Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED},
    Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.PUBLISHED: {Status.WITHDRAWN},
    Status.WITHDRAWN: set(),
}


class TrlScale(models.TextChoices):
    """Which ladder a level stands on; levels of different ladders never mix (R-TECH)."""

    TRL_9 = "TRL-9", _("TRL, 9 levels")
    QINGDAO_13 = "GB-13", _("Readiness, 13 levels (GB/T 22900 family)")


class Cooperation(models.TextChoices):
    """How a result may change hands or be worked on together.

    Source: 促进科技成果转化法 16 (S0 of domain.md §5.1), 民法典 851, 863, 878.
    """

    TRANSFER = "transfer", _("Transfer")
    LICENCE = "licence", _("Licence")
    EQUITY = "equity", _("Investment at an appraised value")
    JOINT_IMPLEMENTATION = "joint_implementation", _("Implementation together")
    COMMISSIONED_DEVELOPMENT = "commissioned_development", _("Commissioned development")
    JOINT_DEVELOPMENT = "joint_development", _("Joint development")
    CONSULTING = "consulting", _("Technical consulting")
    SERVICE = "service", _("Technical service")


class Pricing(models.TextChoices):
    """How the price is found (促进科技成果转化法 18)."""

    NEGOTIABLE = "negotiable", _("To be negotiated")
    AGREEMENT = "agreement", _("By agreement, with public notice")
    LISTING = "listing", _("Listed on a technology market")
    AUCTION = "auction", _("Auction")
