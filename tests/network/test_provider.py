"""The provider: six verbs, eight refusals, pages and what becomes of entries that go."""

import gzip
from datetime import timedelta

import pytest
from django.test import Client
from lxml import etree

from pilotharbor.network.models import OaiRecord
from pilotharbor.technologies.models import IpAsset
from tests.factories.network import NS, ask, checked, error, headers, recorded
from tests.factories.scenarios import ScenarioFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, market

pytestmark = pytest.mark.django_db
RESULTS = {"metadataPrefix": "oai_dc", "set": "kind:result"}


def identifier(entry, kind="result"):
    return f"oai:pilotharbor.invalid:{kind}/{entry.pk}"


@pytest.fixture
def one(at):
    """A result with everything an entry can say, and its record."""
    entry = AchievementFactory(
        title='电解质 <公斤级> & "制备"', summary="第一行\x0b\x1f\n第二行\u0085]]>",
        keywords=["电池", "electrolyte"], industry="C2613", region="320500", discipline="材料",
        trl_scale="TRL-9", trl_level=5, trl_evidence="中试报告", mrl=4,
        cooperation=["licence", "equity"], detail="从不外传的工艺",
    )  # fmt: skip
    IpAsset.objects.create(
        achievement=entry, kind="invention_patent", application_no="202310000000.1",
        legal_status="granted", ipc=["H01M 10/0562", "H01M 4/62"],
    )  # fmt: skip
    recorded(entry, at=at)
    return entry


def test_identify_names_the_harbour_and_its_rules(one):
    root = ask(verb="Identify")

    assert root.findtext(".//o:baseURL", namespaces=NS) == "http://127.0.0.1:8000/oai"
    assert root.findtext(".//o:deletedRecord", namespaces=NS) == "persistent"
    assert root.findtext(".//o:granularity", namespaces=NS) == "YYYY-MM-DDThh:mm:ssZ"
    assert root.findtext(".//o:earliestDatestamp", namespaces=NS) == "2026-03-01T01:00:00Z"
    assert root.find("o:request", NS).attrib == {"verb": "Identify"}


def test_an_empty_harbour_identifies_itself_too():
    assert error(ask(verb="Identify")) is None


def test_formats_are_listed_and_their_own_schema_is_served(one):
    of_all = ask(verb="ListMetadataFormats")
    of_one = ask(verb="ListMetadataFormats", identifier=identifier(one))
    schema = Client().get("/oai/pilotharbor.xsd")

    names = of_all.findall(".//o:metadataPrefix", NS)
    assert [n.text for n in names] == ["oai_dc", "pilotharbor"]
    assert len(of_one.findall(".//o:metadataFormat", NS)) == 2
    assert etree.fromstring(schema.content).get("targetNamespace") == "urn:pilotharbor:market:1"


def test_sets_are_trees_of_industry_region_and_kind(one):
    root = ask(verb="ListSets")

    named = {
        s.findtext("o:setSpec", namespaces=NS): s.findtext("o:setName", namespaces=NS)
        for s in root.findall(".//o:set", NS)
    }
    assert set(named) == {
        "industry", "industry:C", "industry:C:C26", "kind", "kind:need", "kind:result",
        "kind:scenario", "region",
        "region:32",
    }  # fmt: skip
    assert named["region:32"] == "江苏 Jiangsu"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("industry", True), ("industry:C", True), ("industry:C:C26", True), ("industry:C:C2", False),
        ("region:32", True), ("region:33", False), ("kind:need", False), ("nothing:here", False),
    ],
)  # fmt: skip
def test_a_set_holds_what_lies_below_it(one, wanted, found):
    root = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set=wanted)

    assert (error(root), len(headers(root))) == ((None, 1) if found else ("noRecordsMatch", 0))


def test_dublin_core_says_the_public_part_and_nothing_breaks_it(one):
    root = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier(one))

    def said(name):
        return [e.text for e in root.findall(f".//dc:{name}", NS)]

    assert said("title") == ['电解质 <公斤级> & "制备"']
    assert said("description") == ["第一行\n第二行\u0085]]>"]
    assert said("subject") == ["电池", "electrolyte", "化学原料和化学制品制造业 Chemicals"]
    assert said("creator") == [one.owner.name]
    assert said("identifier") == [f"http://127.0.0.1:8000/achievements/{one.pk}"]
    assert "从不外传的工艺" not in etree.tostring(root, encoding="unicode")


def test_our_format_says_codes_levels_ways_and_rights(one):
    root = ask(verb="GetRecord", metadataPrefix="pilotharbor", identifier=identifier(one))

    def found(name):
        return [(dict(e.attrib), e.text) for e in root.findall(f".//p:{name}", NS)]

    assert found("industry")[0][0] == {"code": "C2613"}
    assert found("region") == [({"code": "320500"}, "江苏 Jiangsu")]
    assert found("readiness") == [({"scale": "TRL-9", "level": "5"}, "中试报告")]
    assert [text for _, text in found("cooperation")] == ["licence", "equity"]
    assert found("right") == [
        (
            {"kind": "invention_patent", "status": "granted", "ipc": "H01M 10/0562; H01M 4/62"},
            "202310000000.1",
        )
    ]
    assert "从不外传的工艺" not in etree.tostring(root, encoding="unicode")


def test_needs_are_records_too_without_their_budget(at):
    need = DemandFactory(trl_wanted=6, budget_fen=8_000_000_00, detail="内部参数")
    recorded(need, at=at)

    for prefix in ("oai_dc", "pilotharbor"):
        root = ask(verb="ListRecords", metadataPrefix=prefix, set="kind:need")
        text = etree.tostring(root, encoding="unicode")
        assert headers(root) == [(identifier(need, "need"), None)]
        assert "80000000" not in text
        assert "内部参数" not in text


def test_scenarios_are_records_while_they_are_open_or_under_way(at):
    scenario = ScenarioFactory(
        conditions="一条示例产线", budget_fen=8_000_000_00, detail="内部参数", region="320500",
        cooperation=["service"],
    )  # fmt: skip
    hidden = ScenarioFactory(confidentiality="members")
    recorded(scenario, hidden, ScenarioFactory(status="submitted"), at=at)

    root = ask(verb="ListRecords", metadataPrefix="pilotharbor", set="kind:scenario")
    plain = ask(verb="ListRecords", metadataPrefix="oai_dc", set="kind:scenario")
    text = etree.tostring(root, encoding="unicode")

    assert headers(root) == headers(plain) == [(identifier(scenario, "scenario"), None)]
    assert root.findtext(".//p:conditions", namespaces=NS) == "一条示例产线"
    assert "80000000" not in text
    assert "内部参数" not in text
    type(scenario).objects.update(status="closed", closing_reason="停")
    assert headers(ask(verb="ListRecords", metadataPrefix="oai_dc")) == [
        (identifier(scenario, "scenario"), "deleted")
    ]


def asked_badly():
    return [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": "Identify", "set": "kind"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "x"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "x", "metadataPrefix": ""}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "x", "metadataPrefix": "oai_dc"}, "idDoesNotExist"),
        (
            {"verb": "GetRecord", "identifier": "x", "metadataPrefix": "marc"},
            "cannotDisseminateFormat",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2026-03-01T01:00:00"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-03-01",
             "until": "2026-03-02T00:00:00Z"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-03-02",
             "until": "2026-03-01"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2999-01-01"},
            "noRecordsMatch",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1990-01-01"},
            "noRecordsMatch",
        ),
        ({"verb": "ListRecords", "resumptionToken": "junk"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": ""}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "junk"}, "badResumptionToken"),
        (
            {"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "oai_dc"},
            "badArgument",
        ),
        ({"verb": "GetRecord", "resumptionToken": "x"}, "badArgument"),
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "code"), asked_badly())
def test_refusals_are_answers_with_a_code(one, given, code):
    answer = Client().get("/oai", given)
    root = checked(answer.content)

    assert (answer.status_code, error(root)) == (200, code)
    if code in {"badVerb", "badArgument"}:
        assert root.find("o:request", NS).attrib == {}


def test_repeated_arguments_are_refused(one):
    twice = Client().get("/oai?verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc")
    verbs = Client().get("/oai?verb=Identify&verb=Identify")
    both = Client().post("/oai?verb=Identify", {"verb": "Identify"})

    assert error(checked(twice.content)) == "badArgument"
    assert error(checked(verbs.content)) == "badVerb"
    assert error(checked(both.content)) == "badVerb"


def test_post_asks_the_same_without_a_csrf_token(one):
    client = Client(enforce_csrf_checks=True)
    given = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}

    posted = checked(client.post("/oai", given).content)

    assert headers(posted) == headers(ask(**given)) == [(identifier(one), None)]
    assert client.put("/oai").status_code == 405


def test_answers_are_xml_and_compressed_where_that_is_understood(one):
    given = {"verb": "ListRecords", "metadataPrefix": "pilotharbor"}
    plain = Client().get("/oai", given)
    small = Client().get("/oai", given, headers={"Accept-Encoding": "gzip"})

    assert plain["Content-Type"] == "text/xml; charset=utf-8"
    assert small["Content-Encoding"] == "gzip"
    assert headers(checked(gzip.decompress(small.content))) == headers(checked(plain.content))


def test_too_many_requests_are_asked_to_wait(settings):
    settings.OAI_REQUESTS_A_MINUTE = 2
    settings.EXERCISE_CLOCK = True
    now = {"X-Harbor-Time": "2026-03-01T01:00:10Z"}

    codes = [Client().get("/oai?verb=Identify", headers=now) for _ in range(3)]

    assert [c.status_code for c in codes] == [200, 200, 503]
    assert codes[-1]["Retry-After"] == "60"


def test_from_and_until_include_their_second_and_their_day(one, at):
    def count(**given):
        return len(headers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", **given)))

    assert count(from_="2026-03-01T01:00:00Z", until="2026-03-01T01:00:00Z") == 1
    assert count(from_="2026-03-01", until="2026-03-01") == 1
    assert count(from_="2026-03-01T01:00:01Z") == 0
    assert count(until="2026-03-01T00:59:59Z") == 0
    assert count(until="9999-12-31") == 1


def test_of_other_levels_and_states_there_is_no_record(at):
    closed = [
        AchievementFactory(confidentiality=level) for level in ("members", "nda", "project", "core")
    ]
    states = [AchievementFactory(status=s) for s in ("draft", "submitted", "returned", "withdrawn")]
    needs = [DemandFactory(confidentiality="members"), DemandFactory(status="submitted")]
    recorded(*closed, *states, *needs, at=at)

    assert OaiRecord.objects.count() == 0
    assert error(ask(verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"


@pytest.mark.parametrize(
    "change", [{"confidentiality": "members"}, {"confidentiality": "core"}, {"status": "withdrawn"}]
)
@pytest.mark.parametrize("prefix", ["oai_dc", "pilotharbor"])
def test_what_goes_is_a_deleted_header_at_once_though_the_worker_lags(one, change, prefix):
    type(one).objects.filter(pk=one.pk).update(title="不再公开的新标题", region="110000", **change)

    listed = ask(verb="ListRecords", metadataPrefix=prefix)
    got = ask(verb="GetRecord", metadataPrefix=prefix, identifier=identifier(one))
    named = ask(verb="ListIdentifiers", metadataPrefix=prefix)

    for root in (listed, got, named):
        assert headers(root) == [(identifier(one), "deleted")]
        assert root.find(".//o:metadata", NS) is None
        assert "不再公开的新标题" not in etree.tostring(root, encoding="unicode")
        assert "region:11" not in etree.tostring(root, encoding="unicode")


def test_a_deleted_record_stays_and_keeps_quiet_about_what_follows(one, at):
    one.confidentiality = "nda"
    one.save()
    recorded(one, at=at + timedelta(hours=1))
    one.region, one.industry = "110000", "A01"
    one.save()
    recorded(one, at=at + timedelta(hours=2))

    row = OaiRecord.objects.get()
    assert (row.deleted, row.changed_at) == (True, at + timedelta(hours=1))
    assert "region:11" not in row.sets
    later = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2026-03-01T02:00:00Z")
    assert headers(later) == [(identifier(one), "deleted")]
    assert error(
        ask(verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2026-03-01T02:00:01Z")
    ) == "noRecordsMatch"  # fmt: skip


def test_what_becomes_public_again_is_a_record_again(one, at):
    one.confidentiality = "members"
    one.save()
    recorded(one, at=at + timedelta(hours=1))
    one.confidentiality = "public"
    one.save()
    recorded(one, at=at + timedelta(hours=2))

    root = ask(verb="ListRecords", metadataPrefix="oai_dc", from_="2026-03-01T03:00:00Z")

    assert headers(root) == [(identifier(one), None)]


def test_the_number_of_questions_does_not_grow_with_the_records(
    at, django_assert_num_queries, django_assert_max_num_queries
):
    market()
    recorded(*[AchievementFactory() for _ in range(3)], at=at)
    given = {"verb": "ListRecords", **RESULTS}
    ask(**given)
    with django_assert_max_num_queries(20) as few:
        ask(**given)
    recorded(*[AchievementFactory() for _ in range(9)], at=at)

    with django_assert_num_queries(len(few)):
        ask(**given)
