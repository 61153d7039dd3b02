"""How allauth signs our people in: no open sign-up, our names."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Person


def display_name(person: Person) -> str:
    """How a person is called on allauth's pages."""
    return person.name


def closed(request: HttpRequest) -> HttpResponse:
    """Allauth's page of addresses: it lets an unproved one become the one a person is found by.

    Raises: NotFound, always. Source: R-PARTY-14.
    """
    del request
    raise NotFound


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation or by registering their organisation, never by allauth's form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never here."""
        del request
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Campus or enterprise sign-in connects to a person who is already here, by verified e-mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """An identity provider opens no new account."""
        del request, sociallogin
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Any, str] | None:
        """Whose sign-in address the provider has verified; an address noted elsewhere finds nobody."""
        for address in sociallogin.email_addresses:
            if address.verified and self.can_authenticate_by_email(sociallogin, address.email):
                found = Person.objects.filter(email__iexact=address.email).first()
                if found is not None:
                    return found, address.email
        return None
