"""What people type about organisations, themselves and access."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel import codes
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.parties import notices, tokens
from pilotharbor.parties.commands.tokens import LONGEST_DAYS, USUAL_DAYS
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import FIRST_ROLE, OrganisationKind, Role, roles_of

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})
# ISO 3166-2 letters of the provinces whose own rules the harbour may hold.
JURISDICTIONS = [
    ("CN", _("National rules only")),
    ("CN-BJ", _("Beijing")), ("CN-SH", _("Shanghai")), ("CN-ZJ", _("Zhejiang")),
    ("CN-JS", _("Jiangsu")), ("CN-GD", _("Guangdong")), ("CN-SD", _("Shandong")),
    ("CN-SN", _("Shaanxi")), ("CN-SC", _("Sichuan")), ("CN-HB", _("Hubei")),
    ("CN-AH", _("Anhui")),
]  # fmt: skip

CONFIDENTIAL_THINGS = [
    ("technologies.achievement", _("Research result")),
    ("technologies.demand", _("Need")),
    ("documents.document", _("Document")),
    ("projects.project", _("Project")),
    ("agreements.agreement", _("Agreement")),
]


def refused(form: forms.BaseForm, error: DomainError) -> None:
    """Put a refusal back into the form: each problem at its field, the sentence on top otherwise."""
    for field, text in error.problems.items():
        form.add_error(field if field in form.fields else None, text)
    if not error.problems:
        form.add_error(None, str(error))


class WhoForm(forms.Form):
    """Which body it is."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=OrganisationKind.choices)
    name = forms.CharField(
        label=_("Registered name"), max_length=200, help_text=_("As on the certificate or licence.")
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"), max_length=40,
        help_text=_("18 characters, on the same paper. We check its check digit."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_uscc(self) -> str:
        """The one spelling that is stored."""
        try:
            return codes.normalise_uscc(self.cleaned_data["uscc"])
        except DomainError as exc:
            raise forms.ValidationError(str(exc)) from exc


class WhereForm(forms.Form):
    """Where it is and which rules follow from that."""

    province = forms.ChoiceField(label=_("Province"), required=False)
    jurisdiction = forms.ChoiceField(
        label=_("Whose transfer rules apply?"), choices=JURISDICTIONS,
        help_text=_("Rewards and subsidies follow national rules and those of this place."),
    )  # fmt: skip
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    state_funded = forms.BooleanField(
        label=_("A state-funded institution"), required=False,
        help_text=_("Then the statutory reward of inventors has a floor."),
    )  # fmt: skip
    sme = forms.BooleanField(label=_("A small or medium-sized enterprise"), required=False)

    def __init__(self, *args: Any, zh: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(f"{code}0000", p.zh if zh else p.en) for code, p in PROVINCES.items()]
        chosen: Any = self.fields["province"]
        chosen.choices = [("", "—"), *named]


class FirstPersonForm(forms.Form):
    """Who administers it from the first day."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    email = forms.EmailField(label=_("Your e-mail"), help_text=_("You sign in with it."))
    role = forms.ChoiceField(label=_("Your role"))
    password = forms.CharField(
        label=_("Password"), widget=NEW_PASSWORD, strip=False,
        help_text=_("At least ten characters that nobody could guess from you or a dictionary."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = roles_of(kind=kind)
        chosen: Any = self.fields["role"]
        chosen.choices = [(r.value, r.label) for r in Role if r in fitting]
        self.initial.setdefault("role", FIRST_ROLE[kind])
        if known:
            for field in ("name", "email", "password"):
                del self.fields[field]


class OrganisationForm(forms.ModelForm[Organisation]):
    """What may be corrected."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = [
            "name", "name_en", "region", "jurisdiction", "address", "contact_email", "website",
            "state_funded", "sme",
        ]  # fmt: skip
        labels = {
            "name": _("Registered name"), "name_en": _("English name"),
            "region": _("Region (GB/T 2260)"), "jurisdiction": _("Whose transfer rules apply?"),
            "address": _("Address"), "contact_email": _("E-mail for enquiries"),
            "state_funded": _("A state-funded institution"),
            "sme": _("A small or medium-sized enterprise"),
        }  # fmt: skip
        help_texts = {"region": _("Six digits, such as 330200.")}
        widgets = {"jurisdiction": forms.Select(choices=JURISDICTIONS)}

    def keep(self, fields: Iterable[str]) -> None:
        """Show what stands there and take no other."""
        for name in fields:
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Approved as it is; the platform operator changes it.")


class ReasonForm(forms.Form):
    """Why; those concerned read it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Those concerned read it."),
    )  # fmt: skip


class InvitationForm(forms.Form):
    """Whom to invite as what."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("The link goes there."))
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    role = forms.ChoiceField(label=_("Role"))
    field = forms.CharField(
        label=_("Field of expertise"), max_length=80, required=False,
        help_text=_("For experts and engineers, e.g. chemical engineering."),
    )  # fmt: skip
    is_admin = forms.BooleanField(
        label=_("May invite and suspend people of this organisation"), required=False
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = roles_of(kind=organisation.kind, is_host=organisation.is_host)
        chosen: Any = self.fields["role"]
        chosen.choices = [(r.value, r.label) for r in Role if r in fitting]


class AcceptForm(forms.Form):
    """What a new person says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    password = forms.CharField(
        label=_("Password"), widget=NEW_PASSWORD, strip=False,
        help_text=_("At least ten characters that nobody could guess from you or a dictionary."),
    )  # fmt: skip


class ProveForm(forms.Form):
    """The password of an account that is here already."""

    password = forms.CharField(
        label=_("Password of your account"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class ProfileForm(forms.Form):
    """How one is called, reached and addressed."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=32, required=False)
    locale = forms.ChoiceField(
        label=_("Language of mails to you"), choices=[("zh-hans", "简体中文"), ("en", "English")]
    )


class TokenForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("So that you know it again.")
    )
    membership = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Acts as"), empty_label=None
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), widget=forms.CheckboxSelectMultiple,
        choices=[("read", pgettext_lazy("token", "Read")), ("write", pgettext_lazy("token", "Change"))], initial=list(tokens.SCOPES),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS
    )

    def __init__(self, *args: Any, memberships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["membership"]
        chosen.queryset = memberships
        chosen.label_from_instance = lambda m: f"{m.organisation.name} · {m.get_role_display()}"


class PreferenceForm(forms.Form):
    """What one wants to hear, and how: two boxes a topic."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in notices.TOPICS:
            for way in ("in_app", "by_mail"):
                self.fields[f"{topic}-{way}"] = forms.BooleanField(required=False)


class BreakGlassForm(forms.Form):
    """What must be read in an emergency, and why."""

    subject_type = forms.ChoiceField(label=_("What kind of thing?"), choices=CONFIDENTIAL_THINGS)
    subject_id = forms.IntegerField(label=_("Its number"), min_value=1)
    reason = forms.CharField(
        label=_("Why is it an emergency?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
