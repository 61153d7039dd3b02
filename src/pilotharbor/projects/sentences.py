"""What each event of a voyage says to a person; ``{who}`` is the one who acted."""

from django.utils.translation import gettext_noop as _

from pilotharbor.parties.rights import Kind

# Who may not read a kind of thing is not told what happened to it either.
NEEDS: dict[str, Kind] = {
    "assessment": Kind.REVIEW,
    "agreements": Kind.AGREEMENT,
    "finance": Kind.FINANCE,
    "ledger": Kind.FINANCE,
}

# Independent scores: who gave them stays unsaid.
NAMELESS = frozenset({"assessment.seat.scored", "assessment.panel.convened"})

SENTENCES: dict[str, str] = {
    "projects.project.proposed": _("{who} proposed the project."),
    "projects.project.renamed": _("{who} gave the project another title."),
    "projects.stewards.named": _("{who} named the stewards of the project."),
    "projects.project.started": _("{who} started the project; the assessment begins."),
    "projects.gate.passed": _("The project passed a gate: from “{left}” to “{to}”."),
    "projects.project.ended": _("The project ended at its gate."),
    "projects.project.closed": _("{who} closed the project."),
    "projects.member.admitted": _("{who} let a person into the project."),
    "projects.member.dismissed": _("{who} took a person out of the project."),
    "projects.plan.written": _("{who} wrote the pilot plan."),
    "projects.task.added": _("{who} added a task."),
    "projects.task.settled": _("{who} settled a task."),
    "projects.task.dropped": _("{who} dropped a task."),
    "assessment.panel.convened": _("A review panel was convened."),
    "assessment.seat.scored": _("An expert handed in independent scores."),
    "assessment.panel.closed": _("The panel closed with {score} points; the pass mark is {mark}."),
    "assessment.trl.stated": _("{who} stated readiness level {level} on the scale {scale}."),
    "assessment.pilot.decided": _("{who} decided whether a pilot is needed."),
}

# Events this version does not know by name are still told, by their domain.
FALLBACK: dict[str, str] = {
    "projects": _("{who} changed the project."),
    "technologies": _("{who} changed the result behind the project."),
    "matching": _("{who} changed the match behind the project."),
    "assessment": _("Something happened in the assessment."),
    "documents": _("Something happened to a paper."),
    "facilities": _("{who} changed a line or its equipment."),
    "booking": _("{who} changed a booking."),
    "agreements": _("{who} changed an agreement."),
    "campaigns": _("{who} changed a pilot campaign."),
    "finance": _("Something happened to the money of the project."),
    "ledger": _("Something was entered into the books."),
}
