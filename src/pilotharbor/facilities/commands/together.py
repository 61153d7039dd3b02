"""How several reasons against one thing are told together, each at its field."""

from pilotharbor.kernel.errors import DomainError

type Found = list[tuple[str, DomainError]]


def refuse(found: Found, several: type[DomainError]) -> None:
    """Refuse for what was found: of one kind as that kind, else as ``several`` with their codes.

    Raises: the one refusal, or ``several``.
    """
    if not found:
        return
    problems: dict[str, str] = {}
    for field, error in found:
        problems[field] = f"{problems[field]} {error}" if field in problems else str(error)
    codes = [error.code for _, error in found]
    if len(set(codes)) == 1:
        error = found[0][1]
        error.problems = problems
        raise error
    raise several(problems=problems, count=len(found), codes=codes)
