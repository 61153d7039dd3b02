"""Is a password strong enough?"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from pilotharbor.parties.models import Person

ENOUGH = 3


class StrengthValidator:
    """Refuse what can be guessed: zxcvbn's estimate, with the person's own words as clues."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ``ValidationError`` when the estimate is below 3 of 4."""
        clues = [user.email, user.name] if user else []
        if zxcvbn(password[:72], user_inputs=clues)["score"] < ENOUGH:
            raise ValidationError(
                _(
                    "This password could be guessed. Use four or more unrelated words, or let "
                    "your password manager make one."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """What to do."""
        return _("At least ten characters that nobody could guess from you or a dictionary.")
