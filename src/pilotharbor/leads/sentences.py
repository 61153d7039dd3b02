"""What each event of a lead says to a person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "opened": _("The lead was opened"),
    "asked": _("A side asked to be brought together"),
    "matched": _("Joined with an accepted match"),
    "completed": _("The open side was named"),
    "claimed": _("Taken out of the pool"),
    "released": _("Given back to the pool"),
    "offered": _("Offered to another manager"),
    "offer_declined": _("The other manager declined"),
    "claim_withdrawn": _("An offer or contest was withdrawn"),
    "handed_on": _("Passed to another manager"),
    "contested": _("A manager contested who carries it"),
    "decided": _("An operator decided who carries it"),
    "assigned": _("An operator gave it to a manager"),
    "lapsed": _("Idle for too long; back in the pool"),
    "logged": _("Something was logged"),
    "written_to": _("A side wrote to the manager"),
    "side_told": _("A side was told of the lead"),
    "nda_asked": _("Both sides were asked to sign a confidentiality agreement"),
    "replied": _("First contact"),
    "reply_missed": _("The first reply is overdue"),
    "moved": _("From “{left}” to “{to}”"),
    "step_planned": _("A next step was planned"),
    "step_settled": _("A step was done"),
    "lost": _("Closed without a contract"),
    "signed": _("The contract was signed"),
    "credited": _("It was written down who did which step"),
    "paper_added": _("A paper was put into the room"),
    "paper_removed": _("A paper was taken out of the room"),
    "project_asked": _("The operators were asked to make a project of it"),
    "handed_over": _("It became a project"),
}

# What a side of a lead reads of its timeline: how far it is, never what the manager does for whom.
FOR_SIDES = frozenset({
    "opened", "matched", "claimed", "handed_on", "assigned", "lapsed", "released", "replied",
    "nda_asked", "moved", "lost", "signed", "handed_over",
})  # fmt: skip
