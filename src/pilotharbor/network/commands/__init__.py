"""What changes: records for others, sources, and what arrives from them."""

from pilotharbor.network.commands.pages import Arrival, Fault, Taken, take_page
from pilotharbor.network.commands.records import reconcile, reflect
from pilotharbor.network.commands.runs import (
    RunOver,
    RunUnderWay,
    SourcePaused,
    begin_run,
    complete_run,
    fail_run,
    request_due_run,
    request_run,
)
from pilotharbor.network.commands.sources import (
    SourceGiven,
    SourceThere,
    SourceWrong,
    add_source,
    change_source,
    pause_source,
    resume_source,
)

__all__ = [
    "Arrival",
    "Fault",
    "RunOver",
    "RunUnderWay",
    "SourceGiven",
    "SourcePaused",
    "SourceThere",
    "SourceWrong",
    "Taken",
    "add_source",
    "begin_run",
    "change_source",
    "complete_run",
    "fail_run",
    "pause_source",
    "reconcile",
    "reflect",
    "request_due_run",
    "request_run",
    "resume_source",
    "take_page",
]
