"""Open services: every visitor finds every open line, and nothing that is not the public's."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pilotharbor.booking.models import Booking
from pilotharbor.calendars import commands, queries
from pilotharbor.calendars.models import Showing
from pilotharbor.calendars.queries import Sought
from pilotharbor.calendars.views import showcase
from pilotharbor.facilities.commands import NotYourLine
from pilotharbor.facilities.models import Closure, Equipment
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Organisation
from tests.factories.calendars import NOW, dock, row, second_line
from tests.factories.facilities import EquipmentFactory, LineFactory, TariffFactory, working_line

pytestmark = pytest.mark.django_db
BACK = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True
    settings.PUBLIC_URL = "https://harbour.example"
    showcase.forget()


def get(path, *, who=None, at=NOW, **params):
    client = Client(headers={"X-Harbor-Time": at.isoformat(), "Accept-Language": "en"})
    if who is not None:
        client.force_login(who.person, backend=BACK)
    return client.get(path, params)


def text_of(path, **params):
    answer = get(path, **params)
    assert answer.status_code == 200
    return answer.content.decode()


def structured(text):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1]) if found else None


def names(**sought):
    return {line.name for line in queries.open_lines(Sought(**sought))}


def test_every_open_line_is_there_and_no_other():
    open_one = working_line(name="开放线")
    working_line(name="关闭线", is_open=False, closed_reason="检修。")
    for status in (s for s in Organisation.Status.values if s != "approved"):
        hidden = working_line(name=f"隐藏线{status}")
        Organisation.objects.filter(pk=hidden.platform_id).update(status=status)
        assert get(f"/services/{hidden.pk}").status_code == 404

    text = text_of("/services")
    sitemap = text_of("/sitemap-services-1.xml")

    assert "开放线" in text
    assert "关闭线" not in text
    assert "隐藏线" not in text
    assert re.findall(r"<loc>(.*?)</loc>", sitemap) == [
        f"https://harbour.example/services/{open_one.pk}"
    ]
    assert "/sitemap-services-1.xml" in text_of("/sitemap.xml")


def test_without_an_open_line_there_is_no_page_of_the_sitemap():
    working_line(is_open=False, closed_reason="检修。")
    assert get("/sitemap-services-1.xml").status_code == 404
    assert "No line is open yet" in text_of("/services")


def test_the_price_is_that_for_outside_and_no_groups_price_is_told():
    line = LineFactory()
    EquipmentFactory(line=line)
    TariffFactory(
        line=line, batch_fen=0, outside_bp=12_000, member_bp=5_000, sme_bp=8_000,
        validity=DateRange(date(2026, 1, 1), date(2027, 1, 1)),
    )  # fmt: skip

    listed, shown = text_of("/services"), text_of(f"/services/{line.pk}")

    for text in (listed, shown):
        assert "¥2,160.00" in text
        # The listed price, the members' and the SMEs', by the hour and for the example of a day.
        for told in ("1,800.00", "900.00", "1,440.00", "7,200.00", "11,520.00", "50%", "80%"):
            assert told not in text.replace("2,160.00", ""), told
    assert "¥17,280.00" in shown
    assert "pay less here" in shown
    offer = structured(shown)["offers"]
    assert [(p["price"], p["unitCode"]) for p in offer["priceSpecification"]] == [
        ("2160.00", "HUR")
    ]


def test_only_the_tariff_in_force_is_told():
    line = working_line()
    line.tariffs.update(validity=DateRange(date(2026, 1, 1), date(2026, 2, 1)))
    text = text_of(f"/services/{line.pk}")
    assert "No price today" in text
    assert "1,800.00" not in text
    assert "offers" not in structured(text)


def test_who_books_is_nowhere_and_what_is_taken_is_not_free():
    d = dock()
    d.project.title = "保密项目名"
    d.project.save()
    first = queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk]
    assert first >= NOW
    booked = row(d, first, 30, engineer=d.engineer)

    showcase.forget()
    pages = [text_of("/services"), text_of(f"/services/{d.line.pk}")]

    free = queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk]
    assert free >= booked.period.upper
    people = (d.engineer, d.buyer, d.researcher, d.operator)
    kept = [d.project.title, d.buyer.organisation.name, d.researcher.organisation.name]
    for text in pages:
        for told in kept + [who.person.name for who in people]:
            assert told not in text
        assert f'datetime="{free.isoformat()}' in text or free.strftime("%H:%M") in text


def test_a_request_that_holds_its_slot_and_a_closure_take_the_time():
    d = dock()
    row(d, NOW - timedelta(hours=1), 49, status="submitted", hold_ends_at=NOW + timedelta(days=3))
    assert queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk] == NOW
    booking = Booking.objects.get()
    booking.allocations.create(equipment=d.line.equipment.first(), period=booking.period, live=True)
    end = booking.period.upper
    assert queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk] == end
    Closure.objects.create(
        line=d.line, kind="maintenance", period=(end, end + timedelta(days=2)), reason="内部原因",
        declared_by=d.operator, declared_at=NOW,
    )  # fmt: skip
    assert queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk] == end + timedelta(days=2)
    assert "内部原因" not in text_of(f"/services/{d.line.pk}")
    Closure.objects.update(period=(NOW, NOW + timedelta(days=60)))
    assert queries.next_free(line_ids=[d.line.pk], at=NOW)[d.line.pk] is None
    showcase.forget()
    assert "nothing in the next four weeks" in text_of("/services")


def test_a_line_without_machines_in_service_is_never_free():
    line = LineFactory()
    assert queries.next_free(line_ids=[line.pk], at=NOW) == {line.pk: None}


def test_filters_narrow_and_find_nothing_that_is_not_shown():
    d = dock()
    line, other = d.line, working_line(name="吨级线", batch_kg_min=500, batch_kg_max=5000)
    Organisation.objects.filter(pk=line.platform_id).update(region="330200")
    Organisation.objects.filter(pk=other.platform_id).update(region="500100")
    line.name, line.batch_kg_min, line.batch_kg_max = "公斤线", 1, 50
    line.save()
    commands.tell_industries(
        line_id=line.pk, industries=["C27", "C26"], actor_id=d.operator.pk, at=NOW
    )
    hidden, retired = line.equipment.order_by("id")
    Equipment.objects.filter(pk=hidden.pk).update(name="秘密反应器", is_shared=False)
    Equipment.objects.filter(pk=retired.pk).update(name="退役反应器", status="retired")
    Equipment.objects.filter(line=other).update(name="喷雾干燥塔", model="SD-9")

    assert names() == {"公斤线", "吨级线"}
    assert names(region="33") == {"公斤线"}
    assert names(industry="C26") == {"公斤线"}
    assert names(industry="C13") == set()
    assert names(scale="gram") == set()
    assert names(scale="kilogram") == {"公斤线"}
    assert names(scale="hundred") == {"吨级线"}
    assert names(scale="tonne") == {"吨级线"}
    assert names(q="喷雾 SD-9") == {"吨级线"}
    assert names(q="秘密反应器") == names(q="退役反应器") == set()
    assert "秘密反应器" not in text_of(f"/services/{line.pk}")
    text = text_of("/services", region="33", scale="kilogram", industry="C26")
    assert "公斤线" in text
    assert "吨级线" not in text
    assert "1 of 2 lines fits" in text
    assert "公斤线" in text_of("/services", region="99", scale="x", industry="Z")
    assert queries.offered() == ({"33", "50"}, {"C26", "C27"})


def test_ends_of_sizes_are_half_open():
    working_line(name="一公斤", batch_kg_min=1, batch_kg_max=1)
    working_line(name="至少百", batch_kg_min=100)
    working_line(name="至多半", batch_kg_max="0.5")
    working_line(name="不说")
    assert names(scale="gram") == {"至多半"}
    assert names(scale="kilogram") == {"一公斤"}
    assert names(scale="hundred") == names(scale="tonne") == {"至少百"}


def test_the_head_speaks_to_search_engines_for_nobody_in_particular():
    d = dock()
    Organisation.objects.filter(pk=d.line.platform_id).update(region="330200")
    d.line.description = "</script>小批量合成。"
    d.line.save()
    path = f"/services/{d.line.pk}"

    text = text_of(path)
    said = structured(text)

    assert said["@type"] == "Service"
    assert (said["@id"], said["description"]) == (
        f"https://harbour.example{path}", "</script>小批量合成。"
    )  # fmt: skip
    assert said["areaServed"]["name"] == "浙江"
    assert said["provider"]["name"] == d.line.platform.name
    assert said["offers"]["availability"] == "https://schema.org/InStock"
    assert f'<link rel="canonical" href="https://harbour.example{path}">' in text
    assert 'hreflang="en"' in text
    for who in (d.buyer, d.operator):
        mine = get(path, who=who).content.decode()
        assert 'content="noindex"' in mine
        assert structured(mine) is None
    assert "canonical" in text_of("/services")
    assert 'content="noindex"' in text_of("/services", q="线")


def test_visitors_are_led_to_registration_and_people_to_the_request():
    d = dock()
    path = f"/services/{d.line.pk}"
    public = text_of(path)
    assert "/register" in public
    assert f"next=/lines/{d.line.pk}/request" in public
    assert f'href="/lines/{d.line.pk}/request"' in get(path, who=d.buyer).content.decode()


def test_a_list_costs_the_same_however_many_lines_there_are():
    def asked():
        showcase.forget()
        with CaptureQueriesContext(connection) as made:
            text_of("/services")
        return len(made)

    d = dock()
    one = asked()
    for _ in range(3):
        second_line(d)
    working_line()
    assert asked() == one


def test_free_times_are_worked_out_once_a_minute(monkeypatch):
    d, made = dock(), []
    asked = queries.next_free
    monkeypatch.setattr(queries, "next_free", lambda **kw: made.append(1) or asked(**kw))

    text_of("/services"), text_of("/services")
    assert len(made) == 1
    monkeypatch.setattr(showcase, "FRESH_S", 0.0)
    text_of("/services")
    assert len(made) == 2
    monkeypatch.setattr(showcase, "MOST_KEPT", 2)
    for n in range(5):
        showcase.next_free([d.line.pk], NOW + timedelta(minutes=n))
    assert len(showcase._kept) == 2


def test_only_its_platform_says_for_whom_a_line_is_meant():
    d, other = dock(), dock()
    tell = {"line_id": d.line.pk, "at": NOW}
    for who in (other.operator, d.buyer, d.engineer):
        with pytest.raises(NotYourLine):
            commands.tell_industries(industries=["C26"], actor_id=who.pk, **tell)
    with pytest.raises(NotFound):
        commands.tell_industries(line_id=10**9, industries=[], actor_id=d.operator.pk, at=NOW)
    with pytest.raises(commands.NoSuchIndustry):
        commands.tell_industries(industries=["C"], actor_id=d.operator.pk, **tell)
    many = [f"C{n}" for n in range(13, 22)]
    with pytest.raises(commands.TooManyIndustries) as refused:
        commands.tell_industries(industries=many, actor_id=d.operator.pk, **tell)
    assert "at most 8" in str(refused.value)
    assert Showing.objects.count() == 0

    told = commands.tell_industries(
        industries=["C26", "C13", "C26"], actor_id=d.operator.pk, **tell
    )

    assert told.industries == ["C13", "C26"]
    assert Event.objects.get(name="calendars.showing.told").facts["industries"] == ["C13", "C26"]


def test_the_operator_says_it_by_form_and_others_have_none():
    d = dock()
    client = Client(headers={"X-Harbor-Time": NOW.isoformat(), "Accept-Language": "en"})
    client.force_login(d.operator.person, backend=BACK)
    path = f"/services/{d.line.pk}"
    assert "For which industries is it meant?" in client.get(path).content.decode()

    refused = client.post(f"{path}/industries", {"industries": [f"C{n}" for n in range(13, 22)]})
    done = client.post(f"{path}/industries", {"industries": ["C26"]})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Name at most 8 industries" in refused.content.decode()
    assert Showing.objects.get().industries == ["C26"]
    client.force_login(d.buyer.person, backend=BACK)
    assert "For which industries is it meant?" not in client.get(path).content.decode()
    assert client.post(f"{path}/industries", {"industries": ["C13"]}).status_code == 404
