"""What people type about results and needs, one question a step."""

from collections import Counter
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import SpareRow, SpareRows, YuanField, rows_of
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies import disciplines, industries
from pilotharbor.technologies.commands import GivenRight
from pilotharbor.technologies.models import (
    Achievement,
    Cooperation,
    Demand,
    IpAsset,
    Pricing,
    TrlScale,
)
from pilotharbor.technologies.queries import Entry

LEVEL_HELP = {
    Confidentiality.PUBLIC: _("Public: everyone reads all of it, also without signing in."),
    Confidentiality.MEMBERS: _("Platform members: every member of an approved organisation."),
    Confidentiality.NDA: _("Under NDA: organisations that have signed an NDA with yours."),
    Confidentiality.PROJECT: _("Project team: its authors, your office and the project's team."),
    Confidentiality.CORE: _("Core: its authors and the people you name, one by one."),
}


class WordsForm(forms.Form):
    """What it is."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What it does and what is special about it. Leave out what must stay secret."),
    )
    keywords = forms.CharField(
        label=_("Keywords"),
        required=False,
        max_length=1300,
        help_text=_("Up to 20, separated by commas or semicolons."),
    )

    def clean_keywords(self) -> list[str]:
        """One keyword each, whatever separated them."""
        text: str = self.cleaned_data["keywords"]
        for mark in "，、；;\n":
            text = text.replace(mark, ",")
        return [word.strip() for word in text.split(",") if word.strip()]


class MaturityForm(forms.Form):
    """How far along it is."""

    trl_scale = forms.ChoiceField(
        label=_("Scale of technology readiness"), choices=TrlScale.choices
    )
    trl_level = forms.IntegerField(
        label=_("Level"),
        required=False,
        min_value=1,
        max_value=13,
        help_text=_(
            "4 to 6 is where a pilot usually begins. Leave empty when nobody has judged it."
        ),
    )
    trl_evidence = forms.CharField(
        label=_("What the level rests on"),
        required=False,
        max_length=500,
        help_text=_("Such as a test report with its number and date."),
    )
    mrl = forms.IntegerField(
        label=_("Manufacturing readiness (MRL)"),
        required=False,
        min_value=1,
        max_value=10,
        help_text=_("1 to 10; for processes it says more than technology readiness does."),
    )


# Rights that arise without any registration.
UNREGISTERED = frozenset({IpAsset.Kind.TECHNICAL_SECRET, IpAsset.Kind.SOFTWARE})


class RightForm(forms.Form):
    """One right."""

    kind = forms.ChoiceField(
        label=_("Kind of right"), choices=[("", "—"), *IpAsset.Kind.choices], required=False
    )
    application_no = forms.CharField(label=_("Application number"), max_length=64, required=False)
    legal_status = forms.ChoiceField(
        label=_("Legal status"),
        choices=[("", "—"), *IpAsset.LegalStatus.choices],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A right says where it stands; what arises without registration may leave it out."""
        given = super().clean() or {}
        kind, status = given.get("kind"), given.get("legal_status")
        if kind and not status and "legal_status" not in self.errors:
            if kind in UNREGISTERED:
                given["legal_status"] = IpAsset.LegalStatus.NONE
            else:
                self.add_error("legal_status", _("Say where this right stands."))
        if not kind and given.get("application_no"):
            self.add_error("kind", _("Say which kind of right this number is of."))
        return given


RightFormSet = formset_factory(RightForm, extra=3, max_num=50, can_delete=True)


class MemberField(forms.ModelChoiceField[Membership]):
    """A member of the organisation by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Name · field · role, and what tells namesakes apart: the reward goes to one of them."""
        alike = self._alike().get((obj.person.name, obj.field, obj.role), 0)
        email = obj.person.email if alike > 1 else ""
        said = (obj.person.name, obj.field, obj.get_role_display(), email)
        return " · ".join(part for part in said if part)

    def _alike(self) -> Counter[tuple[str, str, str]]:
        """How many of those offered read the same."""
        if not hasattr(self, "_counted"):
            rows: Any = self.queryset
            names = ("person__name", "field", "role")
            self._counted = Counter(rows.order_by().values_list(*names))
        return self._counted


class InventorForm(SpareRow):
    """One of those who made it."""

    membership_id = MemberField(None, label=_("Inventor"), empty_label=_("Choose a person"))

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["membership_id"]
        chosen.queryset = members


InventorFormSet = rows_of(InventorForm, SpareRows, spare=4, most=50)


class PlaceForm(forms.Form):
    """Where it belongs."""

    industry = forms.CharField(
        label=_("Industry (GB/T 4754)"),
        required=False,
        max_length=5,
        help_text=_("A division such as C26, or any deeper code such as C2614."),
        widget=forms.TextInput(attrs={"list": "industries"}),
    )
    discipline_code = forms.ChoiceField(
        label=_("Discipline (GB/T 13745-2009)"),
        required=False,
        help_text=_("The names were not compared with the text of the standard."),
    )
    discipline = forms.CharField(
        label=_("Discipline in your own words"), required=False, max_length=60
    )
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "zh").startswith("zh")
        names = [(f"{code}0000", p.zh if zh else p.en) for code, p in PROVINCES.items()]
        said = self.initial.get("region", "")
        if said and said not in dict(names):
            names.append((said, said))
        region = self.fields["region"]
        if isinstance(region, forms.ChoiceField):
            region.choices = [("", "—"), *names]
        fields: Any = self.fields
        code = self.initial.get("discipline_code", "")
        # A third level was brought in by a list: it stays as it is.
        deeper = [(code, disciplines.label(code))] if len(code) > 5 else []
        fields["discipline_code"].choices = [("", "—"), *deeper, *disciplines.choices()]


class OfferForm(forms.Form):
    """How a result may be had, and at what price."""

    cooperation = forms.MultipleChoiceField(
        label=_("How may it be had?"),
        required=False,
        choices=Cooperation.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything you would agree to; enterprises filter by it."),
    )
    pricing = forms.ChoiceField(label=_("How is the price found?"), choices=Pricing.choices)
    price_fen = YuanField(
        label=_("Asking price in yuan"),
        required=False,
        help_text=_("Such as 800,000. Leave empty when it is to be negotiated."),
    )


class BudgetForm(PlaceForm):
    """What it may cost, how to work together and where it belongs."""

    budget_fen = YuanField(
        label=_("Budget in yuan"), required=False, help_text=_("Such as 500,000.")
    )
    cooperation = forms.MultipleChoiceField(
        label=_("How would you work together?"),
        required=False,
        choices=Cooperation.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    trl_wanted = forms.TypedChoiceField(
        label=_("How far along must it be at least?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[],
    )
    field_order = ("budget_fen", "cooperation", "trl_wanted", "industry", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["discipline"], self.fields["discipline_code"]
        wanted: Any = self.fields["trl_wanted"]
        wanted.choices = wanted_levels()


def wanted_levels() -> list[tuple[str | int, Any]]:
    """The readiness a need may ask for, in the words of somebody who does not know the scale."""
    return [("", _("It does not matter")), *((n, _LEVELS[n]) for n in _LEVELS)]


_LEVELS = {
    1: _("TRL 1 · the principle has been observed"),
    2: _("TRL 2 · an idea of how to use it"),
    3: _("TRL 3 · shown to work in the laboratory"),
    4: _("TRL 4 · a laboratory sample that works"),
    5: _("TRL 5 · tried under conditions like ours"),
    6: _("TRL 6 · a prototype on a pilot line"),
    7: _("TRL 7 · running on trial in a plant"),
    8: _("TRL 8 · finished and qualified"),
    9: _("TRL 9 · in use elsewhere"),
}


class ReadersForm(forms.Form):
    """Who may read what."""

    confidentiality = forms.ChoiceField(
        label=_("Who may read the detail?"),
        choices=[(level, LEVEL_HELP[level]) for level in Confidentiality],
        widget=forms.RadioSelect,
    )
    detail = forms.CharField(
        label=_("Detail"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Title and summary stay visible; this part opens only as you chose above."),
    )


class NoteForm(forms.Form):
    """What should be changed."""

    note = forms.CharField(
        label=_("What should be changed?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReaderForm(forms.Form):
    """Who may read the detail."""

    email = forms.EmailField(label=_("E-mail of the person"))


def initial_of(entry: Entry | None) -> dict[str, Any]:
    """What the steps show of an entry."""
    if entry is None:
        return {"trl_scale": TrlScale.TRL_9, "confidentiality": Confidentiality.PUBLIC}
    shown: dict[str, Any] = {
        "title": entry.title, "summary": entry.summary, "keywords": "，".join(entry.keywords),
        "industry": entry.industry, "region": entry.region, "detail": entry.detail,
        "confidentiality": entry.confidentiality,
    }  # fmt: skip
    if isinstance(entry, Demand):
        return shown | {
            "budget_fen": entry.budget_fen, "cooperation": entry.cooperation,
            "trl_wanted": entry.trl_wanted,
        }  # fmt: skip
    return shown | {
        "discipline": entry.discipline, "discipline_code": entry.discipline_code,
        "trl_scale": entry.trl_scale, "trl_level": entry.trl_level,
        "trl_evidence": entry.trl_evidence, "mrl": entry.mrl, "cooperation": entry.cooperation,
        "pricing": entry.pricing, "price_fen": entry.price_fen,
    }  # fmt: skip


def rights_of(entry: Achievement) -> list[dict[str, str]]:
    """What the step of rights shows."""
    return [
        {"kind": r.kind, "application_no": r.application_no, "legal_status": r.legal_status}
        for r in entry.ip_assets.order_by("id")
    ]


def inventors_of(entry: Achievement) -> list[dict[str, int]]:
    """What the step of inventors shows, in the order of contribution."""
    rows = entry.inventors.order_by("position").values_list("membership_id", flat=True)
    return [{"membership_id": pk} for pk in rows]


def given_inventors(formset: Any) -> list[int]:
    """The memberships of a filled form set, in its order."""
    return [form.cleaned_data["membership_id"].pk for form in formset.kept()]


def given_rights(formset: Any) -> list[GivenRight]:
    """The rights of a filled form set; rows without a kind are left out."""
    rows = (form.cleaned_data for form in formset if form not in formset.deleted_forms)
    return [
        GivenRight(row["kind"], row["application_no"], row["legal_status"] or "none")
        for row in rows
        if row.get("kind")
    ]


def divisions() -> list[tuple[str, str]]:
    """The industries to choose from."""
    return industries.choices()
