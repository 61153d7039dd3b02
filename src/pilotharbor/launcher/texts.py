"""Which sentences does the product say, and where does each come from?"""

import ast
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

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


def collect() -> dict[tuple[str | None, str], list[str]]:
    """Every sentence that must be translated, with the places that say it (``file:line``)."""
    if not settings.configured:
        # Django's template lexer asks for settings; none of them changes what it finds.
        settings.configure()
    found: dict[tuple[str | None, str], list[str]] = defaultdict(list)
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
        for line, context, sentence in says:
            found[(context, sentence)].append(f"{path.relative_to(SOURCE)}:{line}")
    return dict(found)


def _in_template(source: str, origin: str) -> Iterator[tuple[int, str | None, str]]:
    # Indentation means nothing in a template, but would to the reader of code.
    lines = templatize(source, origin=origin).splitlines()
    yield from _in_code("\n".join(line.strip() for line in lines) + "\n")


def _in_code(source: str) -> Iterator[tuple[int, str | None, str]]:
    stream = io.BytesIO(source.encode())
    options = {"encoding": "utf-8"}
    for line, sentence, _, context in extract.extract("python", stream, KEYWORDS, (), options):
        single = sentence if isinstance(sentence, str) else sentence[0]
        if single:
            yield line, context, single


def _refusals(source: str) -> Iterator[tuple[int, str | None, str]]:
    """Sentences of errors: the first paragraph of the docstring of a class with a ``code``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        docstring = ast.get_docstring(node)
        if docstring and any(_is_code(statement) for statement in node.body):
            yield node.lineno, None, " ".join(docstring.split("\n\n")[0].split())


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
