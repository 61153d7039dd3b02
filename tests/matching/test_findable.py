"""R-MATCH-1: what is counted, ranked and found is what its own domain shows, for everybody."""

import pytest
from django.test import Client

from pilotharbor.matching import index, queries
from pilotharbor.matching.engine.similar import FEWEST_TERMS
from pilotharbor.matching.findable import FINDABLE
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, LINE, RIGHT, SCENARIO
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import IndexEntry
from pilotharbor.matching.ranking import Asking
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Confidentiality, Role
from pilotharbor.technologies.models import Achievement, IpAsset, Reader
from tests.factories.callers import Caller
from tests.factories.parties import JOINED, MembershipFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market
from tests.matching.cast import KINDS, WORD, everybody, fill, number_of

pytestmark = pytest.mark.django_db(transaction=True)
ALL = 100


@pytest.fixture
def people():
    cast = everybody()
    fill(cast)
    index.rebuild()
    return cast.people


def shown(actor, kind):
    """What the kind's own rule shows among the published; lines of platforms at work."""
    rows = FINDABLE[kind].visible(actor)
    if kind == LINE:
        rows = rows.filter(platform__status=Organisation.Status.APPROVED)
    found = set(rows.values_list("pk", flat=True))
    if kind == "parties.membership":
        found = set(
            Membership.objects.filter(pk__in=found).exclude(field="").values_list("pk", flat=True)
        )
    return found


def counted(actor, kind):
    """What is counted and ranked; who judges a public one blind still has it counted."""
    rows = Asking(actor, (kind,)).entries
    return set(rows.values_list("object_id", flat=True))


def public_rights_judged_blind(actor):
    rows = IpAsset.objects.filter(
        achievement__confidentiality="public", achievement__status="published"
    )
    if actor is None:
        return set()
    return set(rows.values_list("pk", flat=True)) - shown(actor, RIGHT)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_counted_is_what_its_own_domain_shows(people, kind):
    some = 0
    for name, actor in people.items():
        extra = public_rights_judged_blind(actor) if kind == RIGHT else set()
        assert counted(actor, kind) == shown(actor, kind) | extra, name
        some += len(shown(actor, kind))
    assert some


def found(actor, kind, text=WORD, **more):
    hits = queries.find(text=text, actor=actor, kind=kind, limit=ALL, **more).hits
    return [hit.entry.pk for hit in hits]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_by_the_database_is_what_is_shown(people, kind):
    for name, actor in people.items():
        hits = found(actor, kind)
        assert len(hits) == len(set(hits))
        assert set(hits) == shown(actor, kind), name


def test_what_is_found_by_the_finder_is_what_is_shown(people, finder):
    finder()
    for name, actor in people.items():
        for kind in KINDS:
            for text in (WORD, f"“{WORD}”", f'"{WORD}"'):
                assert set(found(actor, kind, text)) == shown(actor, kind), (name, kind, text)
            # What merely means something alike is no way around.
            assert set(found(actor, kind, "烧结物")) <= shown(actor, kind), (name, kind)


def test_of_everybody_the_roles_differ(people):
    """The table above would hold for an empty market as well."""
    sizes = {kind: {len(shown(actor, kind)) for actor in people.values()} for kind in KINDS}

    assert {kind for kind, seen in sizes.items() if len(seen) > 1} == set(KINDS) - {LINE}


@pytest.mark.parametrize("standing", ["applied", "suspended", "left"])
def test_whoever_is_not_in_good_standing_finds_what_the_public_finds(people, standing):
    of = [actor for name, actor in people.items() if name.startswith(standing)]

    assert of
    for actor in of:
        for kind in (ACHIEVEMENT, DEMAND, "parties.membership"):
            assert set(found(actor, kind)) == set(found(None, kind))


@pytest.mark.parametrize("name", ["public", "enterprise_member", "expert", "applied researcher"])
def test_the_api_finds_the_same(people, name):
    actor = people[name]
    for noun, kind in (("achievement", ACHIEVEMENT), ("demand", DEMAND)):
        for q in (WORD, f"“{WORD}”"):
            answer = Caller(actor).get("/search", q=q, kind=noun, limit=100)
            assert {one["id"] for one in answer.json()["items"]} == shown(actor, kind)


@pytest.mark.parametrize("name", ["public", "enterprise_member", "expert", "researcher"])
def test_candidates_over_http_are_among_what_is_shown(people, name):
    actor = people[name]
    need = DemandFactory(title=f"{WORD}需求", confidentiality="public")
    result = AchievementFactory(title=f"{WORD}成果", confidentiality="public")
    api = Caller(actor)

    results = api.get(f"/demands/{need.pk}/candidates", limit=100).json()["items"]
    needs = api.get(f"/achievements/{result.pk}/candidates", limit=100).json()["items"]

    assert {one["id"] for one in results} == shown(actor, ACHIEVEMENT) - {result.pk}
    assert {one["id"] for one in needs} == shown(actor, DEMAND) - {need.pk}


def test_candidates_of_what_one_may_not_see_are_not_found(people):
    core = Achievement.objects.filter(confidentiality="core", status="published").first()
    draft = Achievement.objects.filter(status="draft").first()

    for entry in (core, draft):
        assert Caller(None).get(f"/achievements/{entry.pk}/candidates").status_code == 404


@pytest.mark.parametrize("with_finder", [False, True])
def test_an_index_that_lags_shows_nothing_that_was_closed_meanwhile(people, request, with_finder):
    if with_finder:
        request.getfixturevalue("finder")()
    Achievement.objects.update(confidentiality="core")

    assert found(None, ACHIEVEMENT) == found(None, ACHIEVEMENT, f"“{WORD}”") == []
    assert found(None, RIGHT) == []


@pytest.mark.parametrize("with_finder", [False, True])
def test_what_says_the_same_is_told_of_what_one_may_see_only(request, with_finder):
    m = market()
    said = {
        "title": "硫化物固态电解质公斤级烧结制备",
        "summary": "以球磨、压片与惰性气氛烧结制备粉体。",
    }
    mine = AchievementFactory(owner=m.university, status="draft", published_at=None, **said)
    seen = AchievementFactory(**said)
    core = AchievementFactory(**said, confidentiality="core")
    index.rebuild()
    if with_finder:
        request.getfixturevalue("finder")()

    assert len(said["title"]) > FEWEST_TERMS
    assert [one.entry for one in queries.similar(entry=mine, actor=m.inventor)][:2] == [
        seen,
        m.achievement,
    ]
    assert core not in [one.entry for one in queries.similar(entry=mine, actor=m.inventor)]
    assert core in [one.entry for one in queries.similar(entry=mine, actor=m.operator)]
    assert mine not in [one.entry for one in queries.similar(entry=mine, actor=m.operator)]


def test_sentences_are_compared_only_for_who_sees_both(finder):
    m = market(confidentiality="core")
    index.rebuild()
    finder()
    address = f"/demands/{m.demand.pk}/in-other-words/{m.achievement.pk}"
    browser = Client()
    browser.force_login(m.buyer.person)
    assert browser.get(address).status_code == 404
    browser.force_login(m.inventor.person)
    assert "固态电解质" in browser.get(address).content.decode()


NARROWINGS = [
    (Narrowing(industry="C"), {"c2614", "c26", "c27x", "wuhan"}), (Narrowing(industry="c26"), {"c2614", "c26", "wuhan"}),
    (Narrowing(industry="C261"), {"c2614", "wuhan"}), (Narrowing(industry="C27"), {"c27x"}),
    (Narrowing(region="330000"), {"c2614", "c27x"}), (Narrowing(region="330200"), {"c2614"}),
    (Narrowing(region="330203"), {"c2614"}), (Narrowing(region="420000"), {"wuhan"}),
    (Narrowing(trl_from=4), {"c2614", "wuhan"}), (Narrowing(trl_to=4), {"c2614", "c26"}),
    (Narrowing(trl_from=4, trl_to=4), {"c2614"}), (Narrowing(trl_from=9, trl_to=1), set()),
    (Narrowing(cooperation=("licence",)), {"c26", "c2614"}),
    (Narrowing(cooperation=("licence", "equity")), {"c26", "c2614", "wuhan"}),
    (Narrowing(industry="C26", region="330000", trl_from=3), {"c2614"}),
    (Narrowing(levels=("members",)), {"wuhan"}), (Narrowing(industry="' OR 1=1"), set()),
]  # fmt: skip


def narrowable():
    def made(title, **fields):
        return AchievementFactory(title=f"{WORD}{title}", trl_scale="TRL-9", **fields)

    return {
        "c2614": made("甲", industry="C2614", region="330203", trl_level=4, cooperation=["licence"]),
        "c26": made("乙", industry="C26", region="", trl_level=3, cooperation=["licence", "transfer"]),
        "c27x": made("丙", industry="C2710", region="330000", trl_level=None),
        "wuhan": made(
            "丁", industry="C2614", region="420100", trl_level=9, cooperation=["equity"],
            confidentiality="members",
        ),
    }  # fmt: skip


def test_narrowing_finds_the_same_by_finder_and_by_database(finder):
    made, actor = narrowable(), market().operator
    index.rebuild()
    finder()
    names = {one.pk: name for name, one in made.items()}

    for narrowing, wanted in NARROWINGS:
        by_finder = found(actor, ACHIEVEMENT, narrowing=narrowing)
        asking = Asking(actor, (ACHIEVEMENT,), narrowing)
        rows = asking.entries
        for group in narrowing.groups():
            rows = rows.filter(marks__overlap=sorted(group))
        by_database = rows.values_list("object_id", flat=True)
        assert {names[pk] for pk in by_finder if pk in names} == wanted, narrowing
        assert {names[pk] for pk in by_database if pk in names} == wanted, narrowing


@pytest.mark.parametrize(("narrowing", "wanted"), NARROWINGS)
def test_narrowing_by_the_database_alone(narrowing, wanted):
    made, actor = narrowable(), market().operator
    index.rebuild()
    names = {one.pk: name for name, one in made.items()}

    assert {
        names[pk] for pk in found(actor, ACHIEVEMENT, narrowing=narrowing) if pk in names
    } == wanted


def test_a_scenario_is_narrowed_by_its_direction(people):
    theirs = Narrowing(direction="product_seeks_scenario")
    ours = Narrowing(direction="scenario_seeks_product")

    assert found(None, SCENARIO, narrowing=theirs) == []
    assert set(found(None, SCENARIO, narrowing=ours)) == shown(None, SCENARIO)


def blind_to(m, **fields):
    """The market's result as an expert has it for judging, with a right, by Zhejiang's code."""
    Achievement.objects.filter(pk=m.achievement.pk).update(region="330203", **fields)
    m.achievement.refresh_from_db()
    IpAsset.objects.create(
        achievement=m.achievement, kind="invention_patent", application_no=number_of(m.achievement)
    )
    Reader.objects.create(
        achievement=m.achievement, membership=m.expert, via="blind", admitted_at=JOINED
    )
    index.rebuild()


@pytest.mark.parametrize("level", [Confidentiality.CORE, Confidentiality.PUBLIC])
@pytest.mark.parametrize("with_finder", [False, True])
def test_a_blind_reviewer_learns_neither_owner_nor_region_nor_numbers(request, level, with_finder):
    m = market()
    need = DemandFactory(title="固态电解质", region="330203")
    blind_to(m, confidentiality=level)
    if with_finder:
        request.getfixturevalue("finder")()

    (hit,) = queries.find(text="硫化物", actor=m.expert, kind=ACHIEVEMENT).hits
    candidates = queries.candidates(entry=need, actor=m.expert).hits
    other_way = queries.candidates(entry=m.achievement, actor=m.expert, kind=DEMAND).hits

    assert hit.blind
    assert [one.entry for one in candidates if one.blind] == [m.achievement]
    assert {fact.kind for one in [*candidates, *other_way] for fact in one.facts} & {
        "place"
    } == set()
    seen = queries.candidates(entry=m.achievement, actor=m.operator, kind=DEMAND).hits
    assert "place" in {fact.kind for one in seen for fact in one.facts}
    assert need in [one.entry for one in other_way]
    number = number_of(m.achievement)
    assert found(m.expert, RIGHT, number) == found(m.expert, RIGHT) == []
    assert found(m.expert, ACHIEVEMENT, f"“{number}”") == []
    for region in ("330000", "330200", "330203", "110000"):
        assert found(m.expert, ACHIEVEMENT, "硫化物", narrowing=Narrowing(region=region)) == []
    # Whoever is let in by name as well has nothing to be kept from.
    Reader.objects.create(
        achievement=m.achievement, membership=m.manager, via="named", admitted_at=JOINED
    )
    assert found(m.manager, ACHIEVEMENT, "硫化物", narrowing=Narrowing(region="330000"))
    assert found(m.manager, RIGHT, number)


def test_a_blind_reviewer_narrows_by_what_does_not_tell_the_owner():
    m = market()
    blind_to(m, confidentiality="core", industry="C2614")

    assert found(m.expert, ACHIEVEMENT, "硫化物", narrowing=Narrowing(industry="C26"))
    assert IndexEntry.objects.filter(kind=RIGHT).count() == 1


def test_a_blind_reviewer_does_not_find_by_owner():
    m = market(confidentiality="core")
    judge = MembershipFactory(role=Role.EXPERT)
    let_in(m.achievement, judge, via="blind")
    index.rebuild()

    def found(narrowing):
        (answer,) = queries.find_all(
            texts=["固态电解质"], asking=Asking(judge, (ACHIEVEMENT,), narrowing), limit=5
        )
        return [hit.entry.pk for hit in answer.hits]

    assert found(Narrowing()) == [m.achievement.pk]
    assert found(Narrowing(owner=m.achievement.owner_id)) == []
