from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.leads import commands, queries
from pilotharbor.leads.models import Credit, Lead, LogEntry
from pilotharbor.leads.queries import Clock
from pilotharbor.leads.working_days import last_day
from pilotharbor.parties import commands as parties
from pilotharbor.projects import commands as projects
from tests.conftest import AT
from tests.factories.leads import brought_to, exchange, log, opened, pooled
from tests.factories.worker import work
from tests.leads.test_opening import accepted

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [("2026-03-01", 3, "2026-03-04"), ("2026-03-06", 3, "2026-03-11"), ("2026-03-05", 1, "2026-03-06"),
     ("2026-03-06", 1, "2026-03-09"), ("2026-03-07", 5, "2026-03-13")],
)  # fmt: skip
def test_only_monday_to_friday_count(start, count, last):
    first = AT.date().fromisoformat(start)

    assert last_day(first, count).isoformat() == last


def test_the_first_contact_stops_the_clock_and_moves_the_lead_on():
    m = exchange()
    lead = opened(m)

    log(lead, m.manager, at=AT + DAY, side="enterprise")

    lead.refresh_from_db()
    assert (lead.status, lead.first_contact_at) == ("contacted", AT + DAY)
    assert (lead.enterprise_since_at, lead.supplier_since_at) == (AT + DAY, None)
    assert Event.objects.get(name="leads.lead.replied").facts == {"in_time": True}
    assert queries.clock(lead, today=AT.date()) is Clock.KEPT


def test_how_the_reply_stands():
    m = exchange()
    lead = opened(m)
    due = lead.reply_due_date

    assert queries.clock(lead, today=due) is Clock.DUE
    assert queries.clock(lead, today=due + DAY) is Clock.LATE
    assert list(queries.unanswered(Lead.objects.all(), today=due + DAY)) == [lead]
    log(lead, m.manager, at=AT + 5 * DAY)
    lead.refresh_from_db()
    assert queries.clock(lead, today=due) is Clock.MISSED


def test_a_note_is_no_contact():
    m = exchange()
    lead = opened(m)

    log(lead, m.manager, kind="note", side="", words="先查专利")

    lead.refresh_from_db()
    assert (lead.status, lead.first_contact_at) == ("found", None)


def test_a_contact_is_dated_by_when_it_was_logged_not_by_what_is_said():
    m = exchange()
    lead = opened(m)

    log(lead, m.manager, at=AT + 9 * DAY, happened_at=AT)

    lead.refresh_from_db()
    assert lead.first_contact_at == AT + 9 * DAY


@pytest.mark.parametrize(
    ("given", "error"),
    [({"kind": "telepathy"}, commands.NoSuchKind), ({"side": ""}, commands.NoSuchKind),
     ({"words": " "}, commands.WordsMissing), ({"happened_at": AT + DAY}, commands.NotYet),
     ({"shared": "everybody"}, commands.NoSuchKind)],
)  # fmt: skip
def test_what_is_logged_is_checked(given, error):
    m = exchange()
    lead = opened(m)

    with pytest.raises(error):
        log(lead, m.manager, **given)

    assert not LogEntry.objects.exists()
    lead.refresh_from_db()
    assert lead.status == "found"


@pytest.mark.parametrize("who", ["other", "buyer", "tto", "outsider", "expert"])
def test_others_do_not_find_the_lead(who):
    m = exchange()
    lead = opened(m)

    with pytest.raises(NotFound):
        log(lead, getattr(m, who))


def test_sides_and_auditors_read_but_do_not_write():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager)

    for who in (m.buyer, m.tto, m.auditor):
        with pytest.raises(commands.NotYourLead):
            commands.move(lead_id=lead.pk, to="met", actor_id=who.pk, at=AT)


def test_each_stage_rests_on_something():
    m = exchange()
    lead = opened(m)
    who = {"lead_id": lead.pk, "actor_id": m.manager.pk, "at": AT}

    with pytest.raises(commands.ContactMissing):
        commands.move(to="contacted", **who)
    with pytest.raises(MoveNotAllowed):
        commands.move(to="negotiating", **who)
    log(lead, m.manager)
    with pytest.raises(commands.MeetingMissing):
        commands.move(to="met", **who)
    log(lead, m.manager, kind="visit")
    commands.move(to="met", **who)
    with pytest.raises(commands.NdaMissing):
        commands.move(to="nda", **who)
    parties.sign_nda(owner_id=m.university.pk, actor_id=m.buyer.pk, at=AT)
    commands.move(to="nda", **who)
    commands.move(to="evaluated", **who)
    commands.move(to="met", **who)
    with pytest.raises(commands.SaysMore):
        commands.move(to="lost", **who)

    lead.refresh_from_db()
    assert lead.status == "met"


def test_the_database_knows_no_contact_without_a_log():
    m = exchange()
    lead = opened(m)

    with (
        pytest.raises(IntegrityError, match="leads_lead_contacted_on_record"),
        transaction.atomic(),
    ):
        Lead.objects.filter(pk=lead.pk).update(status="met")


def test_a_lead_is_lost_for_a_reason_in_code_and_words():
    m = exchange()
    lead = opened(m)
    who = {"lead_id": lead.pk, "actor_id": m.manager.pk, "at": AT}

    with pytest.raises(commands.WordsMissing):
        commands.lose(reason="price", words="", **who)
    with pytest.raises(commands.NoSuchKind):
        commands.lose(reason="bad luck", words="运气", **who)
    commands.lose(reason="price", words="超出预算一倍", **who)
    with pytest.raises(commands.LeadOver):
        log(lead, m.manager)

    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason, lead.ended_at) == ("lost", "price", AT)


def test_the_next_step_is_owed_by_somebody_and_ends_in_the_log():
    m = exchange()
    lead = opened(m)
    who = {"lead_id": lead.pk, "actor_id": m.manager.pk, "at": AT}
    due = (AT + 2 * DAY).date()

    for bad in (
        {"words": "", "due_date": due, "owner_id": m.manager.pk},
        {"words": "寄样", "due_date": (AT - DAY).date(), "owner_id": m.manager.pk},
        {"words": "寄样", "due_date": due, "owner_id": m.outsider.pk},
        {"words": "寄样", "due_date": due, "owner_id": m.buyer.pk},  # does not know of it yet
    ):
        with pytest.raises(commands.BadStep):
            commands.plan_step(**bad, **who)
    commands.plan_step(words="寄样", due_date=due, owner_id=m.manager.pk, **who)
    overdue = queries.overdue_steps(actor=m.manager, today=due + DAY)
    assert list(overdue) == [lead]
    commands.settle_step(outcome="已寄 2 kg", **who)

    assert not overdue.all().exists()
    assert LogEntry.objects.get().words == "寄样\n已寄 2 kg"
    with pytest.raises(commands.NoStep):
        commands.settle_step(**who)


def test_a_side_that_owes_a_step_settles_it():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager, side="enterprise")
    commands.plan_step(
        lead_id=lead.pk, words="给出指标", due_date=(AT + DAY).date(), owner_id=m.buyer.pk,
        actor_id=m.manager.pk, at=AT,
    )  # fmt: skip

    with pytest.raises(commands.NotYourLead):
        commands.settle_step(lead_id=lead.pk, actor_id=m.colleague_buyer.pk, at=AT)
    commands.settle_step(lead_id=lead.pk, actor_id=m.buyer.pk, at=AT)

    lead.refresh_from_db()
    assert lead.next_step == ""


def test_who_reads_what_of_the_log():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager, words="私下判断：预算紧", shared="")
    log(lead, m.manager, words="给企业看", shared="enterprise")
    log(lead, m.manager, words="双方都看", shared="both")
    commands.write(lead_id=lead.pk, words="我们想要样品", actor_id=m.buyer.pk, at=AT)

    def read(actor):
        return {entry.words for entry in queries.log_of(lead, actor=actor)}

    lead.refresh_from_db()
    everything = {"私下判断：预算紧", "给企业看", "双方都看", "我们想要样品"}
    assert read(m.manager) == read(m.operator) == read(m.auditor) == everything
    assert read(m.buyer) == {"给企业看", "双方都看", "我们想要样品"}
    assert read(m.tto) == read(m.inventor) == {"双方都看"}
    assert read(m.outsider) == read(m.other) == set()
    with pytest.raises(commands.NotAtTheTable):
        commands.write(lead_id=lead.pk, words="插话", actor_id=m.manager.pk, at=AT)


def test_who_sees_the_lead():
    m = exchange()
    lead = opened(m)

    def seeing():
        people = ("manager", "operator", "auditor", "buyer", "colleague_buyer", "tto", "inventor",
                  "colleague", "other", "outsider", "expert", "advisor", "administrator",
                  "official")  # fmt: skip
        return {p for p in people if queries.visible_leads(actor=getattr(m, p)).exists()}

    assert seeing() == {"manager", "operator", "auditor"}
    log(lead, m.manager, side="enterprise")
    assert seeing() == {"manager", "operator", "auditor", "buyer", "colleague_buyer"}
    log(lead, m.manager, side="supplier")
    assert seeing() == {
        "manager", "operator", "auditor", "buyer", "colleague_buyer", "tto", "inventor",
    }  # fmt: skip
    assert not queries.visible_leads(actor=None).exists()


def test_signing_fixes_who_did_which_step():
    m = exchange()
    lead = brought_to(opened(m), "negotiating", m.manager)
    who = {"lead_id": lead.pk, "actor_id": m.manager.pk, "at": AT}
    commands.set_credits(step="match", shares={m.manager.pk: 6000, m.other.pk: 4000}, **who)
    with pytest.raises(commands.NotYet):
        commands.sign(signed_date=(AT + 2 * DAY).date(), **who)

    commands.sign(amount_fen=80_000_000, **who)

    lead.refresh_from_db()
    assert (lead.status, lead.amount_fen, lead.credits_frozen_at) == ("signed", 80_000_000, AT)
    parts = queries.credits(lead)
    assert [(p.step, p.manager_id, p.share_bp) for p in parts] == [
        ("find_need", m.manager.pk, 10000), ("find_result", m.manager.pk, 10000),
        ("match", m.manager.pk, 6000), ("match", m.other.pk, 4000),
        ("sign", m.manager.pk, 10000), ("payment", m.manager.pk, 10000),
    ]  # fmt: skip
    with pytest.raises(commands.CreditsFrozen):
        commands.set_credits(step="match", shares={m.other.pk: 10000}, **who)
    with pytest.raises(IntegrityError, match="are frozen"), transaction.atomic():
        Credit.objects.all().delete()


def test_nothing_is_signed_while_a_side_is_open():
    m = exchange()
    lead = brought_to(opened(m, achievement_id=m.achievement.pk), "negotiating", m.manager)

    with pytest.raises(commands.SidesOpen):
        commands.sign(lead_id=lead.pk, actor_id=m.manager.pk, at=AT)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shares=st.lists(st.integers(-5, 10_005), max_size=3))
def test_the_parts_of_a_step_sum_to_one_or_are_refused(shares):
    if (
        not hasattr(test_the_parts_of_a_step_sum_to_one_or_are_refused, "m")
        or not Lead.objects.exists()
    ):
        made = exchange()
        made.lead = opened(made)
        test_the_parts_of_a_step_sum_to_one_or_are_refused.m = made
    m = test_the_parts_of_a_step_sum_to_one_or_are_refused.m
    who = dict(zip([m.manager.pk, m.other.pk, m.insider.pk], shares, strict=False))
    fair = all(s > 0 for s in shares) and sum(shares) in ({10_000} if shares else {0})

    try:
        commands.set_credits(
            lead_id=m.lead.pk, step="sign", shares=who, actor_id=m.manager.pk, at=AT
        )
    except commands.BadCredits:
        assert not fair
    else:
        assert fair
    assert sum(p.share_bp for p in queries.credits(m.lead)) in {0, 10_000}


def test_the_database_itself_refuses_parts_that_do_not_sum_to_one():
    m = exchange()
    lead = opened(m)

    with pytest.raises(IntegrityError, match="sum to 6000"), transaction.atomic():
        Credit.objects.create(
            lead=lead, step="sign", manager=m.manager, share_bp=6000, written_by=m.manager,
            written_at=AT,
        )  # fmt: skip


def test_only_managers_have_a_part():
    m = exchange()
    lead = opened(m)

    with pytest.raises(commands.BadCredits):
        commands.set_credits(
            lead_id=lead.pk, step="sign", shares={m.buyer.pk: 10000}, actor_id=m.manager.pk, at=AT
        )


def test_a_project_of_the_match_hands_the_lead_over():
    m = exchange()
    match = accepted(m, m.manager, m.buyer)
    work()
    lead = Lead.objects.get()
    commands.ask_for_project(lead_id=lead.pk, actor_id=m.manager.pk, at=AT)

    project = projects.propose(
        achievement_id=m.achievement.pk, platform_id=m.host.pk, match_id=match.pk,
        actor_id=m.operator.pk, at=AT,
    )  # fmt: skip
    work()

    lead.refresh_from_db()
    assert (lead.project_id, lead.handed_over_at, lead.status) == (project.pk, AT, "found")
    with pytest.raises(commands.HandedOver):
        commands.hand_over(lead_id=lead.pk, project_id=0, actor_id=m.operator.pk, at=AT)
    assert commands.lapse(at=AT + 400 * DAY) == []


def test_without_an_accepted_match_there_is_nothing_to_hand_over():
    m = exchange()
    lead = opened(m)

    with pytest.raises(commands.NoMatch):
        commands.ask_for_project(lead_id=lead.pk, actor_id=m.manager.pk, at=AT)
    with pytest.raises(commands.NoMatch):
        commands.hand_over(lead_id=lead.pk, project_id=1, actor_id=m.operator.pk, at=AT)


def test_papers_of_the_room():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager)
    who = {"lead_id": lead.pk, "at": AT}

    with pytest.raises(commands.NotAPaper):
        commands.add_paper(title="样品照片", link="javascript:alert(1)", actor_id=m.buyer.pk, **who)
    with pytest.raises(commands.NotAPaper):
        commands.add_paper(actor_id=m.buyer.pk, **who)
    paper = commands.add_paper(
        title="样品照片", link="https://files.example/1", actor_id=m.buyer.pk, **who
    )
    lead.refresh_from_db()

    readers = ("manager", "buyer", "tto", "auditor", "operator", "other", "outsider")
    reading = {r for r in readers if queries.papers_of(lead, actor=getattr(m, r)).exists()}
    assert reading == {"manager", "buyer", "tto", "auditor"}
    with pytest.raises(commands.RoomClosed):
        commands.add_paper(title="x", actor_id=m.operator.pk, **who)
    with pytest.raises(commands.RoomClosed):
        commands.remove_paper(paper_id=paper.pk, actor_id=m.tto.pk, at=AT)
    commands.remove_paper(paper_id=paper.pk, actor_id=m.manager.pk, at=AT)
    assert not queries.papers_of(lead, actor=m.manager).exists()


def test_the_pool_shows_nothing_private():
    m = exchange()
    lead = pooled(m)
    log(lead, m.operator, words="内部判断")
    lead.refresh_from_db()

    assert list(queries.visible_leads(actor=m.other)) == [lead]
    assert not queries.log_of(lead, actor=m.other).exists()


def project_of(lead, m):
    match = accepted(m, m.manager, m.buyer)
    work()
    lead.refresh_from_db()
    projects.propose(
        achievement_id=m.achievement.pk, platform_id=m.host.pk, match_id=match.pk,
        actor_id=m.operator.pk, at=AT,
    )  # fmt: skip
    work()


@pytest.mark.parametrize("stage", ["found", "contacted", "met", "evaluated", "negotiating"])
def test_a_signed_agreement_signs_the_lead_at_any_stage(stage):
    m = exchange()
    lead = opened(m)
    project_of(lead, m)
    contacted = None if stage == "found" else AT
    Lead.objects.filter(pk=lead.pk).update(status=stage, first_contact_at=contacted)

    for _ in range(2):
        commands.conclude(lead_id=lead.pk, amount_fen=80_000_000, actor_id=m.buyer.pk, at=AT + DAY)

    lead.refresh_from_db()
    assert (lead.status, lead.amount_fen, lead.signed_at) == ("signed", 80_000_000, AT + DAY)
    assert lead.first_contact_at == (AT + DAY if stage == "found" else AT)
    assert {one.manager_id for one in lead.credits.all()} == {m.manager.pk}
    told = Event.objects.filter(name="leads.lead.signed")
    assert [one.facts["stage"] for one in told] == [stage]


def test_a_lost_lead_stays_lost_whatever_is_signed():
    m = exchange()
    lead = opened(m)
    commands.lose(lead_id=lead.pk, reason="price", words="太贵", actor_id=m.manager.pk, at=AT)

    commands.conclude(lead_id=lead.pk, amount_fen=1, actor_id=m.buyer.pk, at=AT + DAY)

    lead.refresh_from_db()
    assert (lead.status, lead.amount_fen) == ("lost", None)
