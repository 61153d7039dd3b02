"""How people type money into a form, and how a refusal goes back to its fields."""

from typing import Any

from django import forms

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


class SpareRow(forms.Form):
    """A row of a set that may stay empty; once anything stands in it, all of it is wanted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = [name for name, field in self.fields.items() if field.required]
        if self.empty_permitted:
            # Not required as long as it is empty, so it must not look so either.
            for name in self.wanted:
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """What a row that was begun still lacks is told at its field."""
        given = super().clean() or {}
        if self.has_changed():
            for name in self.wanted:
                if given.get(name) in (None, "") and name not in self.errors:
                    said = self.fields[name].error_messages["required"]
                    self.add_error(name, forms.ValidationError(said, code="required"))
        return given


def tell(form: forms.BaseForm, error: DomainError, **renamed: str) -> None:
    """Put a refusal into the form it came from: each problem at its field, the rest on top."""
    for name, text in error.problems.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, text)
    if not error.problems:
        form.add_error(None, str(error))
