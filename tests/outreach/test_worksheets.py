"""The whole list against the whole market: what is found, for whom, and what is done with it."""

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.leads.models import Lead
from pilotharbor.matching import index
from pilotharbor.outreach import batch, working
from pilotharbor.outreach.commands import proposals
from pilotharbor.outreach.commands import worksheets as commands
from pilotharbor.outreach.commands.roadshows import NotYourEvent, ReasonMissing
from pilotharbor.outreach.forms.challenges import OfferForm
from pilotharbor.outreach.models import Candidate, MatchRun, Need
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement, IpAsset
from tests.conftest import AT
from tests.factories.outreach import ChallengeFactory, NeedFactory
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import AchievementFactory, market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def field(**fields):
    """A challenge whose organiser is no host, with one need that a result answers."""
    m = market()
    host = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)
    challenge = ChallengeFactory(organiser=host.organisation, opened_by=host, **fields)
    need = NeedFactory(
        challenge=challenge,
        status="published",
        title="固态电解质公斤级制备",
        organisation=m.company,
    )
    AchievementFactory(title="水稻抗倒伏品种选育", summary="田间栽培与选育。")
    index.rebuild()
    return m, host, challenge, need


def matched(challenge, host, per_need=5):
    run = commands.ask_run(challenge_id=challenge.pk, per_need=per_need, actor_id=host.pk, at=AT)
    working.match(run_id=run.pk, actor_id=host.pk, at=AT.isoformat())
    run.refresh_from_db()
    return run


def test_a_run_finds_what_answers_and_says_why():
    m, host, challenge, need = field()

    run = matched(challenge, host)

    best = queries.worksheet(run=run, actor=host).first()
    assert (run.status, run.done, run.total) == ("done", 1, 1)
    assert (best.need, best.achievement, best.rank, best.status) == (need, m.achievement, 1, "open")
    assert any(one.get("kind") == "phrase" for one in best.reasons)
    newest, when = batch.index_state()
    assert (run.index_event_id, run.index_at) == (newest, when)


def test_what_the_organiser_may_not_see_is_not_found():
    _m, host, challenge, _need = field()
    Achievement.objects.update(confidentiality="core")
    index.rebuild()

    run = matched(challenge, host)

    assert not run.candidates.exists()


def test_what_was_closed_since_is_not_shown_any_more():
    m, host, challenge, _need = field()
    run = matched(challenge, host)
    assert queries.worksheet(run=run, actor=host).count() == 1

    Achievement.objects.filter(pk=m.achievement.pk).update(confidentiality="core")
    assert not queries.worksheet(run=run, actor=host).exists()
    Achievement.objects.filter(pk=m.achievement.pk).update(
        confidentiality="public", status="withdrawn"
    )
    assert not queries.worksheet(run=run, actor=host).exists()
    with pytest.raises(NotFound):
        commands.invite(candidate_id=run.candidates.get().pk, actor_id=host.pk, at=AT)


def test_each_reader_of_the_organiser_sees_what_they_may_see():
    m, host, challenge, _need = field()
    run = matched(challenge, host)
    Achievement.objects.filter(pk=m.achievement.pk).update(confidentiality="members")
    engineer = MembershipFactory(role=Role.EQUIPMENT_ENGINEER, organisation=host.organisation)

    assert queries.worksheet(run=run, actor=host).count() == 1
    with pytest.raises(NotFound):
        queries.visible_run(actor=engineer, run_id=run.pk)
    with pytest.raises(NotFound):
        queries.visible_run(actor=m.operator, run_id=run.pk)
    assert queries.visible_run(actor=m.auditor, run_id=run.pk) == run


def test_a_list_of_two_hundred_goes_step_by_step_and_goes_on_where_it_broke_off(monkeypatch):
    _m, host, challenge, _need = field()
    for n in range(2, 201):
        NeedFactory(challenge=challenge, number=1000 + n, title=f"固态电解质制备{n}")
    run = commands.ask_run(challenge_id=challenge.pk, per_need=3, actor_id=host.pk, at=AT)
    asked = []
    real = batch.find
    monkeypatch.setattr(
        batch, "find", lambda texts, **k: asked.append(len(texts)) or real(texts, **k)
    )

    commands.match_some(run_id=run.pk, actor_id=host.pk, at=AT)
    part = MatchRun.objects.get(pk=run.pk)
    working.match(run_id=run.pk, actor_id=host.pk, at=AT.isoformat())
    working.match(run_id=run.pk, actor_id=host.pk, at=AT.isoformat())

    whole = MatchRun.objects.get(pk=run.pk)
    assert (part.status, part.done, part.total) == ("running", 20, 200)
    assert (whole.status, whole.done, asked) == ("done", 200, [20] * 10)
    assert whole.candidates.count() == 200
    assert whole.candidates.values("need").distinct().count() == 200


def test_one_run_at_a_time_by_the_organiser_with_something_to_match():
    m, host, challenge, _need = field()
    ask = {"challenge_id": challenge.pk, "at": AT}

    with pytest.raises(commands.BadDepth):
        commands.ask_run(per_need=0, actor_id=host.pk, **ask)
    with pytest.raises(NotYourEvent):
        commands.ask_run(per_need=5, actor_id=m.operator.pk, **ask)
    run = commands.ask_run(per_need=5, actor_id=host.pk, **ask)
    with pytest.raises(commands.RunOpen):
        commands.ask_run(per_need=5, actor_id=host.pk, **ask)
    with pytest.raises(NotFound):
        commands.match_some(run_id=run.pk, actor_id=m.operator.pk, at=AT)
    Need.objects.update(status="left_out", left_out_reason="重复")
    with pytest.raises(commands.NothingToMatch):
        commands.ask_run(per_need=5, actor_id=host.pk, **ask)


def row_of(run):
    return {"candidate_id": run.candidates.order_by("id").first().pk, "at": AT}


def test_a_row_is_dismissed_with_a_reason_and_looked_at_again():
    _m, host, challenge, _need = field()
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}

    with pytest.raises(ReasonMissing):
        commands.dismiss(reason=" ", **row)
    done = commands.dismiss(reason="量级不符", **row)
    assert (done.status, done.dismissed_reason, done.decided_by) == ("dismissed", "量级不符", host)
    with pytest.raises(MoveNotAllowed):
        commands.make_lead(**row)
    assert commands.take_back(**row).status == "open"


def test_an_invitation_reaches_the_owner_once_the_challenge_takes_proposals():
    m, host, challenge, _need = field()
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}

    with pytest.raises(proposals.NotTaking):
        commands.invite(**row)
    challenge.status = "proposing"
    challenge.save()
    commands.invite(**row)
    work()

    told = Notification.objects.filter(kind="outreach.candidate.invited")
    assert {one.membership for one in told} == {m.tto, m.inventor}


def test_a_row_becomes_a_lead_with_both_sides():
    m, host, challenge, _need = field()
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}

    done = commands.make_lead(**row)

    lead = Lead.objects.get(pk=done.lead_id)
    assert (lead.achievement, lead.enterprise, lead.manager) == (m.achievement, m.company, host)
    assert done.status == "led"


def test_a_row_whose_need_belongs_to_nobody_here_becomes_no_lead():
    _m, host, challenge, _need = field()
    Need.objects.update(organisation=None)
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}

    with pytest.raises(commands.NoSides):
        commands.make_lead(**row)
    assert (Candidate.objects.get().status, Lead.objects.count()) == ("open", 0)


def test_the_worksheet_is_narrowed():
    m, host, challenge, need = field()
    other = AchievementFactory(title="固态电解质公斤级制备装置", summary="制备装置")
    index.rebuild()
    run = matched(challenge, host)
    IpAsset.objects.create(
        achievement=m.achievement, kind="invention_patent", application_no="202310000000.1"
    )

    def rows(**wanted):
        found = queries.worksheet(run=run, actor=host, wanted=queries.Wanted(**wanted))
        return {row.achievement for row in found}

    assert rows() == {m.achievement, other}
    assert rows(patented=True) == {m.achievement}
    assert len(rows(best=1)) == 1
    assert rows(need=need.number) == rows()
    assert rows(need=need.number + 1) == rows(least_bp=10_001) == rows(status="led") == set()


def test_a_row_says_how_far_it_stands_out_and_is_narrowed_by_it(monkeypatch):
    m, host, challenge, _need = field()
    monkeypatch.setattr(
        batch, "find",
        lambda texts, **_: [[batch.Found(m.achievement.pk, 10_000, [], 8_000)] for _ in texts],
    )  # fmt: skip
    run = matched(challenge, host)

    def rows(least):
        found = queries.worksheet(run=run, actor=host, wanted=queries.Wanted(least_bp=least))
        return [row.standing_bp for row in found]

    assert rows(8_000) == [8_000]
    assert rows(8_001) == []


def test_an_invited_result_waits_for_its_owner_until_it_is_proposed():
    m, host, challenge, need = field(status="proposing")
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}
    commands.invite(**row)

    assert [one.need for one in queries.proposals_asked_for(actor=m.tto)] == [need]
    assert list(queries.proposals_asked_for(actor=m.buyer)) == []
    proposals.offer(
        need_id=need.pk, achievement_id=m.achievement.pk, words="已放大", actor_id=m.tto.pk, at=AT
    )
    assert list(queries.proposals_asked_for(actor=m.tto)) == []


def test_what_one_was_asked_for_and_what_is_near_stand_first():
    m, host, challenge, need = field(status="proposing")
    owner = {"owner": m.university, "disclosed_by": m.inventor}
    near = AchievementFactory(title="固态电解质公斤级中试", summary="制备", **owner)
    AchievementFactory(title="A 水稻育秧", summary="育秧", **owner)
    index.rebuild()
    row = row_of(matched(challenge, host)) | {"actor_id": host.pk}
    asked_for = Candidate.objects.get(pk=row["candidate_id"]).achievement
    commands.invite(**row)
    results = queries.offerable(need=need, actor=m.tto)

    form = OfferForm(
        results=results,
        invited=queries.invited(need=need, actor=m.tto),
        nearest=batch.nearest(f"{need.title}\n{need.words}", actor=m.tto),
    )

    groups = form.fields["achievement_id"].choices[1:]
    order = [pk for _said, some in groups for pk, _title in some]
    assert order[0] == asked_for.pk == form.initial["achievement_id"]
    assert order.index(near.pk) <= 1
    assert set(order) == set(results.values_list("pk", flat=True))
