"""What each event of a voyage says to a person; ``{who}`` is the one who acted."""

from typing import Any

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
    "assessment.panel.changed": _("The review panel was changed before it scored."),
    "assessment.panel.dissolved": _("The review panel was dissolved before it scored."),
    "assessment.seat.scored": _("An expert handed in independent scores."),
    "assessment.panel.closed": _("The panel closed with {score} points; the pass mark is {mark}."),
    "assessment.trl.stated": _("{who} stated readiness level {level} on the scale {scale}."),
    "assessment.pilot.decided": _("{who} decided whether a pilot is needed."),
    "agreements.agreement.drafted": _("{who} drafted the agreement."),
    "agreements.agreement.amended": _("{who} changed the draft of the agreement."),
    "agreements.agreement.offered": _("{who} offered the agreement for signature."),
    "agreements.agreement.countersigned": _("{who} signed the agreement."),
    "agreements.agreement.signed": _("All parties have signed the agreement."),
    "agreements.agreement.voided": _("{who} made the agreement void."),
    "agreements.milestone.reached": _("A milestone of the agreement was reached."),
    "booking.booking.requested": _("{who} asked for a line."),
    "booking.booking.approved": _("{who} approved a booking and allotted the slot."),
    "booking.booking.rejected": _("{who} rejected a booking."),
    "booking.booking.cancelled": _("{who} cancelled a booking."),
    "booking.booking.reviewed": _("{who} agreed to a booking; another reviewer has to."),
    "booking.booking.moved": _("{who} moved a booking."),
    "booking.booking.handed_over": _("{who} handed a booking over."),
    "booking.booking.taken_over": _("{who} let another engineer run a booked slot."),
    "booking.booking.let_go": _("A request that was not decided on holds its time no longer."),
    "booking.booking.hit": _("A closure takes away the time of a booking."),
    "booking.booking.spared": _("A closure was lifted; a booking has its time again."),
    "booking.booking.checked_in": _("{who} checked in for a booked slot."),
    "booking.booking.started": _("{who} started a booked run."),
    "booking.booking.overran": _("A booked slot is still in use after its end."),
    "booking.booking.missed": _("Nobody came to a booked slot."),
    "booking.series.requested": _("{who} asked for a series of slots."),
    "booking.series.reviewed": _("{who} agreed to a series of slots; another reviewer has to."),
    "booking.series.approved": _("{who} allotted a series of slots."),
    "booking.series.rejected": _("{who} rejected a series of slots."),
    "booking.series.cancelled": _("{who} gave up a series of slots from a day on."),
    "booking.quote.given": _("{who} had the price of a line kept."),
    "booking.waiting.joined": _("{who} joined a waiting list."),
    "booking.waiting.offered": _("A slot was offered from the waiting list."),
    "booking.waiting.taken": _("{who} took the slot that was offered."),
    "booking.waiting.declined": _("{who} left the slot that was offered to the next."),
    "booking.waiting.lapsed": _("A place on a waiting list is over."),
    "booking.waiting.withdrawn": _("{who} left a waiting list."),
    "booking.charge.made": _("A fee or a deposit of a booking was entered."),
    "booking.list.imported": _("{who} asked for slots by a list."),
    "booking.usage.recorded": _("{who} recorded the usage of a line."),
    "campaigns.campaign.opened": _("{who} opened the pilot campaign."),
    "campaigns.batch.recorded": _("{who} recorded batch {number}."),
    "campaigns.batch.corrected": _("{who} corrected the record of batch {number}."),
    "campaigns.batch.released": _("Batch {number} was released: every value within its limits."),
    "campaigns.batch.rejected": _("Batch {number} was rejected: a value outside its limits."),
    "campaigns.campaign.accepted": _("The acceptance of the pilot was met."),
    "campaigns.campaign.failed": _("The acceptance of the pilot was not met."),
    "campaigns.report.asked": _("{who} asked for the pilot report."),
    "campaigns.report.issued": _("The pilot report was issued."),
    "documents.document.asked": _("A paper was asked for."),
    "documents.document.rendered": _("A paper was rendered."),
    "documents.document.failed": _("A paper could not be rendered."),
    "finance.invoice.issued": _("An invoice was issued."),
    "finance.invoice.paid": _("An invoice was paid."),
    "finance.decision.made": _("{who} made the industrialisation decision."),
    "finance.revenue.reported": _("{who} reported revenue."),
}

# The same events with their numbers and names, for readers to whom the thing itself is open.
DETAILED: dict[str, str] = {
    "projects.stewards.named": _("{who} named the stewards: {manager} and {advisor}."),
    "projects.member.admitted": _("{who} let {person} into the project."),
    "projects.member.dismissed": _("{who} took {person} out of the project."),
    "projects.plan.written": _("{who} wrote the pilot plan: {planned_batches} batches."),
    "projects.task.added": _("{who} added the task “{task}”, owed by {owner}."),
    "projects.task.settled": _("{who} settled the task “{task}”."),
    "projects.task.dropped": _("{who} dropped the task “{task}”."),
    "agreements.agreement.drafted": _("{who} drafted the agreement “{title}”: fee {fee_fen}."),
    "agreements.agreement.offered": _("{who} offered the agreement “{title}” for signature."),
    "agreements.agreement.countersigned": _("{who} signed the agreement “{title}” for {party}."),
    "agreements.agreement.signed": _("All parties have signed the agreement “{title}”."),
    "agreements.agreement.voided": _("{who} made the agreement “{title}” void."),
    "agreements.milestone.reached": _(
        "The milestone “{milestone}” was reached: {share} of the fee."
    ),
    "booking.booking.requested": _("{who} asked for {line}, {when}."),
    "booking.booking.approved": _("{who} allotted {line}, {when}, for {price_fen}."),
    "booking.booking.rejected": _("{who} rejected the booking of {line}, {when}."),
    "booking.booking.cancelled": _("{who} cancelled the booking of {line}, {when}."),
    "booking.booking.reviewed": _("{who} agreed to {line}, {when}; another reviewer has to."),
    "booking.booking.moved": _("{who} moved the booking of {line} to {when}."),
    "booking.booking.handed_over": _("{who} handed over the booking of {line}, {when}."),
    "booking.booking.taken_over": _("{who} let another engineer run {line}, {when}."),
    "booking.booking.let_go": _("The request for {line}, {when}, holds its time no longer."),
    "booking.booking.hit": _("A closure takes away {line}, {when}."),
    "booking.booking.spared": _("A closure was lifted: {line}, {when}, is as it was."),
    "booking.booking.checked_in": _("{who} checked in on {line}, {when}."),
    "booking.booking.started": _("{who} started the run on {line}, {when}."),
    "booking.booking.overran": _("{line} is still in use after the end of its slot, {when}."),
    "booking.booking.missed": _("Nobody came to the slot on {line}, {when}."),
    "booking.series.requested": _("{who} asked for a series of {count} slots on {line}."),
    "booking.series.reviewed": _(
        "{who} agreed to a series of {count} slots on {line}; another reviewer has to."
    ),
    "booking.series.approved": _("{who} allotted a series of {count} slots on {line}."),
    "booking.series.rejected": _("{who} rejected a series of {count} slots on {line}."),
    "booking.series.cancelled": _(
        "{who} gave up {count} slots of a series on {line}, from {from_day} on."
    ),
    "booking.quote.given": _("{who} had the price of {line} kept: {total_fen}."),
    "booking.waiting.joined": _("{who} joined the waiting list for {line}."),
    "booking.waiting.offered": _("A slot on {line} was offered from the waiting list."),
    "booking.waiting.taken": _("{who} took the slot on {line} that was offered."),
    "booking.waiting.declined": _("{who} left the slot on {line} that was offered to the next."),
    "booking.waiting.lapsed": _("The place on the waiting list for {line} is over."),
    "booking.waiting.withdrawn": _("{who} left the waiting list for {line}."),
    "booking.charge.made": _("{charge} for {line}, {when}: {amount_fen}."),
    "booking.usage.recorded": _("{who} recorded {hours} hours on {line}: {amount_fen}."),
    "documents.document.asked": _("The paper “{title}” was asked for."),
    "documents.document.rendered": _("The paper “{title}” was rendered."),
    "documents.document.failed": _("The paper “{title}” could not be rendered."),
    "finance.invoice.issued": _(
        "Invoice {number} was issued: {gross_fen}, from {payer} to {payee}."
    ),
    "finance.invoice.paid": _("Invoice {number} was paid: {gross_fen} by {payer}."),
    "finance.revenue.reported": _(
        "{who} reported the revenue of {period}: net sales {net_sales_fen}, share due {share_fen}."
    ),
    "ledger.entry.posted": _("Entered into the books: {text}, {amount_fen}."),
}

# Where one fact turns the whole sentence.
TURNED: dict[tuple[str, str, Any], str] = {
    ("assessment.pilot.decided", "needed", True): _("{who} decided that a pilot is needed."),
    ("assessment.pilot.decided", "needed", False): _("{who} decided that no pilot is needed."),
    ("assessment.panel.closed", "passed", True): _(
        "The panel closed with {score} points and passed; the pass mark is {mark}."
    ),
    ("assessment.panel.closed", "passed", False): _(
        "The panel closed with {score} points and did not pass; the pass mark is {mark}."
    ),
    ("finance.decision.made", "outcome", "spin_off"): _(
        "{who} decided to found a company; investment {investment_fen}."
    ),
    ("finance.decision.made", "outcome", "licence"): _("{who} decided to license the result."),
    ("finance.decision.made", "outcome", "retry"): _("{who} decided to try again."),
    ("finance.decision.made", "outcome", "stop"): _("{who} decided to stop."),
}

# Housekeeping of papers and books: complete, but folded away on a page.
QUIET = ("documents.", "ledger.")

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
