"""Everything that can happen to an agreement: drafted, amended, offered, signed, void, milestones reached."""

from pilotharbor.agreements.commands.amending import ChangedMeanwhile, NotADraft, amend
from pilotharbor.agreements.commands.drafting import (
    AgreementExists,
    BadAgreement,
    NotYourAgreement,
    PlanMissing,
    WrongStep,
    draft,
    offer,
    void,
)
from pilotharbor.agreements.commands.milestones import reach_milestones
from pilotharbor.agreements.commands.signing import (
    NotAParty,
    NotOffered,
    OtherPaper,
    SignedAlready,
    sign,
)

__all__ = [
    "AgreementExists",
    "BadAgreement",
    "ChangedMeanwhile",
    "NotADraft",
    "NotAParty",
    "NotOffered",
    "NotYourAgreement",
    "OtherPaper",
    "PlanMissing",
    "SignedAlready",
    "WrongStep",
    "amend",
    "draft",
    "offer",
    "reach_milestones",
    "sign",
    "void",
]
