"""What people type about a source."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.network import queries
from pilotharbor.network.commands import SourceGiven
from pilotharbor.network.models import Source
from pilotharbor.parties.models import Membership


class AuthorField(forms.ModelChoiceField[Membership]):
    """A member who may submit results, by organisation and name; namesakes also by e-mail."""

    def label_from_instance(self, obj: Any) -> str:
        """Organisation · name · role."""
        return f"{obj.organisation.name} · {obj.person.name} · {obj.get_role_display()}"


class SourceForm(forms.Form):
    """A repository and in whose name its results arrive."""

    name = forms.CharField(label=_("Name of the repository"), max_length=120)
    base_url = forms.CharField(
        label=_("Address (base URL)"),
        max_length=500,
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        help_text=_("It is asked who it is when you save; nothing is kept that does not answer."),
    )
    set_spec = forms.CharField(
        label=_("Only this set"),
        max_length=120,
        required=False,
        help_text=_("As the repository names it (setSpec); empty for everything."),
    )
    # Not ``prefix``: that word is taken by Django's forms.
    metadata_prefix = forms.ChoiceField(label=_("Format"), choices=Source.Prefix)
    author_id = AuthorField(
        None,
        label=_("In whose name"),
        empty_label=_("Choose who submits what arrives"),
        help_text=_("Their organisation owns the results, and its office reviews each of them."),
    )
    every_hours = forms.TypedChoiceField(label=_("How often"), choices=Source.Every, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["author_id"]
        field.queryset = queries.possible_authors()

    def given(self) -> SourceGiven:
        """What was typed, in the words of the command."""
        data = self.cleaned_data
        return SourceGiven(
            name=data["name"],
            base_url=data["base_url"],
            set_spec=data["set_spec"],
            prefix=data["metadata_prefix"],
            author_id=data["author_id"].pk,
            every_hours=data["every_hours"],
        )
