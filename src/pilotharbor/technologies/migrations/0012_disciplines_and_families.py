"""Disciplines by code beside the words people typed; CPC and families of patents."""

import re
from pathlib import Path
from typing import Any, ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Upper

TABLE = Path(__file__).parent.parent / "data" / "disciplines.txt"
# A Chinese application number somewhere in the words of a priority.
_NUMBER = re.compile(r"(?<!\d)((?:19|20)\d{10})[.．]?([0-9X])(?!\d)", re.ASCII)


def _codes() -> dict[str, str]:
    """Names and written codes to codes; a name that two disciplines have stands for neither."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, name, _english, seconds = line.split("|")
        rows = [(first, first, name)]
        for one in seconds.split(";"):
            digits, _space, said = one.partition(" ")
            rows.append((first + digits, f"{first}.{digits}", said))
        for code, dotted, said in rows:
            twice |= {said} & found.keys()
            found |= {said: code, code: code, dotted: code}
    return {said: code for said, code in found.items() if said not in twice}


def _checked(digits: str, check: str) -> bool:
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return "0123456789X"[rest] == check


def take_over(apps: Any, schema_editor: Any) -> None:
    """Give a code to what was typed exactly like one; the words stay. So for numbers of priorities."""
    del schema_editor
    achievements = apps.get_model("technologies", "Achievement").objects
    codes = _codes()
    typed = achievements.exclude(discipline="").order_by().values_list("discipline", flat=True)
    for words in typed.distinct():
        if code := codes.get(words.strip()):
            achievements.filter(discipline=words).update(discipline_code=code)
    rights = apps.get_model("technologies", "IpAsset").objects
    for pk, priority in rights.exclude(priority="").values_list("pk", "priority"):
        match = _NUMBER.search(priority)
        if match is not None and _checked(match[1], match[2]):
            rights.filter(pk=pk).update(priority_no=f"{match[1]}.{match[2]}")


class Migration(migrations.Migration):
    """Disciplines by code beside the words people typed; CPC and families of patents."""

    dependencies: ClassVar = [("technologies", "0011_registration")]

    operations: ClassVar = [
        migrations.AddField(
            "achievement", "discipline_code", models.CharField(blank=True, max_length=7, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "ipasset",
            "cpc",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=20), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            "ipasset", "priority_no", models.CharField(blank=True, max_length=40, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "ipasset", "family", models.CharField(blank=True, max_length=40, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.AddField(
            "ipasset",
            "family_key",
            models.GeneratedField(
                expression=Case(
                    When(family__gt="", then=Concat(Value("F:"), F("family"))),
                    When(priority_no__gt="", then=Concat(Value("N:"), F("priority_no"))),
                    When(application_no__gt="", then=Concat(Value("N:"), Upper("application_no"))),
                    default=Value(""),
                ),
                output_field=models.CharField(max_length=48),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "ipasset", models.Index(fields=["family_key"], name="technologies_ipasset_family")
        ),
    ]  # fmt: skip
