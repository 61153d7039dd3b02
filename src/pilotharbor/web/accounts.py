"""How allauth signs our people in: no open sign-up, our names."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from pilotharbor.parties.models import Person


def display_name(person: Person) -> str:
    """How a person is called on allauth's pages."""
    return person.name


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
