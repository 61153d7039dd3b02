"""What does each role come here to do, and what does it do next when nothing waits?"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.parties.roles import Role

type Link = tuple[str | Promise, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """One role's home.

    ``main``      the one action beside the heading: its word and the name of its page
    ``others``    quieter ones; the first two are offered when nothing waits
    ``idle``      what is said then
    ``voyageless``  why there is no voyage, and how one begins from here
    """

    main: Link
    others: tuple[Link, ...]
    idle: str | Promise
    voyageless: str | Promise


RESULTS: Link = (_("Look through the results"), "achievements")
NEEDS: Link = (_("Look through the needs"), "demands")
PROJECTS: Link = (_("My projects"), "projects")
MATCHES: Link = (_("Look at the matches"), "matches")
SERVICES: Link = (_("See which lines are open"), "service_list")

DESKS: dict[Role, Desk] = {
    Role.RESEARCHER: Desk(
        (_("Disclose a result"), "achievement_new"),
        (NEEDS, MATCHES, SERVICES),
        _("Nothing waits for you. A new result, or a need it could answer, is the next step."),
        _(
            "A voyage begins when one of your results is matched with a need and a platform takes both up."
        ),
    ),
    Role.TTO_OFFICER: Desk(
        (_("Review results"), "reviews"),
        (RESULTS, (_("Agreements"), "agreements"), (_("Shares and rewards"), "shares")),
        _("No result waits for your review. See who asks for what you have published."),
        _("A voyage begins when a published result of yours is matched with a need."),
    ),
    Role.ENTERPRISE_MEMBER: Desk(
        (_("Write down a need"), "demand_new"),
        (RESULTS, SERVICES, (_("Invoices"), "invoices")),
        _("Nothing waits for you. Say what you need, or look at what is there already."),
        _("A voyage begins when you accept a result that answers your need."),
    ),
    Role.INVESTOR: Desk(
        (_("Projects open to me"), "projects"),
        (RESULTS, (_("Shares and rewards"), "shares")),
        _(
            "Nothing waits for you. Published results are open to you; ask a platform to let you into a project."
        ),
        _("You see a project once its platform lets you read its reports."),
    ),
    Role.TECHNOLOGY_MANAGER: Desk(
        (_("My leads"), "leads"),
        (NEEDS, RESULTS, MATCHES, PROJECTS),
        _("Every project of yours has what its next gate wants. Look for the next match."),
        _("You carry a project once its platform names you its technology manager."),
    ),
    Role.INDUSTRY_ADVISOR: Desk(
        (_("My projects"), "projects"),
        (RESULTS, NEEDS),
        _("Nothing waits for your advice."),
        _("You advise a project once its platform names you its industry advisor."),
    ),
    Role.EXPERT: Desk(
        (_("To be reviewed"), "assessments"),
        ((_("What I want to hear"), "notification_preferences"), SERVICES),
        _("No panel waits for your scores. You are told as soon as one is convened with you."),
        "",
    ),
    Role.EQUIPMENT_ENGINEER: Desk(
        (_("Today at the line"), "workbench"),
        ((_("Bookings"), "bookings"), (_("Lines and equipment"), "equipment")),
        _("Nothing is to be run within the next seven days."),
        _("You see a project once you run a slot or a line of it."),
    ),
    Role.PLATFORM_OPERATOR: Desk(
        (_("Bookings to decide"), "booking_queue"),
        (MATCHES, (_("Lines and equipment"), "equipment"), (_("New project"), "project_new")),
        _("Nothing waits for you. Look at what could be matched, or at how full your lines are."),
        _("A voyage begins when you make a project of an accepted match."),
    ),
    Role.MEMBER_PLATFORM: Desk(
        (_("Bookings"), "bookings"),
        ((_("Lines and equipment"), "equipment"), MATCHES, (_("Accreditations"), "accreditations")),
        _(
            "Nothing waits for you. Keep your lines and their tariffs up to date, so that they are found."
        ),
        _("A voyage begins when you make a project of an accepted match."),
    ),
    Role.GOVERNMENT_OFFICER: Desk(
        (_("Statistics"), "statistics"),
        ((_("Accreditations"), "accreditations"), SERVICES),
        _("No application waits for your decision."),
        "",
    ),
    Role.AUDITOR: Desk(
        (_("Audit trail"), "audit"),
        ((_("Emergency reading"), "break_glass"), (_("Invoices"), "invoices")),
        _("Nobody asks for an emergency reading. The audit trail is complete up to this moment."),
        "",
    ),
    Role.SYSTEM_ADMINISTRATOR: Desk(
        (_("Organisations"), "organisations"),
        ((_("People"), "people"), (_("Dead letters"), "dead_letters")),
        _("No organisation waits to be approved."),
        "",
    ),
}
