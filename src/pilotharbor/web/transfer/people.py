"""As whom does somebody at the terminal import or export, and in which language?"""

import os
from collections.abc import Callable

from django.utils.translation import gettext as translate

from pilotharbor.kernel.errors import Forbidden, NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.roles import Role

# Whom a list most naturally belongs to, where nobody was named.
USUAL = {
    "achievements": Role.TTO_OFFICER,
    "demands": Role.ENTERPRISE_MEMBER,
    "organisations": Role.PLATFORM_OPERATOR,
    "equipment": Role.PLATFORM_OPERATOR,
    "export": Role.PLATFORM_OPERATOR,
}


class NobodyMay(Forbidden):
    """Nobody in this harbour may do that yet; found the harbour and its people first."""

    code = "transfer.nobody_may"


class ThisPersonMayNot(Forbidden):
    """{email} has no role here that may do that."""

    code = "transfer.this_person_may_not"


class NoSuchPerson(NotFound):
    """Nobody here signs in as {email}."""

    code = "transfer.no_such_person"


def who(email: str, may: Callable[[Membership], bool], *, prefer: str) -> Membership:
    """The membership to act as: of the named person, or the usual one for this kind of list.

    Raises: NoSuchPerson, ThisPersonMayNot, NobodyMay.
    """
    if email:
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            raise NoSuchPerson(email=email)
        mine = parties.active_memberships(person_id=person.pk)
        found = next((m for m in mine if may(m)), None)
        if found is None:
            raise ThisPersonMayNot(email=email)
        return found
    candidates = (
        Membership.objects.filter(
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .select_related("person", "organisation")
        .order_by("-organisation__is_host", "pk")
    )
    usual = USUAL[prefer]
    able = [m for m in candidates if may(m)]
    if not able:
        raise NobodyMay
    return next((m for m in able if m.role == usual), able[0])


def introduce(actor: Membership) -> str:
    """Say as whom, so that nobody is surprised by whose list it became."""
    text = translate("As {person} ({email}) for {organisation}; name another with --as EMAIL.")
    return text.format(
        person=actor.person.name, email=actor.person.email, organisation=actor.organisation.name
    )


def terminal_language() -> str:
    """Chinese where the terminal says so, else English."""
    for name in ("PILOTHARBOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"
