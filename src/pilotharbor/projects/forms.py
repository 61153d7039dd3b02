"""What people type about a project: its people, its plan, its tasks."""

from collections import Counter
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import YuanField
from pilotharbor.matching.models import Match
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.projects.models import TASK_KINDS, TeamMember


class PersonField(forms.ModelChoiceField[Membership]):
    """A member, chosen by name and organisation; namesakes also by their e-mail."""

    def label_from_instance(self, obj: Any) -> str:
        """Name · organisation, the field an expert knows, and what tells namesakes apart."""
        alike = self._alike().get((obj.person.name, obj.organisation.name, obj.field), 0)
        email = obj.person.email if alike > 1 else ""
        said = (obj.person.name, obj.organisation.name, obj.field, email)
        return " · ".join(part for part in said if part)

    def _alike(self) -> Counter[tuple[str, str, str]]:
        """How many of those offered read the same."""
        if not hasattr(self, "_counted"):
            rows: Any = self.queryset
            names = ("person__name", "organisation__name", "field")
            self._counted = Counter(rows.order_by().values_list(*names))
        return self._counted


class ProposalForm(forms.Form):
    """Which match becomes a voyage."""

    match_id: forms.ModelChoiceField[Match] = forms.ModelChoiceField(
        None, label=_("Accepted match"), empty_label=_("Choose a result and the need it answers")
    )
    title = forms.CharField(
        label=_("Title of the project"),
        max_length=200,
        required=False,
        help_text=_("Left empty, it is called like the result."),
    )

    def __init__(self, *args: Any, matches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["match_id"]
        field.queryset = matches
        field.label_from_instance = lambda m: f"{m.achievement.title} ⇄ {m.demand.title}"


class StewardsForm(forms.Form):
    """The two who carry the project."""

    technology_manager_id = PersonField(
        None,
        label=_("Technology manager"),
        help_text=_("Knows the technology and the market; carries the project through every gate."),
    )
    industry_advisor_id = PersonField(
        None,
        label=_("Industry advisor"),
        help_text=_("Knows the industry; comments on assessment, plan and results."),
    )

    def __init__(self, *args: Any, managers: Any, advisors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, people in (
            ("technology_manager_id", managers),
            ("industry_advisor_id", advisors),
        ):
            field: Any = self.fields[name]
            field.queryset = people


class MemberForm(forms.Form):
    """Someone to let in."""

    membership_id = PersonField(None, label=_("Person"))
    scope = forms.ChoiceField(
        label=_("May read"), choices=TeamMember.Scope, widget=forms.RadioSelect, initial="report"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership_id"]
        field.queryset = people


class PlanForm(forms.Form):
    """Budget and the rule of success."""

    goal = forms.CharField(
        label=_("What shall the pilot show?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    budget_fen = YuanField(label=_("Budget"), help_text=_("In yuan, such as 800,000 or 1,234.56."))
    consecutive_batches = forms.IntegerField(
        label=_("Good batches in a row that count as success"),
        min_value=1,
        max_value=200,
        initial=3,
    )
    planned_batches = forms.IntegerField(
        label=_("Batches planned"), min_value=1, max_value=200, initial=3
    )


class LimitForm(forms.Form):
    """One criterion of success."""

    attribute = forms.CharField(label=_("Measured attribute"), max_length=60)
    unit = forms.CharField(label=_("Unit"), max_length=24, required=False)
    at_least = forms.CharField(label=_("At least"), max_length=40, required=False)
    at_most = forms.CharField(label=_("At most"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("at_least", "at_most"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"


def limit_forms(rows: int) -> type[BaseFormSet[LimitForm]]:
    """A set of criteria with so many empty rows below those that are filled."""
    return formset_factory(LimitForm, extra=rows, max_num=60)


class TaskForm(forms.Form):
    """What somebody owes."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[*TASK_KINDS.items(), ("", _("Something else"))],
        required=False,
        initial="action",
    )
    title = forms.CharField(
        label=_("What exactly"),
        max_length=200,
        required=False,
        help_text=_("For something else, this says what it is."),
    )
    owner_id: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        None, label=_("Who owes it")
    )
    due_date = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner_id"]
        field.queryset = owners

    def clean(self) -> dict[str, Any]:
        """A free kind is named by its title."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("kind"):
            if not given.get("title"):
                self.add_error("title", _("Say in a few words what kind of task it is."))
            given["kind"] = (given.get("title") or "")[:48]
        return given


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def people(*, roles: tuple[str, ...]) -> Any:
    """Active members in these roles, with their names, by name."""
    return (
        Membership.objects.filter(
            role__in=roles,
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .select_related("person", "organisation")
        .order_by("person__name", "id")
    )
