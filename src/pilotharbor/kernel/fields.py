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


def tell(form: forms.BaseForm, error: DomainError, **renamed: str) -> None:
    """Put a refusal into the form it came from: each problem at its field, the rest on top."""
    for name, text in error.problems.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, text)
    if not error.problems:
        form.add_error(None, str(error))
