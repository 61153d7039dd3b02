"""Does the translation check see every sentence and every gap?"""

import polib

from pilotharbor.launcher import catalogues, check_translations, messages, texts

CODE = '''
from django.utils.translation import gettext_lazy as _, ngettext

class SlotTaken(Conflict):
    """The slot of {equipment}
    is taken.

    Not for the reader.
    """

    code = "booking.slot_taken"

class Plain:
    """No sentence for anybody."""

label = _("Equipment")
several = ngettext("%(n)s hour", "%(n)s hours", 2)
'''
PAGE = """{% load i18n %}
<h1>{% translate "Bookings" %}</h1>
{# nothing here #}
<p title="Speaks past">Raw words {{ value }}</p>
<p>{% blocktranslate with name=x %}Dear {{ name }}{% endblocktranslate %}</p>
<script>var words = "unseen";</script><p>TRL 4 · PilotHarbor</p>
"""


def source(tmp_path, monkeypatch, chinese=None):
    domain = tmp_path / "pilotharbor" / "booking"
    (domain / "templates" / "booking").mkdir(parents=True)
    (domain / "commands.py").write_text(CODE)
    (domain / "templates" / "booking" / "list.html").write_text(PAGE)
    for module in (texts, catalogues, check_translations, messages):
        monkeypatch.setattr(module, "SOURCE", tmp_path)
    texts._all.cache_clear()
    catalogue = polib.POFile()
    for sentence, translation in (chinese or {}).items():
        entry = polib.POEntry(msgid=sentence, msgstr=translation)
        if isinstance(translation, list):
            entry = polib.POEntry(
                msgid=sentence,
                msgid_plural=f"{sentence}s",
                msgstr_plural=dict(enumerate(translation)),
            )
        catalogue.append(entry)
    target = texts.catalogue_of("pilotharbor/booking/commands.py")
    target.parent.mkdir(parents=True)
    catalogue.save(str(target))
    return target


def test_collects_code_refusals_and_templates(tmp_path, monkeypatch):
    source(tmp_path, monkeypatch)

    found = {sentence for _, sentence in texts.collect()}

    assert found == {
        "Equipment",
        "%(n)s hour",
        "The slot of {equipment} is taken.",
        "Bookings",
        "Dear %(name)s",
    }


def test_names_gaps_and_wrong_placeholders(tmp_path, monkeypatch):
    source(
        tmp_path,
        monkeypatch,
        {
            "Equipment": "设备",
            "%(n)s hour": ["%(n)s 小时"],
            "Bookings": "",
            "Dear %(name)s": "%(name)s，您好",
            "The slot of {equipment} is taken.": "{device} 的时段已被占用。",
        },
    )

    found = list(check_translations.untranslated())

    assert found == [
        (
            "pilotharbor/booking/commands.py:4: other placeholders in the Chinese of "
            "'The slot of {equipment} is taken.'"
        ),
        "pilotharbor/booking/templates/booking/list.html:2: no Chinese for 'Bookings'",
    ]


def test_templates_that_speak_past_the_translator_are_named(tmp_path, monkeypatch):
    source(tmp_path, monkeypatch)

    assert list(check_translations.mute_templates()) == [
        (
            "pilotharbor/booking/templates/booking/list.html:4: "
            "outside the translation tags: 'Speaks past'"
        ),
        (
            "pilotharbor/booking/templates/booking/list.html:4: "
            "outside the translation tags: 'Raw words'"
        ),
    ]


def test_a_sentence_that_counts_needs_an_entry_that_counts(tmp_path, monkeypatch):
    gap = (
        "pilotharbor/booking/commands.py:17: "
        "counted here, or in its Chinese, but not in both: '%(n)s hour'"
    )
    target = source(tmp_path, monkeypatch, {"%(n)s hour": "%(n)s 小时"})
    assert gap in set(check_translations.untranslated())

    catalogue = polib.POFile()
    catalogue.append(
        polib.POEntry(
            msgid="%(n)s hour", msgid_plural="%(n)s hours", msgstr_plural={0: "%(n)s 小时"}
        )
    )
    catalogue.save(str(target))

    assert gap not in set(check_translations.untranslated())


def test_missing_sentences_are_added_once(tmp_path, monkeypatch, capsys):
    target = source(tmp_path, monkeypatch, {"Equipment": "设备"})
    arguments = type("Arguments", (), {"only": None})()

    messages.run(arguments)
    messages.run(arguments)

    catalogue = polib.pofile(str(target))
    assert len([entry for entry in catalogue if entry.msgid == "Bookings"]) == 1
    assert catalogue.find("Equipment").msgstr == "设备"
    assert "4 texts wait" in capsys.readouterr().out


def test_compiles_only_what_is_stale(tmp_path, monkeypatch):
    target = source(tmp_path, monkeypatch, {"Equipment": "设备"})

    catalogues.compile_stale()

    compiled = target.with_suffix(".mo")
    assert polib.mofile(str(compiled)).find("Equipment").msgstr == "设备"
    before = compiled.stat().st_mtime_ns
    catalogues.compile_stale()
    assert compiled.stat().st_mtime_ns == before
