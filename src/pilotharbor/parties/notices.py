"""What is said to a person about an event: one sentence for each kind, in their language.

Domains above add their own when they load (``say`` at the top of their ``handlers.py``).
"""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.parties.models import Notification

# What a person can choose to hear of, by the first word of the event's name.
TOPICS: dict[str, str | Promise] = {
    "parties": _("People, organisations and access"),
    "technologies": _("Results and needs"),
    "matching": _("Matches"),
    "leads": _("Leads"),
    "outreach": _("Contests, roadshows and coaching"),
    "projects": _("Projects and tasks"),
    "assessment": _("Assessments"),
    "booking": _("Bookings and equipment"),
    "crew": _("Shifts, leave and qualifications"),
    "telemetry": _("Alarms of equipment"),
    "agreements": _("Agreements"),
    "campaigns": _("Batches and reports"),
    "finance": _("Invoices, shares and rewards"),
    "governance": _("Accreditations"),
    "network": _("Other harbours"),
}

SENTENCES: dict[str, str | Promise] = {
    "parties.organisation.registered": _("{organisation} asks to be approved."),
    "parties.organisation.approved": _("{organisation} has been approved. You can begin."),
    "parties.organisation.refused": _("{organisation} was not approved."),
    "parties.organisation.suspended": _("{organisation} has been suspended."),
    "parties.organisation.reinstated": _("{organisation} has its place back."),
    "parties.invitation.accepted": _("{person} has joined {organisation}."),
    "parties.membership.suspended": _("What you may do for {organisation} has been suspended."),
    "parties.membership.reinstated": _("You may act for {organisation} again."),
    "parties.membership.ended": _("You no longer act for {organisation}."),
    "parties.nda.signed": _("{organisation} has signed your confidentiality agreement."),
    "parties.nda.ended": _("{organisation} has ended the confidentiality agreement with you."),
    "parties.break_glass.asked": _("{person} asks to read something confidential in an emergency."),
    "parties.break_glass.granted": _("Your emergency reading has been granted, for a few hours."),
    "parties.break_glass.refused": _("Your emergency reading has been refused."),
    "parties.break_glass.used": _("{person} has read something confidential in an emergency."),
}
SOMETHING = _("Something that concerns you has changed.")


type Word = Callable[[object], object]

# Facts that are said by a word of theirs and not as they are kept: kind → fact → word.
WORDS: dict[str, Mapping[str, Word]] = {}
# What was said before a sentence named more: kind → the sentence without the newer facts.
EARLIER: dict[str, str | Promise] = {}


def say(kind: str, sentence: str | Promise, *, earlier: str | Promise = "", **words: Word) -> None:
    """Give the sentence of a kind; ``{name}`` in it is filled from the notification's facts.

    ``words`` turn a fact, such as a state, into what the reader calls it. ``earlier`` is said of
    notifications that were written before the sentence named all it names now.
    """
    SENTENCES[kind] = sentence
    WORDS[kind] = words
    if earlier:
        EARLIER[kind] = earlier


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(notification: Notification) -> str:
    """What the notification says, in the active language."""
    kind, facts = notification.kind, dict(notification.facts)
    said = SENTENCES.get(kind, SOMETHING)
    for fact, word in WORDS.get(kind, {}).items():
        if fact in facts:
            facts[fact] = word(facts[fact])
        else:
            said = EARLIER.get(kind, said)
    return str(said).format_map(_Facts(facts))


def topic(notification: Notification) -> str:
    """What it is about, in the active language."""
    return str(TOPICS.get(notification.kind.split(".", 1)[0], translate("Something else")))
