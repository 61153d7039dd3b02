"""The four ways the product says no, and what each says to a person and to a program."""

from typing import ClassVar

from django.utils.translation import gettext as translate


class DomainError(Exception):
    """This is not possible.

    A refusal has a stable ``code``, a sentence (the docstring, translated) and typed facts. Subclass
    one of the four kinds below, right above the command that raises it. The docstring's first
    paragraph is what the user reads; ``{name}`` in it is filled from the facts. Pass ``problems``
    (field → sentence) where several fields are wrong at once.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "error"

    def __init__(self, *, problems: dict[str, str] | None = None, **facts: object) -> None:
        self.facts = facts
        self.problems = problems or {}
        super().__init__(self.code)

    @classmethod
    def sentence(cls) -> str:
        """The untranslated sentence, the msgid translators see."""
        return " ".join((cls.__doc__ or cls.__name__).split("\n\n")[0].split())

    def __str__(self) -> str:
        text = translate(self.sentence())
        return text.format_map(_Readable(self.facts)) if self.facts else text


class _Readable(dict[str, object]):
    """Leave a placeholder that has no fact as it stands, instead of failing while refusing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Invalid(DomainError):
    """The request cannot be understood as it is."""

    status = 422
    code = "invalid"


class Forbidden(DomainError):
    """You may see this, but not do that."""

    status = 403
    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or it is not yours to see."""

    status = 404
    code = "not_found"


class Conflict(DomainError):
    """The present state of things does not allow this."""

    status = 409
    code = "conflict"
