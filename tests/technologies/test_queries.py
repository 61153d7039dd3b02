import pytest

from pilotharbor.parties.models import NonDisclosure
from pilotharbor.parties.rights import Kind
from pilotharbor.technologies import queries
from pilotharbor.technologies.models import Achievement, Reader
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market

pytestmark = pytest.mark.django_db
EVERYBODY = (
    "public", "inventor", "colleague", "tto", "buyer", "outsider", "manager", "advisor", "operator",
    "expert", "auditor", "administrator",
)  # fmt: skip
MEMBERS = {"inventor", "colleague", "tto", "buyer", "outsider", "manager", "advisor", "operator",
           "auditor"}  # fmt: skip
OWN = {"inventor", "colleague", "tto"}
OVERSEERS = {"operator", "auditor"}


def who(m, name):
    return None if name == "public" else getattr(m, name)


def see(m):
    return {
        name for name in EVERYBODY
        if queries.visible_achievements(actor=who(m, name)).filter(pk=m.achievement.pk).exists()
    }  # fmt: skip


def read(m):
    entry = Achievement.objects.get(pk=m.achievement.pk)
    return {
        name for name in EVERYBODY
        if queries.reading(entry=entry, actor=who(m, name), at=AT).detail
    }  # fmt: skip


@pytest.mark.parametrize(
    ("level", "entry", "detail"),
    [
        ("public", set(EVERYBODY), set(EVERYBODY)),
        ("members", MEMBERS, MEMBERS),
        ("nda", MEMBERS, OWN | {"auditor"}),
        ("project", MEMBERS, {"inventor", "tto", "auditor"}),
        ("core", OWN | OVERSEERS, {"inventor"}),
    ],
)
def test_who_sees_a_published_entry_and_who_its_detail(level, entry, detail):
    m = market(confidentiality=level)

    assert see(m) == entry
    assert read(m) == detail


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "withdrawn"])
def test_what_is_not_published_is_seen_by_its_own_house_and_overseers(status):
    m = market(status=status)

    assert see(m) == OWN | OVERSEERS


@pytest.mark.parametrize("level", ["project", "core"])
def test_a_project_opens_the_entry_and_below_core_the_detail(level):
    m = market(confidentiality=level)
    let_in(m.achievement, m.manager)

    assert "manager" in see(m)
    assert ("manager" in read(m)) == (level == "project")


@pytest.mark.parametrize("level", ["members", "project", "core"])
def test_an_expert_sees_the_entry_blind_and_no_detail(level):
    m = market(confidentiality=level)
    let_in(m.achievement, m.expert, Reader.Via.BLIND)

    reading = queries.reading(entry=m.achievement, actor=m.expert, at=AT)

    assert "expert" in see(m)
    assert (reading.blind, reading.detail) == (True, False)
    assert queries.blind_ids(m.expert, [m.achievement.pk]) == {m.achievement.pk}
    assert queries.blind_ids(None, [m.achievement.pk]) == set()


@pytest.mark.parametrize(
    "asked",
    [
        "/api/v1/achievements?owner={owner}", "/api/v1/achievements?owner={owner}&q=硫化物",
        "/achievements?owner={owner}", "/achievements?mine=1",
    ],
)  # fmt: skip
def test_no_filter_tells_an_expert_whose_a_blind_entry_is(client, asked):
    m = market(confidentiality="core")
    let_in(m.achievement, m.expert, "blind")
    type(m.achievement).objects.filter(pk=m.achievement.pk).update(owner=m.expert.organisation)
    client.force_login(m.expert.person)

    page = f"achievements/{m.achievement.pk}"
    whole = client.get(asked.split("?")[0]).content.decode()
    narrowed = client.get(asked.format(owner=m.expert.organisation_id)).content.decode()

    assert page in whole or f'"id": {m.achievement.pk},' in whole
    assert page not in narrowed
    assert f'"id": {m.achievement.pk},' not in narrowed


def test_a_blind_reviewer_who_was_named_without_effect_stays_blind():
    m = market(confidentiality="core")
    for via in ("blind", "named"):
        let_in(m.achievement, m.expert, via)

    assert queries.blind_ids(m.expert, [m.achievement.pk]) == {m.achievement.pk}


def test_being_let_in_blind_helps_no_other_role():
    m = market(confidentiality="core")
    let_in(m.achievement, m.outsider, Reader.Via.BLIND)

    assert "outsider" not in see(m)


def test_a_signed_nda_opens_the_detail_to_the_whole_signatory_and_ends_with_it():
    m = market(confidentiality="nda")
    assert queries.reading(entry=m.achievement, actor=m.buyer, at=AT).wants_nda
    signed = NonDisclosure.objects.create(
        owner=m.university, signatory=m.company, signed_by=m.buyer, signed_at=AT,
        text_version="1", text_sha256="0" * 64,
    )  # fmt: skip

    assert "buyer" in read(m)
    assert "outsider" not in read(m)
    NonDisclosure.objects.filter(pk=signed.pk).update(status="ended")
    assert "buyer" not in read(m)


def test_an_organisation_awaiting_approval_sees_what_the_public_sees():
    m = market(confidentiality="members")
    applicant = MembershipFactory(organisation=OrganisationFactory(status="applied"))

    rows = queries.visible_achievements(actor=applicant)

    assert not rows.exists()
    assert not queries.reading(entry=m.achievement, actor=applicant, at=AT).detail


def test_needs_follow_the_same_levels():
    m = market()
    DemandFactory(confidentiality="members", title="会员")
    DemandFactory(confidentiality="core", title="核心")
    DemandFactory(status="draft", published_at=None, owner=m.company, title="草稿")

    def titles(actor):
        rows = queries.visible_demands(actor=actor)
        return set(rows.values_list("title", flat=True)) - {m.demand.title}

    assert titles(None) == set()
    assert titles(m.expert) == set()
    assert titles(m.outsider) == {"会员"}
    assert titles(m.buyer) == {"会员", "草稿"}
    assert titles(m.operator) == {"会员", "核心", "草稿"}


def test_the_review_queue_is_the_own_offices_and_for_needs_the_platforms():
    m = market(status="submitted", published_at=None)
    AchievementFactory(status="submitted", published_at=None)
    DemandFactory(status="submitted", published_at=None)

    assert list(queries.to_review(actor=m.tto, kind=Kind.ACHIEVEMENT)) == [m.achievement]
    assert not queries.to_review(actor=m.operator, kind=Kind.ACHIEVEMENT).exists()
    assert queries.to_review(actor=m.operator, kind=Kind.DEMAND).count() == 1
    assert not queries.to_review(actor=m.buyer, kind=Kind.DEMAND).exists()


def test_a_list_is_narrowed_by_what_is_asked():
    m = market()
    other = AchievementFactory(
        title="抗体纯化", keywords=["层析"], industry="C2761", trl_level=6, trl_evidence="报告"
    )
    rows = queries.visible_achievements(actor=None)

    def found(**wanted):
        return set(queries.filtered(rows, queries.Filters(**wanted), actor=None))

    assert found(q="层析") == {other}
    assert found(q="抗体 电解质") == set()
    assert found(industry="c27") == {other}
    assert found(trl_from=5) == {other}
    assert found(owner=m.university.pk) == {m.achievement}
    assert found(owner=2**70, status="nonsense", confidentiality="nonsense") == {
        m.achievement, other,
    }  # fmt: skip
    assert found(q="\x00") == {m.achievement, other}
    assert found(confidentiality="public", status="published") == {m.achievement, other}


def test_a_list_asks_the_same_number_of_questions_for_one_and_three(
    django_assert_max_num_queries,
):
    m = market()

    def listed():
        return [(a.title, a.owner.name) for a in queries.visible_achievements(actor=m.outsider)]

    with django_assert_max_num_queries(1):
        listed()
    AchievementFactory.create_batch(2)
    with django_assert_max_num_queries(1):
        assert len(listed()) == 3
