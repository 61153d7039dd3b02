"""Which sentences does the product say, and where does each come from?"""

import ast
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages import extract
from django.conf import settings
from django.utils.translation.template import templatize

from pilotharbor.launcher.paths import SOURCE

KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "translate": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")


class Said(NamedTuple):
    """A sentence, the line that says it, and its plural where it counts something."""

    line: int
    context: str | None
    sentence: str
    plural: str = ""


def collect() -> dict[tuple[str | None, str], list[str]]:
    """Every sentence that must be translated, with the places that say it (``file:line``)."""
    found: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for place, said in _all():
        found[(said.context, said.sentence)].append(place)
    return dict(found)


def counted() -> dict[tuple[str | None, str], str]:
    """The sentences that count something, with their plural: their entries are of another kind."""
    return {(said.context, said.sentence): said.plural for _, said in _all() if said.plural}


@cache
def _all() -> list[tuple[str, Said]]:
    if not settings.configured:
        # Django's template lexer asks for settings; none of them changes what it finds.
        settings.configure()
    found = []
    for path in sorted((SOURCE / "pilotharbor").rglob("*")):
        if "/migrations/" in str(path) or "/launcher/" in str(path):
            continue
        if path.suffix == ".py":
            source = path.read_text(encoding="utf-8")
            says = [*_in_code(source), *_refusals(source)]
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            says = list(_in_template(path.read_text(encoding="utf-8"), str(path)))
        else:
            continue
        found += [(f"{path.relative_to(SOURCE)}:{said.line}", said) for said in says]
    return found


def _in_template(source: str, origin: str) -> Iterator[Said]:
    # Indentation means nothing in a template, but would to the reader of code.
    lines = templatize(source, origin=origin).splitlines()
    yield from _in_code("\n".join(line.strip() for line in lines) + "\n")


def _in_code(source: str) -> Iterator[Said]:
    stream = io.BytesIO(source.encode())
    options = {"encoding": "utf-8"}
    for line, sentence, _, context in extract.extract("python", stream, KEYWORDS, (), options):
        single, *more = [sentence] if isinstance(sentence, str) else [s for s in sentence if s]
        if single:
            yield Said(line, context, single, more[0] if more else "")


def _refusals(source: str) -> Iterator[Said]:
    """Sentences of errors: the first paragraph of the docstring of a class with a ``code``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        docstring = ast.get_docstring(node)
        if docstring and any(_is_code(statement) for statement in node.body):
            yield Said(node.lineno, None, " ".join(docstring.split("\n\n")[0].split()))


def _is_code(statement: ast.stmt) -> bool:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return any(isinstance(t, ast.Name) and t.id == "code" for t in targets)


def catalogue_of(place: str) -> Path:
    """The translation file that belongs to ``pilotharbor/<domain>/…``."""
    domain = Path(place).parts[1]
    return SOURCE / "pilotharbor" / domain / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
