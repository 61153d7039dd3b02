"""Whatever texts a list holds: what leaves and comes back has not changed."""

import re
from itertools import count

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pilotharbor.facilities.models import Equipment
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.content import cleaned
from pilotharbor.technologies.models import Achievement, Cooperation, Demand, IpAsset, Pricing
from pilotharbor.web.transfer import exporter, importer
from pilotharbor.web.transfer.kinds import KINDS
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)

NASTY = [
    "=1+1", "'=1", "''+a", "-", "@a", "＝b", "'", "''", "a、b", "a,b", "a；b", "a;b", 'a"b', '"a"',
    '"a";b', "a|b", "a，b", "_x0041_", "1e5", "007", "true", "2026-03-02", "#N/A", "[/b]", "\\n", "；",
    '"', "a\nb", "'@；", "甲 乙", "\u2028x", "0.10",
]  # fmt: skip
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def kept(text: str) -> str:
    """As every domain keeps a text: without controls, blanks run together."""
    return " ".join(_UNKEPT.sub("", text).split())[:60].strip() or "甲"


texts = st.builds(kept, st.text(max_size=30) | st.sampled_from(NASTY))
long_texts = st.builds("{}\n{}".format, texts, texts).map(str.strip)
words = st.lists(texts, max_size=4, unique=True)
ways = st.lists(st.sampled_from(Cooperation.values), max_size=8)
prices = st.none() | st.integers(0, 10**13)
suffixes, languages = st.sampled_from([".csv", ".xlsx"]), st.sampled_from(["zh-hans", "en"])
# Shrinking would write thousands of rows; the failing texts are short enough to read.
many = settings(
    max_examples=12, deadline=None, phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
numbers = count(1)


def goes_and_comes(
    kind: str, folder, suffix: str, language: str, actor, at
) -> tuple[int, int, list]:
    """Rows that left, rows that came back unchanged, and what was said of any."""
    path = folder / f"list{suffix}"
    with override(language):
        left = exporter.write(exporter.export_of(kind), path, actor=actor)
        report = importer.run(KINDS[kind], path, actor=actor, at=at)
    return left, report.outcome.unchanged if report.outcome else 0, report.bad


@many
@given(
    rows=st.lists(st.tuples(texts, long_texts, words, texts, texts), min_size=1, max_size=8),
    ways=ways, price=prices, pricing=st.sampled_from(Pricing.values), suffix=suffixes,
    language=languages,
)  # fmt: skip
def test_achievements(tmp_path, at, rows, ways, price, pricing, suffix, language):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    for n, (title, summary, keywords, discipline, number) in enumerate(rows):
        content = {"title": title, "summary": summary, "keywords": keywords, "source": title}
        offer = {"cooperation": ways, "price_fen": price, "pricing": pricing}
        given = cleaned({**content, **offer, "discipline": discipline}, {})
        Achievement.objects.create(
            owner=officer.organisation, disclosed_by=officer, disclosed_at=at, **given,
            import_key=f"n:{n}{number[:50]}",
        )  # fmt: skip

    left, unchanged, bad = goes_and_comes("achievements", tmp_path, suffix, language, officer, at)

    assert (left, unchanged, bad) == (len(rows), len(rows), [])


@many
@given(
    rows=st.lists(st.tuples(texts, long_texts, words), min_size=1, max_size=8),
    ways=ways, level=st.none() | st.integers(1, 9), suffix=suffixes, language=languages,
)  # fmt: skip
def test_demands(tmp_path, at, rows, ways, level, suffix, language):
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)
    for title, summary, keywords in rows:
        content = {"title": title, "summary": summary, "keywords": keywords}
        given = cleaned({**content, "cooperation": ways, "trl_wanted": level}, {})
        Demand.objects.create(owner=buyer.organisation, posted_by=buyer, posted_at=at, **given)

    left, unchanged, bad = goes_and_comes("demands", tmp_path, suffix, language, buyer, at)

    assert (left, unchanged, bad) == (len(rows), len(rows), [])


@many
@given(
    rows=st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=8),
    suffix=suffixes, language=languages,
)  # fmt: skip
def test_organisations(tmp_path, at, rows, suffix, language):
    Membership.objects.all().delete()
    Organisation.objects.all().delete()
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation__is_host=True)
    for name, name_en, address in rows:
        OrganisationFactory(name=name, name_en=name_en, address=address)
    present = Organisation.objects.count()

    left, unchanged, bad = goes_and_comes("organisations", tmp_path, suffix, language, operator, at)

    assert (left, unchanged, bad) == (present, present, [])


@many
@given(
    rows=st.lists(st.tuples(texts, texts, long_texts), min_size=1, max_size=8),
    suffix=suffixes, language=languages,
)  # fmt: skip
def test_equipment(tmp_path, at, rows, suffix, language):
    operator = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    for name, model, specification in rows:
        Equipment.objects.create(
            platform=operator.organisation, asset_no=f"{name[:20]}{next(numbers)}", name=name,
            model=model, specification=specification, is_shared=False,
        )  # fmt: skip

    left, unchanged, bad = goes_and_comes("equipment", tmp_path, suffix, language, operator, at)

    assert (left, unchanged, bad) == (len(rows), len(rows), [])


def test_a_json_list_is_never_taken_apart_again(tmp_path, at):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"title": "a", "summary": "\'=b", "keywords": ["甲、乙", "丙；丁", "\'=戊"]}\n'
    )

    importer.run(KINDS["achievements"], path, actor=officer, at=at)

    made = Achievement.objects.get()
    assert (made.keywords, made.summary) == (["甲、乙", "丙；丁", "'=戊"], "'=b")


def test_rights_of_several_kinds_come_back_as_they_were(tmp_path, at):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    for assets in (
        [("invention_patent", "202310001234.7", "granted"), ("software", "2023SR01", "none")],
        [("technical_secret", "", "none"), ("utility_model", "201921234567.0", "pending")],
        [("technical_secret", "", "none")],
        [],
    ):
        entry = Achievement.objects.create(
            owner=officer.organisation, disclosed_by=officer, disclosed_at=at, title="a", summary="b"
        )  # fmt: skip
        for kind, number, legal in assets:
            IpAsset.objects.create(
                achievement=entry, kind=kind, application_no=number, legal_status=legal
            )  # fmt: skip
    before = list(IpAsset.objects.order_by("pk").values())

    for suffix in (".csv", ".xlsx"):
        assert goes_and_comes("achievements", tmp_path, suffix, "zh-hans", officer, at) == (
            4,
            4,
            [],
        )

    assert list(IpAsset.objects.order_by("pk").values()) == before


def test_words_for_rights_are_one_or_as_many_as_the_numbers(tmp_path, at):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    path = tmp_path / "a.csv"
    path.write_text(
        "title,summary,申请号,知识产权类型\na,b,202310001234.7；2023SR01；x,发明专利；软著\n",
        "utf-8",
    )

    report = importer.run(KINDS["achievements"], path, actor=officer, at=at)

    assert [cell.column for cell in report.bad] == ["知识产权类型"]
