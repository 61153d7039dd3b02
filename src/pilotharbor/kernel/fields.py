"""How people type money into a form, and how a refusal goes back to its fields."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel import money
from pilotharbor.kernel.errors import DomainError


class YuanField(forms.CharField):
    """An amount as people write it (``80万``, ``1,234.56``), cleaned to integer fen or ``None``."""

    def to_python(self, value: Any) -> Any:
        """Fen, ``None`` when left empty, or a message naming what cannot be read."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return money.parse_fen(text)
        except DomainError as exc:
            raise forms.ValidationError(str(exc)) from exc

    def prepare_value(self, value: Any) -> Any:
        """Fen as people write them; what somebody typed stays as typed."""
        return money.plain_yuan(value) if isinstance(value, int) else value


class PercentField(forms.DecimalField):
    """A percentage as people write it (``6``, ``12.5``, ``8%``), cleaned to integer basis points."""

    def __init__(self, *, most: int = 100, **options: Any) -> None:
        super().__init__(min_value=0, max_value=most, decimal_places=2, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """Basis points, or ``None`` when left empty."""
        text = value.strip().removesuffix("%").strip() if isinstance(value, str) else value
        given: Decimal | None = super().clean(text)
        return None if given is None else int(given * 100)

    def prepare_value(self, value: Any) -> Any:
        """Basis points as people write them; what somebody typed stays as typed."""
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value


class SpareRow(forms.Form):
    """A row of a set that may stay empty; once anything stands in it, all of it is wanted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = [name for name, field in self.fields.items() if field.required]
        if self.empty_permitted:
            # Not required as long as it is empty, so it must not look so either.
            for name in self.wanted:
                self.fields[name].required = False

    def has_changed(self) -> bool:
        """Whether the row counts: one that was there, and a spare one in which anything stands.

        A spare row that proposes something and is emptied is left out; one taken as proposed counts.
        """
        if not self.empty_permitted:
            return True
        if not self.is_bound:
            return super().has_changed()
        said = (self[name].data for name in self.fields)
        return any(value not in (None, "", False, []) for value in said)

    def clean(self) -> dict[str, Any]:
        """What a row that was begun still lacks is told at its field."""
        given = super().clean() or {}
        if self.has_changed():
            for name in self.wanted:
                if given.get(name) in (None, "") and name not in self.errors:
                    said = self.fields[name].error_messages["required"]
                    self.add_error(name, forms.ValidationError(said, code="required"))
        return given


class SpareRows(forms.BaseFormSet[SpareRow]):
    """Rows of which the filled ones that are not crossed out count; make it with ``can_delete``."""

    crossed_out: Any = _("Leave this row out")

    def add_fields(self, form: Any, index: int | None) -> None:
        """A filled row can be crossed out; a spare one is simply left empty."""
        super().add_fields(form, index)
        if index is None or index >= self.initial_form_count():
            form.fields.pop("DELETE", None)
        else:
            form.fields["DELETE"].label = self.crossed_out

    def kept(self) -> list[Any]:
        """The filled rows in their order, as a command counts them."""
        return [f for f in self.forms if f.has_changed() and not f.cleaned_data.get("DELETE")]

    def refuse(self, text: str) -> None:
        """Say above the rows what is wrong with all of them together."""
        self._non_form_errors = self.error_class([text])

    def take(self, problems: dict[str, str], *, prefix: str) -> dict[str, str]:
        """Put ``prefix.n`` of the problems at the n-th kept row; give back the others."""
        kept, others = self.kept(), {}
        for name, text in problems.items():
            place = name.removeprefix(f"{prefix}.")
            if place != name and place.isdecimal() and int(place) < len(kept):
                kept[int(place)].add_error(None, text)
            else:
                others[name] = text
        return others


def rows_of[S: SpareRows](row: type[SpareRow], rows: type[S], *, spare: int, most: int) -> type[S]:
    """The set of such rows, with so many spare ones below the filled."""
    made = forms.formset_factory(row, formset=rows, extra=spare, max_num=most, can_delete=True)
    return cast("type[S]", made)


def tell(form: forms.BaseForm, error: DomainError, **renamed: str) -> None:
    """Put a refusal into the form it came from: each problem at its field, the rest on top."""
    for name, text in error.problems.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, text)
    if not error.problems:
        form.add_error(None, str(error))
