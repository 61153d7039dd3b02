"""Every reason why a slot cannot be had: what is wrong, how it is mended, and who may set it aside."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.errors import Conflict, DomainError, Forbidden, Invalid

ANOTHER_TIME = _("Choose another time.")
ANOTHER_LINE = _("Choose another line, or ask its platform.")
ANOTHER_PROJECT = _("Choose another project.")
ANOTHER_ENGINEER = _("Choose another engineer.")
WITH_AN_ENGINEER = _("Have an engineer run it.")
SAY_WHY = _("Say why.")


class Reason(DomainError):
    """A reason against a booking.

    ``remedy``       the next step for whoever asked, in a few words
    ``overridable``  whether an operator of the line's platform may set it aside, saying why
    """

    remedy: ClassVar[Promise | str] = ""
    overridable: ClassVar[bool] = False


class StartsInThePast(Reason, Invalid):
    """That time has passed. Choose a later one, or mark the request as entered afterwards."""

    code = "booking.starts_in_the_past"
    remedy = ANOTHER_TIME


class TooLong(Reason, Invalid):
    """One booking takes at most 31 days; ask for the rest in another one."""

    code = "booking.too_long"
    remedy = _("Ask for the rest in another booking.")


class TimeMissing(Reason, Invalid):
    """Say from when until when, or in which windows and for how long."""

    code = "booking.time_missing"
    remedy = ANOTHER_TIME


class UserElsewhere(Reason, Invalid):
    """Whoever comes belongs to a party of the project and may act for it; choose somebody else."""

    code = "booking.user_elsewhere"
    remedy = _("Choose somebody of the project's own parties.")


class LineClosed(Reason, Conflict):
    """This line takes no bookings now: {reason} Choose another line or ask its platform."""

    code = "booking.line_closed"
    remedy = ANOTHER_LINE


class NoTariff(Reason, Conflict):
    """This line has no price on that day; ask its platform to set one first."""

    code = "booking.no_tariff"
    remedy = _("Ask the platform to set a price.")


class NoEquipment(Reason, Conflict):
    """No equipment of this line is in service; choose another line or ask its platform."""

    code = "booking.no_equipment"
    remedy = ANOTHER_LINE


class ProjectMayNotBook(Reason, Conflict):
    """A project books only during resource matching and pilot verification; this one stands at “{stands_at}”."""

    code = "booking.project_may_not_book"
    remedy = ANOTHER_PROJECT


class PartySuspended(Reason, Conflict):
    """“{name}”, a party of this project, is suspended; nothing can be booked for it meanwhile."""

    code = "booking.party_suspended"
    remedy = ANOTHER_PROJECT


class NotYourProject(Forbidden):
    """Equipment is asked for by a researcher, enterprise member or operator of the project's own parties."""

    code = "booking.not_your_project"


class EngineerElsewhere(Reason, Invalid):
    """This person does not run this line; choose one of its engineers."""

    code = "booking.engineer_elsewhere"
    remedy = ANOTHER_ENGINEER


class EngineerTaken(Reason, Conflict):
    """{engineer} runs another slot from {taken}; choose another engineer or another time."""

    code = "booking.engineer_taken"
    remedy = ANOTHER_ENGINEER


class SlotTaken(Reason, Conflict):
    """The line is taken from {taken}; choose another time."""

    code = "booking.slot_taken"
    remedy = ANOTHER_TIME


class OutsideHours(Reason, Conflict):
    """The line is closed for part of that time: on {day} it is open {open_then}. Choose a time from {next_open} on."""

    code = "booking.outside_hours"
    remedy = ANOTHER_TIME
    overridable = True


class ClosedThatDay(Reason, Conflict):
    """The line is closed on {day}; choose a time from {next_open} on."""

    code = "booking.closed_that_day"
    remedy = ANOTHER_TIME
    overridable = True


class PublicHoliday(Reason, Conflict):
    """{day} is a public holiday ({name}) and the line is closed; choose a time from {next_open} on."""

    code = "booking.public_holiday"
    remedy = ANOTHER_TIME
    overridable = True


class ShutMeanwhile(Reason, Conflict):
    """Closed from {closed} ({kind}): {reason} Choose another time."""

    code = "booking.shut_meanwhile"
    remedy = ANOTHER_TIME
    overridable = True


class OverQuota(Reason, Conflict):
    """“{organisation}” may use this line {quota} hours a week and would come to {wanted} in the week of {week}; choose another week or a shorter time."""

    code = "booking.over_quota"
    remedy = _("Choose another week or a shorter time.")
    overridable = True


class SafetyNotAcknowledged(Reason, Conflict):
    """Read and acknowledge the safety requirements of this line ({count}): {items}."""

    code = "booking.safety_not_acknowledged"
    remedy = _("Read and acknowledge the safety requirements.")
    overridable = True


class OutOfScale(Reason, Conflict):
    """A batch of {batch} kg does not suit this line, which takes {scale} kg; choose another line or another size."""

    code = "booking.out_of_scale"
    remedy = _("Choose another line or another size of batch.")
    overridable = True


class NotUsedUp(Reason, Invalid):
    """“{name}” is not among the consumables of this line; choose from its list."""

    code = "booking.consumable_elsewhere"
    remedy = _("Choose from the line's consumables.")


class OutsideWindows(Reason, Conflict):
    """That lies outside the times asked for: {windows}. Choose a time inside, or agree on another one."""

    code = "booking.outside_windows"
    remedy = ANOTHER_TIME
    overridable = True


class WindowsUnsound(Reason, Invalid):
    """None of these windows is long enough for {hours} hours; make one longer or the duration shorter."""

    code = "booking.windows_unsound"
    remedy = _("Make a window longer or the duration shorter.")


class TooManyWindows(Reason, Invalid):
    """One request names at most {most} windows; join or leave out some."""

    code = "booking.too_many_windows"
    remedy = _("Join or leave out some windows.")


class NothingFree(Reason, Conflict):
    """Nothing is free for {hours} hours in these windows; widen them, or join the waiting list."""

    code = "booking.nothing_free"
    remedy = _("Widen the windows, or join the waiting list.")


class OverrideMissing(Reason, Invalid):
    """The slot has begun already: say why it is accepted afterwards. The reason stays on record."""

    code = "booking.override_missing"
    remedy = SAY_WHY
    overridable = True


class QuoteExpired(Reason, Conflict):
    """This quote held until {until}; ask for a new one."""

    code = "booking.quote_expired"
    remedy = _("Ask for a new quote.")


class QuoteElsewhere(Reason, Invalid):
    """This quote was given for another line, project or kind of charge; ask for a new one."""

    code = "booking.quote_elsewhere"
    remedy = _("Ask for a new quote.")


class NotYoursToOverride(Reason, Forbidden):
    """Only an operator of the line's platform sets a rule aside."""

    code = "booking.not_yours_to_override"
    remedy = _("Leave the reason empty, or ask the platform.")


class NotBookable(Conflict):
    """This cannot be booked, for {count} reasons."""

    code = "booking.not_bookable"


class NotYourReview(Forbidden):
    """Only an operator of the platform that owns this line decides on requests for it."""

    code = "booking.not_your_review"


class AlreadyReviewed(Conflict):
    """You have decided on this request already; another reviewer has to."""

    code = "booking.already_reviewed"


class NotYoursToCancel(Forbidden):
    """Only the organisation that asked, or the platform of the line, gives a booking up."""

    code = "booking.not_yours_to_cancel"


class NotYoursToMove(Forbidden):
    """Only the organisation that asked, or the platform of the line, changes a booking."""

    code = "booking.not_yours_to_move"


class MovedMeanwhile(Conflict):
    """Somebody else has moved or handed over this booking meanwhile; look at it again before you go on."""

    code = "booking.moved_meanwhile"


class TooLateToMove(Reason, Conflict):
    """This slot could be moved without a fee until {until}; shorten it, give it up, or ask the platform to move it."""

    code = "booking.too_late_to_move"
    remedy = _("Shorten it, give it up, or ask the platform to move it.")


class ReasonMissing(Invalid):
    """Say why: whoever planned with this will read it."""

    code = "booking.reason_missing"


class NotYourLine(Forbidden):
    """Only an engineer of this line or an operator of its platform runs it."""

    code = "booking.not_your_line"


class TooEarly(Conflict):
    """This slot begins on {begins}; it cannot be started on an earlier day."""

    code = "booking.too_early"


class UsageInTheFuture(Invalid):
    """Usage is recorded once it is over; this end has not come yet."""

    code = "booking.usage_in_the_future"


class UsageElsewhere(Invalid):
    """This does not belong to the slot: usage begins within a day of it and lasts at most 31 days."""

    code = "booking.usage_elsewhere"


class NotMissedYet(Conflict):
    """The slot has not ended; until then somebody may still come."""

    code = "booking.not_missed_yet"


class NotYoursToCheckIn(Forbidden):
    """Who asked or comes, an engineer of this line or an operator of its platform checks in."""

    code = "booking.not_yours_to_check_in"


class OverAlready(Conflict):
    """This slot was over on {ended}; nobody checks in any more."""

    code = "booking.over_already"


class NotOverrunYet(Conflict):
    """This slot is not in use beyond its end."""

    code = "booking.not_overrun_yet"


class OfferOpen(Conflict):
    """This time is offered to who waits for it; it is decided on once the offer is taken."""

    code = "booking.offer_open"


class SeriesUnsound(Reason, Invalid):
    """A series has between 2 and {most} slots within a year, every so many days or weeks; say how many, or until which day."""

    code = "booking.series_unsound"
    remedy = _("Say how many slots, or until which day.")


class SeriesOverlaps(Reason, Invalid):
    """The next slot of this series would begin before the one before it ends; make it shorter or rarer."""

    code = "booking.series_overlaps"
    remedy = _("Make the slot shorter or rarer.")


class NothingWaits(Conflict):
    """No slot of this series is left for that."""

    code = "booking.nothing_waits"
