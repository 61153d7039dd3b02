from datetime import date, timedelta

import pytest
from django.test import Client

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.leads import commands, queries
from pilotharbor.leads.commands import Difficulty
from pilotharbor.leads.models import Problem, Team, Visit
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.models import Demand
from tests.conftest import AT
from tests.factories.leads import brought_to, exchange, log, opened, pooled
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)
LINE = Difficulty("烘干能耗高", "喷雾干燥每吨耗电 900 度，想降三成", field="C26", urgency="urgent")


def visited(m, actor=None, **more):
    given = {
        "enterprise_id": m.company.pk,
        "visit_date": TODAY,
        "people": "王工、技术经理人",
    } | more
    return commands.record_visit(actor_id=(actor or m.manager).pk, at=AT, **given)


def test_a_visit_with_its_problem_list():
    m = exchange()

    visit = visited(m, problems=[LINE])

    problem = Problem.objects.get()
    assert (problem.status, problem.field, problem.urgency) == ("noted", "C26", "urgent")
    assert Event.objects.get(name="leads.visit.recorded").facts["problems"] == 1
    seeing = {
        who
        for who in (
            "manager",
            "operator",
            "auditor",
            "buyer",
            "other",
            "tto",
            "outsider",
            "official",
        )
        if queries.visible_visits(actor=getattr(m, who)).exists()
    }
    assert seeing == {"manager", "operator", "auditor", "buyer"}
    assert not queries.problems_of(visit, actor=m.buyer).exists()


@pytest.mark.parametrize(
    ("more", "error"),
    [({"visit_date": TODAY + DAY}, commands.BadVisit), ({"people": " "}, commands.BadVisit),
     ({"enterprise_id": 0}, commands.NotAnEnterprise), ({"team_id": 0}, commands.NotYourTeam),
     ({"problems": [Difficulty("", "x")]}, commands.BadProblem),
     ({"problems": [Difficulty("x", "y", field="Z99")]}, commands.BadProblem),
     ({"problems": [Difficulty("x", "y", urgency="now")]}, commands.BadProblem)],
)  # fmt: skip
def test_a_visit_is_checked(more, error):
    m = exchange()

    with pytest.raises(error):
        visited(m, **more)

    assert not Visit.objects.exists()


@pytest.mark.parametrize("who", ["buyer", "official", "expert", "auditor", "tto"])
def test_who_belongs_to_no_team_records_no_visit(who):
    m = exchange()

    with pytest.raises(NotYourRole):
        visited(m, getattr(m, who))


def test_a_problem_becomes_a_need_only_by_the_enterprise():
    m = exchange()
    visited(m, problems=[LINE])
    problem = Problem.objects.get()
    who = {"problem_id": problem.pk, "at": AT}

    with pytest.raises(NotFound):
        commands.take_problem(actor_id=m.buyer.pk, **who)
    commands.offer_problem(actor_id=m.manager.pk, **who)
    with pytest.raises(commands.NotYourVisit):
        commands.take_problem(actor_id=m.manager.pk, **who)
    assert list(queries.waiting_problems(actor=m.buyer)) == [problem]
    commands.take_problem(actor_id=m.buyer.pk, **who)

    problem.refresh_from_db()
    need = Demand.objects.get(pk=problem.demand_id)
    assert (need.owner, need.posted_by, need.status) == (m.company, m.buyer, "draft")
    assert (need.title, need.industry) == ("烘干能耗高", "C26")
    with pytest.raises(MoveNotAllowed):
        commands.take_problem(actor_id=m.buyer.pk, **who)
    work()
    assert {n.kind for n in Notification.objects.filter(kind__startswith="leads.problem")} == {
        "leads.problem.offered", "leads.problem.taken",
    }  # fmt: skip


def test_a_problem_is_answered_or_dropped_in_words():
    m = exchange()
    visit = visited(m, problems=[LINE, Difficulty("另一件", "说不清")])
    first, second = Problem.objects.order_by("id")
    who = {"actor_id": m.manager.pk, "at": AT}

    with pytest.raises(commands.WordsMissing):
        commands.answer_problem(problem_id=first.pk, answer="", **who)
    commands.answer_problem(problem_id=first.pk, answer="改用 MVR 浓缩", **who)
    commands.drop_problem(problem_id=second.pk, reason="企业自行解决", **who)

    assert list(queries.problems_of(visit, actor=m.buyer)) == [first]
    with pytest.raises(MoveNotAllowed):
        commands.offer_problem(problem_id=first.pk, **who)


def team(m, actor=None, **more):
    given = {"name": "新材料转化专班", "field": "C26", "region": "3302"} | more
    return commands.form_team(actor_id=(actor or m.operator).pk, at=AT, **given)


def test_a_team_of_managers_officials_and_experts_goes_on_visits():
    m = exchange()
    made = team(m, m.official, member_ids=[m.other.pk, m.expert.pk])

    with pytest.raises(NotYourRole):
        visited(m, m.official, team_id=made.pk)
    commands.join_team(team_id=made.pk, membership_id=m.official.pk, actor_id=m.official.pk, at=AT)
    visit = visited(m, m.official, team_id=made.pk)

    assert list(queries.visible_visits(actor=m.other)) == [visit]
    assert list(queries.visible_visits(actor=m.expert)) == [visit]
    assert not queries.visible_visits(actor=m.manager).exists()
    commands.leave_team(team_id=made.pk, membership_id=m.other.pk, actor_id=m.operator.pk, at=AT)
    assert not queries.visible_visits(actor=m.other).exists()
    commands.dissolve_team(team_id=made.pk, actor_id=m.official.pk, at=AT)
    with pytest.raises(NotFound):
        commands.join_team(team_id=made.pk, membership_id=m.other.pk, actor_id=m.operator.pk, at=AT)


@pytest.mark.parametrize(
    ("more", "error"),
    [({"name": ""}, commands.WordsMissing), ({"field": "Q"*5}, commands.BadTeam),
     ({"region": "宁波"}, commands.BadTeam), ({"member_ids": [0]}, commands.NotFitForTeam)],
)  # fmt: skip
def test_a_team_is_checked(more, error):
    m = exchange()

    with pytest.raises(error):
        team(m, **more)

    assert not Team.objects.exists()


def test_who_forms_and_changes_teams():
    m = exchange()
    made = team(m)

    with pytest.raises(commands.TeamThere):
        team(m, m.official)
    with pytest.raises(NotYourRole):
        team(m, m.manager, name="另一个")
    with pytest.raises(commands.NotYoursToChange):
        commands.dissolve_team(team_id=made.pk, actor_id=m.official.pk, at=AT)
    with pytest.raises(NotFound):
        commands.dissolve_team(team_id=made.pk, actor_id=m.buyer.pk, at=AT)


def described(m, **more):
    given = {"fields": ["C26"], "regions": ["3302"], "languages": ["英语"], "about": ""} | more
    return commands.describe(actor_id=m.manager.pk, at=AT, **given)


def test_a_manager_describes_what_they_know_and_is_found_by_it():
    m = exchange()

    described(m, fields=["c26", "38"])

    assert queries.profile_of(m.manager).fields == ["C26", "C38"]
    found = queries.directory(field="C2651", region="33")
    assert list(found) == [m.manager]
    assert not queries.directory(field="A01").exists()
    for bad in ({"fields": ["金属"]}, {"regions": ["宁波"]}, {"languages": [" "]}):
        with pytest.raises(commands.BadProfile):
            described(m, **bad)
    with pytest.raises(NotYourRole):
        commands.describe(fields=[], regions=[], languages=[], about="", actor_id=m.buyer.pk, at=AT)


def test_an_operator_enters_the_level_with_what_it_rests_on():
    m = exchange()
    who = {"membership_id": m.other.pk, "at": AT}

    with pytest.raises(commands.BadLevel):
        commands.set_level(level="senior", basis="", actor_id=m.operator.pk, **who)
    with pytest.raises(NotYourRole):
        commands.set_level(level="senior", basis="证书", actor_id=m.other.pk, **who)
    commands.set_level(level="senior", basis="证书 2025-001", actor_id=m.operator.pk, **who)

    assert list(queries.directory(level="senior")) == [m.other]


def test_a_credential_is_confirmed_by_an_operator_once():
    m = exchange()
    given = {"kind": "training", "title": "技术经理人中级班", "issuer": "培训基地", "hours": 60,
             "obtained_date": TODAY}  # fmt: skip
    row = commands.add_qualification(**given, actor_id=m.manager.pk, at=AT)

    with pytest.raises(commands.BadQualification):
        commands.add_qualification(
            **given | {"obtained_date": TODAY + DAY}, actor_id=m.manager.pk, at=AT
        )
    with pytest.raises(commands.BadQualification):
        commands.add_qualification(**given, expires_date=TODAY - DAY, actor_id=m.manager.pk, at=AT)
    with pytest.raises(NotYourRole):
        commands.confirm_qualification(qualification_id=row.pk, actor_id=m.manager.pk, at=AT)
    commands.confirm_qualification(qualification_id=row.pk, actor_id=m.operator.pk, at=AT)
    with pytest.raises(commands.ConfirmedAlready):
        commands.confirm_qualification(qualification_id=row.pk, actor_id=m.operator.pk, at=AT)


def test_the_record_of_a_period_counts_what_happened_in_it():
    m = exchange()
    lead = brought_to(opened(m), "negotiating", m.manager)
    commands.sign(lead_id=lead.pk, amount_fen=50_000_000, actor_id=m.manager.pk, at=AT)
    visited(m, problems=[LINE])
    commands.add_qualification(
        kind="training", title="培训", issuer="基地", hours=24, obtained_date=TODAY,
        actor_id=m.manager.pk, at=AT,
    )  # fmt: skip

    record = queries.record_of(m.manager, first=date(2026, 1, 1), after=date(2027, 1, 1))
    later = queries.record_of(m.manager, first=date(2026, 4, 1), after=date(2027, 1, 1))

    assert (record.carried, record.signed, record.amount_fen) == (1, 1, 50_000_000)
    assert (record.visits, record.trainings, record.hours) == (1, 1, 24)
    assert [(d.kind, d.share_bp) for d in record.deeds if d.kind == "signed"] == [("signed", 10000)]
    assert (later.carried, later.signed, later.visits, later.deeds) == (0, 0, 0, [])
    readers = ("manager", "operator", "auditor", "other", "buyer")
    assert {r for r in readers if queries.reads_record(m.manager, getattr(m, r))} == {
        "manager", "operator", "auditor",
    }  # fmt: skip


def test_figures_have_their_denominators():
    m = exchange()
    kept = opened(m, achievement_id=m.achievement.pk)
    log(kept, m.manager, at=AT + timedelta(hours=5))
    missed = opened(m, demand_id=m.demand.pk)
    log(missed, m.manager, at=AT + timedelta(hours=200))
    late = pooled(m)
    lost = opened(m, m.other, achievement_id=m.achievement.pk)
    commands.lose(lead_id=lost.pk, reason="price", words="贵", actor_id=m.other.pk, at=AT)

    found = list(queries.opened_in(first=TODAY, after=TODAY + DAY))
    told = queries.replies(found, today=TODAY + 9 * DAY)
    came = queries.conversion(found)

    assert len(found) == 4
    assert late in found
    assert (told.opened, told.kept, told.missed, told.late, told.waiting, told.ended) == (
        4, 1, 1, 1, 0, 1,
    )  # fmt: skip
    assert (told.judged, told.replied, told.median_hours, told.p90_hours) == (3, 2, 102, 200)
    assert (came.contacted, came.signed, came.lost, came.reasons[0][1]) == (2, 0, 1, 1)
    assert (came.needs, came.need_days) == (2, 59)
    assert queries.replies([], today=TODAY).median_hours is None


def test_covered_is_who_has_a_carried_lead_or_a_visit_within_a_year():
    m = exchange()

    assert (queries.coverage(at=AT).total.covered, queries.coverage(at=AT).total.enterprises) == (
        0,
        2,
    )
    visited(m)
    assert queries.coverage(at=AT).total.covered == 1
    assert queries.coverage(at=AT + timedelta(days=400)).total.covered == 0
    opened(m, at=AT + timedelta(days=399))
    assert queries.coverage(at=AT + timedelta(days=400)).total.covered == 1


def test_a_rule_holds_from_its_day_on():
    m = exchange()
    rule = {"reply_working_days": 5, "protection_days": 60, "interested_may_carry": False,
            "source": "市级细则"}  # fmt: skip

    with pytest.raises(commands.BadPolicy):
        commands.set_policy(valid_from_date=TODAY - DAY, **rule, actor_id=m.operator.pk, at=AT)
    with pytest.raises(NotYourRole):
        commands.set_policy(valid_from_date=TODAY, **rule, actor_id=m.manager.pk, at=AT)
    commands.set_policy(valid_from_date=TODAY + DAY, **rule, actor_id=m.operator.pk, at=AT)
    with pytest.raises(commands.PolicyThere):
        commands.set_policy(valid_from_date=TODAY + DAY, **rule, actor_id=m.operator.pk, at=AT)

    assert queries.rule_on(TODAY).reply_working_days == 3
    assert queries.rule_on(TODAY + DAY).reply_working_days == 5
    lead = opened(m, at=AT + DAY)  # a Monday
    assert lead.reply_due_date == date(2026, 3, 9)


def as_(member):
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_pages_of_visits_and_teams():
    m = exchange()
    client, buyer = as_(m.manager), as_(m.buyer)

    client.post(
        "/visits/new",
        {"enterprise_id": m.company.pk, "visit_date": "2026-03-01", "people": "王工"},
    )
    visit = Visit.objects.get()
    bad = client.post(f"/visits/{visit.pk}", {"title": "", "words": "x", "urgency": "low"})
    assert bad.status_code == 422
    client.post(f"/visits/{visit.pk}", {"title": "能耗", "words": "太高", "urgency": "low"})
    problem = Problem.objects.get()
    client.post(f"/problems/{problem.pk}/offer")
    assert "Make it our need" in buyer.get(f"/visits/{visit.pk}").content.decode()
    taken = buyer.post(f"/problems/{problem.pk}/take")
    problem.refresh_from_db()
    assert taken["Location"] == f"/demands/{problem.demand_id}"
    assert as_(m.outsider).get(f"/visits/{visit.pk}").status_code == 404
    as_(m.operator).post("/teams/new", {"name": "专班", "field": "C26", "region": "33"})
    made = Team.objects.get()
    as_(m.operator).post(f"/teams/{made.pk}", {"membership_id": m.manager.pk})
    for path in ("/visits", "/teams", f"/teams/{made.pk}", "/visits/new"):
        assert client.get(path).status_code == 200
        assert buyer.get(path).status_code == (200 if path == "/visits" else 404)
    as_(m.operator).post(f"/teams/{made.pk}/members/{m.manager.pk}/leave")
    as_(m.operator).post(f"/teams/{made.pk}/dissolve")
    made.refresh_from_db()
    assert made.dissolved_at is not None


def test_the_pages_of_managers_and_figures():
    m = exchange()
    lead = brought_to(opened(m), "negotiating", m.manager)
    client = as_(m.manager)
    client.post(
        "/managers/me", {"fields_known": "C26, C38", "regions": "3302", "languages": "英语"}
    )
    client.post(
        "/managers/me/qualifications/new",
        {"kind": "credential", "title": "中级", "issuer": "协会", "obtained_date": "2026-01-05",
         "expires_date": "2026-02-05"},
    )  # fmt: skip
    row = queries.qualifications_of(m.manager).get()
    as_(m.operator).post(f"/managers/{m.manager.pk}/qualifications/{row.pk}/confirm")
    as_(m.operator).post(
        f"/managers/{m.manager.pk}/level", {"level": "senior", "level_basis": "证书 1"}
    )
    page = client.get(f"/managers/{m.manager.pk}").content.decode()
    assert "expired" in page
    assert "Senior" in page
    shares = {"step": "match", "manager_1": m.manager.pk, "percent_1": "60",
              "manager_2": m.other.pk, "percent_2": "40"}  # fmt: skip
    client.post(f"/leads/{lead.pk}/credits", shares)
    assert [p.share_bp for p in queries.credits(lead)] == [6000, 4000]
    assert client.post(f"/leads/{lead.pk}/credits", shares | {"percent_2": "30"}).status_code == 422
    client.post(f"/leads/{lead.pk}/papers/new", {"title": "样品单", "link": "https://a.example/1"})
    paper = queries.papers_of(lead, actor=m.manager).get()
    assert "样品单" in as_(m.buyer).get(f"/leads/{lead.pk}").content.decode()
    client.post(f"/leads/{lead.pk}/papers/{paper.pk}/remove")
    assert not queries.papers_of(lead, actor=m.manager).exists()
    record = f"/managers/{m.manager.pk}/record?first=2026-01-01&last=2026-12-31"
    assert client.get(record).status_code == 200
    sheet = client.get(f"{record}&format=csv")
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert "固态电解质" in sheet.content.decode()
    assert client.get(f"{record}&format=xlsx").content.startswith(b"PK")
    assert (
        client.get(f"/managers/{m.manager.pk}/record?first=2026-02-01&last=2026-01-01").status_code
        == 422
    )
    for path in ("/managers", "/managers/coverage", "/leads/statistics", "/leads/rules"):
        assert client.get(path).status_code == 200
    for path in ("/managers/coverage", "/leads/statistics", f"/managers/{m.manager.pk}/record"):
        assert as_(m.buyer).get(path).status_code == 404
    rule = {"valid_from_date": "2099-01-01", "reply_working_days": 2, "protection_days": 30,
            "source": "细则"}  # fmt: skip
    assert as_(m.operator).post("/leads/rules/new", rule).status_code == 302
    assert client.get("/leads/rules/new").status_code == 404
