"""What registers say of rights, until when patents last, and which of them sleep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies import commands
from pilotharbor.technologies.commands import patents
from pilotharbor.technologies.commands.rules import NotYourEntry
from pilotharbor.technologies.content import ContentWrong, GivenRight
from pilotharbor.technologies.models import Achievement, IpAsset
from pilotharbor.technologies.patents import queries, rows, terms
from tests.factories.callers import Caller
from tests.factories.technologies import AchievementFactory, let_in, market
from tests.factories.worker import work
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def patent(achievement, **fields):
    given = {"kind": "invention_patent", "application_no": "201810000001.5", "legal_status": "granted",
             "filing_date": date(2018, 5, 4)} | fields  # fmt: skip
    return IpAsset.objects.create(achievement=achievement, **given)


def asleep(achievement):
    Achievement.objects.filter(pk=achievement.pk).update(
        disclosed_at=LONG_AGO, published_at=LONG_AGO, active_at=None
    )


@pytest.mark.parametrize(
    ("kind", "filed", "last"),
    [
        ("invention_patent", date(2018, 5, 4), date(2038, 5, 3)),
        ("utility_model", date(1999, 9, 6), date(2009, 9, 5)),
        ("design_patent", date(2021, 5, 31), date(2031, 5, 30)),
        ("design_patent", date(2021, 6, 1), date(2036, 5, 31)),
        ("utility_model", date(2020, 2, 29), date(2030, 2, 28)),
        ("invention_patent", date(2020, 2, 29), date(2040, 2, 28)),
        ("software", date(2020, 2, 29), None),
        ("invention_patent", None, None),
        ("invention_patent", date(1990, 1, 1), None),
    ],
)
def test_a_patent_lasts_until_the_day_before_the_anniversary(kind, filed, last):
    assert terms.last_day(kind, filed) == last


@pytest.mark.parametrize("kind", ["invention_patent", "utility_model", "design_patent"])
def test_the_filter_and_the_computed_day_agree(kind):
    for on in (date(2026, 3, 1), date(2028, 2, 29), date(2033, 6, 15)):
        bound = terms.filed_since(kind, on)
        for days in range(-3, 4):
            filed = bound + timedelta(days=days)
            assert (terms.last_day(kind, filed) >= on) == (filed >= bound)


def test_what_a_register_says_is_written_down_by_who_may_write_the_result(at):
    m = market()
    right = patent(m.achievement)
    said = {"title": "一种电解质", "ipc": ["h01m10/0562", "H01M 10/0562", "C01"],
            "publication_no": "cn 110000001 a", "grant_date": date(2020, 1, 1)}  # fmt: skip

    made = patents.describe_right(right_id=right.pk, content=said, actor_id=m.tto.pk, at=at)

    assert (made.ipc, made.publication_no) == (["H01M 10/0562", "C01"], "CN110000001A")
    event = Event.objects.get(name="technologies.achievement.right_described")
    assert event.facts["fields"] == ["grant_date", "ipc", "publication_no", "title"]
    patents.describe_right(right_id=right.pk, content=said, actor_id=m.tto.pk, at=at)
    assert Event.objects.count() == 1
    for who, error in ((m.buyer, NotYourRole), (m.colleague, NotYourEntry)):
        with pytest.raises(error):
            patents.describe_right(right_id=right.pk, content=said, actor_id=who.pk, at=at)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ipc": ["Z01"]}, "ipc"),
        ({"ipc": ["A01"] * 21}, "ipc"),
        ({"publication_no": "报告一"}, "publication_no"),
        ({"grant_date": date(2018, 5, 3)}, "grant_date"),
        ({"publication_date": date(2018, 5, 3)}, "publication_date"),
        ({"filing_date": date(2099, 1, 1)}, "filing_date"),
        ({"legal_status": "asleep"}, "legal_status"),
        ({"title": "长" * 201}, "title"),
    ],
)
def test_what_no_register_says_is_told_at_its_field(at, said, field):
    m = market()
    right = patent(m.achievement)

    with pytest.raises(ContentWrong) as refused:
        patents.describe_right(right_id=right.pk, content=said, actor_id=m.tto.pk, at=at)

    assert list(refused.value.problems) == [field]
    assert not Event.objects.exists()


def test_the_database_keeps_the_days_in_order():
    m = market()

    with pytest.raises(IntegrityError):
        patent(m.achievement, grant_date=date(2018, 5, 3))


def test_naming_the_rights_again_keeps_what_was_written_about_them(at):
    m = market(status="draft")
    kept = patent(m.achievement, title="一种电解质")
    gone = patent(m.achievement, kind="software", application_no="")

    commands.revise(
        achievement_id=m.achievement.pk, content={}, actor_id=m.inventor.pk, at=at,
        ip=[GivenRight("utility_model"), GivenRight("invention_patent", "201810000001.5", "lapsed")],
    )  # fmt: skip

    kept.refresh_from_db()
    assert (kept.title, kept.legal_status) == ("一种电解质", "lapsed")
    assert not IpAsset.objects.filter(pk=gone.pk).exists()
    assert m.achievement.ip_assets.count() == 2
    commands.revise(
        achievement_id=m.achievement.pk, content={}, actor_id=m.inventor.pk, at=at,
        ip=[GivenRight("utility_model", "201820000001.9"),
            GivenRight("invention_patent", "201810000001.5", "lapsed")],
    )  # fmt: skip
    assert m.achievement.ip_assets.count() == 2


def test_a_right_without_a_number_gets_one_and_stays():
    blank = IpAsset(kind="software", application_no="")
    named = IpAsset(kind="software", application_no="2020SR1")

    settled = rows.settle([blank], [named])

    assert (settled.changed, settled.new, settled.gone) == ([blank], [], [])
    assert blank.application_no == "2020SR1"


def test_a_list_is_narrowed_and_shows_no_more_than_the_results_do():
    m = market()
    secret = AchievementFactory(owner=m.university, status="draft")
    hidden = patent(secret, title="未公开")
    shown = patent(m.achievement, title="一种电解质", ipc=["C01B 25/14", "H01M 10/0562"])
    patent(m.achievement, kind="utility_model", application_no="", legal_status="pending")

    def found(who=None, **said):
        wanted = queries.Wanted(**said)
        return set(
            queries.filtered(queries.visible_rights(actor=who), wanted).values_list("pk", flat=True)
        )

    assert hidden.pk not in found()
    assert hidden.pk in found(m.tto)
    for said in ({"q": "电解质 一种"}, {"kind": "invention_patent"}, {"status": "granted"},
                 {"ipc": "h01m10"}, {"ipc": "H01M 10/05"}, {"ipc": "C01"}):  # fmt: skip
        assert found(**said) == {shown.pk}, said
    assert found(ipc="M10") == set()
    assert len(found(owner=m.university.pk)) == 2
    assert Client().get(f"/rights/{hidden.pk}").status_code == 404
    assert Client().get(f"/rights/{shown.pk}").status_code == 200
    let_in(m.achievement, m.expert, "blind")
    assert shown.pk not in found(m.expert)


def test_a_patent_sleeps_until_something_happens(at):
    m = market()
    right = patent(m.achievement)
    asleep(m.achievement)
    now = at

    def sleeping(who=m.tto, years=3):
        return [r.pk for r in queries.dormant(actor=who, at=now, years=years)]

    assert sleeping() == sleeping(m.operator) == sleeping(m.auditor) == [right.pk]
    assert sleeping(years=8) == []
    for outsider in (m.inventor, m.buyer, None):
        with pytest.raises(queries.NotFound):
            sleeping(outsider)
    commands.revise(
        achievement_id=m.achievement.pk, content={"title": "新题"}, actor_id=m.tto.pk, at=now
    )
    work()

    assert sleeping() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"legal_status": "pending"},
        {"legal_status": "lapsed"},
        {"kind": "software"},
        {"filing_date": date(2000, 1, 1), "kind": "utility_model"},
        {"grant_date": date(2025, 1, 1)},
    ],
)
def test_what_is_not_in_force_or_is_young_does_not_sleep(at, fields):
    m = market()
    patent(m.achievement, **fields)
    asleep(m.achievement)

    assert not queries.dormant(actor=m.tto, at=at, years=3).exists()


def test_an_earlier_instant_does_not_set_the_clock_back(at):
    m = market()

    patents.note_activity(achievement_id=m.achievement.pk, at=at)
    patents.note_activity(achievement_id=m.achievement.pk, at=LONG_AGO)

    m.achievement.refresh_from_db()
    assert m.achievement.active_at == at


def test_the_list_of_sleeping_patents_offers_what_wakes_each():
    m = market()
    draft = AchievementFactory(owner=m.university, disclosed_by=m.inventor, status="draft")
    for entry in (m.achievement, draft):
        patent(entry)
        asleep(entry)

    page = browse(m.tto).get("/rights/dormant").content.decode()

    assert f"/achievements/{m.achievement.pk}/candidates" in page
    assert f'action="/achievements/{draft.pk}/submit"' in page
    assert browse(m.buyer).get("/rights/dormant").status_code == 404
    assert browse(m.tto).get("/rights/dormant?years=20").status_code == 200
    assert Client().get("/rights/dormant").status_code == 302


def test_rights_over_http():
    m = market()
    right = patent(m.achievement)

    office = Caller(m.tto)
    made = office.patch(f"/rights/{right.pk}", {"ipc": ["H01M 10/0562"], "grant_date": None})
    assert made.status_code == 200, made.content
    assert (made.json()["last_date"], made.json()["term_years"]) == ("2038-05-03", 20)
    listed = Caller(None).get("/rights", ipc="H01M").json()["items"]
    assert [row["id"] for row in listed] == [right.pk]
    assert Caller(m.buyer).patch(f"/rights/{right.pk}", {"title": "x"}).status_code == 403
    asleep(m.achievement)
    assert len(office.get("/rights/dormant").json()["items"]) == 1
    assert Caller(m.buyer).get("/rights/dormant").status_code == 404


def test_the_form_gives_back_what_was_typed():
    m = market()
    right = patent(m.achievement)
    said = {"title": "一种电解质", "legal_status": "granted", "ipc": "H01M 10/0562；Z9"}

    bad = browse(m.tto).post(f"/rights/{right.pk}/edit", said)
    good = browse(m.tto).post(f"/rights/{right.pk}/edit", said | {"ipc": "H01M 10/0562；C01"})

    assert bad.status_code == 422
    assert "H01M 10/0562；Z9" in bad.content.decode()
    assert good.url == f"/rights/{right.pk}"
    right.refresh_from_db()
    assert right.ipc == ["H01M 10/0562", "C01"]
