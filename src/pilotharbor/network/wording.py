"""Why did a run fail, or a record stay outside, in the words of whoever looks after it?"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REASONS: dict[str, object] = {
    "address": _("The address is no address of a repository."),
    "private": _(
        "The address lies in a private network; this harbour fetches only from public ones."
    ),
    "unreachable": _("Nobody answers at this address."),
    "timeout": _("The answer took too long."),
    "busy": _("The repository asks us to come back later."),
    "status": _("The repository answered with an error."),
    "redirect": _(
        "The repository sends us to another place; enter that address yourself if it is right."
    ),
    "size": _("A page is larger than we read."),
    "encoding": _("A page is not written in UTF-8, as the protocol wants it."),
    "malformed": _("A page is no well-formed XML."),
    "entities": _("A page defines entities, which could be a trap; it was not read."),
    "not_oai": _("The answer is none of OAI-PMH 2.0."),
    "refused": _("The repository refused what was asked."),
    "token": _("The repository no longer knows where the list goes on; start again."),
    "loop": _("The list of the repository never ends: it goes in circles."),
    "broken_off": _("Whoever worked on it fell silent and was given up."),
    "refused_here": _("The market here refused the page; may the author still submit results?"),
    "network.source_paused": _("The source was paused before it began."),
    "unexpected": _(
        "Something failed that should not; the operators of the system find it in the log."
    ),
}
FAULTS: dict[str, object] = {
    "no_identifier": _("The record has no identifier."),
    "no_metadata": _("The record has no content in the format asked for."),
    "not_a_result": _("This is no result, and only results are taken."),
    "under_review": _("The result is under review here; the next run takes the change."),
    "is_published": _("The result is published here; its office decides about the change by hand."),
    "is_withdrawn": _("The result was withdrawn here and does not come back by itself."),
    "not_the_authors": _("The author named for this source may not change this result."),
    "kernel.state_secret_refused": _("The text carries a state-secret marking and was not kept."),
    "technologies.content_wrong": _("Some of it is missing or not of the right form."),
}
UNKNOWN = pgettext_lazy("harvested record", "It could not be taken.")


def reason(code: str) -> object:
    """Why a run failed."""
    return REASONS.get(code, REASONS["unexpected"]) if code else ""


def fault(kind: str) -> object:
    """Why a record stayed outside."""
    return FAULTS.get(kind, UNKNOWN)
