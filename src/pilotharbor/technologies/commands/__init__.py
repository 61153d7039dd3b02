"""What can happen to results and needs."""

from pilotharbor.technologies.commands.achievements import disclose, revise
from pilotharbor.technologies.commands.demands import post, revise_demand
from pilotharbor.technologies.commands.readers import (
    DetailClosed,
    NotAReader,
    admit,
    dismiss,
    name_reader,
    unname_reader,
    view_demand_detail,
    view_detail,
)
from pilotharbor.technologies.commands.review import (
    NoteMissing,
    OwnSubmission,
    publish,
    publish_demand,
    return_,
    return_demand,
    submit,
    submit_demand,
    withdraw,
    withdraw_demand,
)
from pilotharbor.technologies.commands.rules import NotOpenForChange, NotYourEntry
from pilotharbor.technologies.content import Content, ContentWrong, DemandContent, GivenRight
from pilotharbor.technologies.secrecy import StateSecretRefused

__all__ = [
    "Content",
    "ContentWrong",
    "DemandContent",
    "DetailClosed",
    "GivenRight",
    "NotAReader",
    "NotOpenForChange",
    "NotYourEntry",
    "NoteMissing",
    "OwnSubmission",
    "StateSecretRefused",
    "admit",
    "disclose",
    "dismiss",
    "name_reader",
    "post",
    "publish",
    "publish_demand",
    "return_",
    "return_demand",
    "revise",
    "revise_demand",
    "submit",
    "submit_demand",
    "unname_reader",
    "view_demand_detail",
    "view_detail",
    "withdraw",
    "withdraw_demand",
]
