from decimal import Decimal

import pytest

from pilotharbor.agreements.models import Milestone
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns import commands, queries
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.documents import commands as documents
from pilotharbor.documents.models import Document
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Plan, Project
from tests.factories.booking import dock, on
from tests.factories.campaigns import AT, bench
from tests.factories.facilities import LineFactory
from tests.factories.parties import MembershipFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db
GOOD, BAD = "99.6", "99.4"


def reached() -> set[str]:
    return set(Milestone.objects.filter(status="reached").values_list("key", flat=True))


def open_on(b, *, actor=None, line=None):
    return commands.open_campaign(
        project_id=b.project.pk,
        line_id=(line or b.line).pk,
        actor_id=(actor or b.table.operator).pk,
        at=AT,
    )


def test_open_copies_limits_and_numbers_from_the_plan():
    b = bench(opened=False, planned_batches=5)

    campaign = open_on(b, actor=b.engineer)

    limit = campaign.limits.get()
    assert (limit.attribute, limit.unit, limit.at_least, limit.at_most) == (
        "purity",
        "%",
        Decimal("99.5"),
        None,
    )
    assert (campaign.consecutive_batches, campaign.planned_batches) == (3, 5)
    assert Event.objects.filter(name="campaigns.campaign.opened").count() == 1


def test_open_refuses_a_second_campaign_other_lines_other_steps_and_strangers():
    b = bench(opened=False)
    with pytest.raises(commands.LineElsewhere):
        open_on(b, line=LineFactory())
    for actor, refusal in (
        (b.table.buyer, commands.NotYourCampaign),
        (MembershipFactory(role=Role.PLATFORM_OPERATOR), NotFound),
        (MembershipFactory(organisation=b.line.platform, role=Role.EQUIPMENT_ENGINEER), NotFound),
    ):
        with pytest.raises(refusal):
            open_on(b, actor=actor)
    open_on(b)
    with pytest.raises(commands.CampaignExists):
        open_on(b)

    early = bench(opened=False, agreed=False)
    Project.objects.filter(pk=early.project.pk).update(status=Project.Status.PLANNING)
    with pytest.raises(commands.WrongStep):
        open_on(early)
    Project.objects.filter(pk=early.project.pk).update(status=Project.Status.PILOT)
    Plan.objects.filter(project=early.project).delete()
    with pytest.raises(commands.PlanMissing):
        open_on(early)


def test_values_are_kept_exactly_as_measured():
    b = bench(
        acceptance=[
            {"attribute": "purity", "unit": "%", "at_least": "99.5"},
            {"attribute": "conductivity", "unit": "mS/cm", "at_least": "5", "at_most": "9"},
        ]
    )

    batch = b.record(
        1,
        results={"purity": ["99.560000001", "９９．６ %"], "conductivity": ["5.3mS/cm"]},
        scale_kg="1.2",
    )

    values = batch.measurements.order_by("limit__position", "replicate")
    assert [(m.limit.attribute, m.replicate, m.value) for m in values] == [
        ("purity", 1, Decimal("99.560000001")),
        ("purity", 2, Decimal("99.6")),
        ("conductivity", 1, Decimal("5.3")),
    ]
    assert (batch.scale_kg, batch.status) == (Decimal("1.2"), "recorded")


@pytest.mark.parametrize(
    ("results", "field"),
    [
        ({}, "results.purity"),
        ({"purity": []}, "results.purity"),
        ({"purity": ["NaN"]}, "results.purity"),
        ({"purity": ["99.6", "abc"]}, "results.purity"),
        ({"purity": ["1e3"]}, "results.purity"),
        ({"purity": ["Infinity"]}, "results.purity"),
        ({"purity": ["99,6"]}, "results.purity"),
        ({"purity": ["99.6 mg"]}, "results.purity"),
        ({"purity": ["99.1234567890"]}, "results.purity"),
        ({"purity": ["9" * 16]}, "results.purity"),
        ({"purity": ["99.6"] * 101}, "results.purity"),
        ({"purity": ["99.6"], "colour": ["1"]}, "results.colour"),
    ],
)
def test_bad_values_are_refused_with_their_field_and_leave_no_trace(results, field):
    b = bench()

    with pytest.raises(commands.BadResults) as refused:
        b.record(1, results=results)

    assert list(refused.value.problems) == [field]
    assert not Batch.objects.exists()


def test_bad_numbers_scales_and_twice_the_same_batch_are_refused():
    b = bench()
    for fields in ({"number": 0}, {"number": 10_000}):
        with pytest.raises(commands.BadResults):
            b.record(fields["number"])
    with pytest.raises(commands.BadResults) as refused:
        b.record(1, scale_kg="much")
    assert list(refused.value.problems) == ["scale_kg"]
    b.record(1)
    with pytest.raises(commands.BatchNumberTaken):
        b.record(1)


def test_a_batch_takes_a_used_booking_of_its_project_once():
    b = bench()
    d = dock()
    elsewhere = d.allot()
    mine = Booking.objects.create(
        line=b.line,
        project=b.project,
        period=elsewhere.period,
        billing="batch",
        tariff=b.line.tariffs.get(),
        price_fen=1,
        status=Booking.Status.APPROVED,
        requested_by=b.table.operator,
        requested_at=AT,
        reviewed_by=b.table.operator,
        started_at=on(2),
    )
    for booking in (elsewhere, mine):
        with pytest.raises(commands.BookingUnusable):
            b.record(1, booking_id=booking.pk)
    Booking.objects.filter(pk=mine.pk).update(status=Booking.Status.COMPLETED)
    b.record(1, booking_id=mine.pk)
    with pytest.raises(commands.BookingTaken):
        b.record(2, booking_id=mine.pk)


def test_judging_releases_or_rejects_and_reaches_the_milestone_of_the_nth_release():
    b = bench(planned_batches=4)

    assert b.run(1, BAD).status == "rejected"
    assert b.run(2, GOOD, GOOD).status == "released"
    assert reached() == {"signing"}
    assert b.run(3, GOOD).status == "released"
    assert reached() == {"signing", "second_batch"}
    assert b.run(4, GOOD, BAD, GOOD).status == "rejected"

    told = Event.objects.filter(name="agreements.milestone.reached").last()
    assert told.facts["ref"] == f"campaigns.batch:{Batch.objects.get(number=3).pk}"
    with pytest.raises(MoveNotAllowed):
        b.judge_batch(Batch.objects.get(number=1))


def test_only_people_of_the_platform_record_and_judge():
    b = bench()
    for actor, refusal in (
        (b.table.buyer, commands.NotYourCampaign),
        (b.table.professor, commands.NotYourCampaign),
        (MembershipFactory(role=Role.EQUIPMENT_ENGINEER), NotFound),
        (MembershipFactory(role=Role.AUDITOR), commands.NotYourCampaign),
    ):
        with pytest.raises(refusal):
            b.record(1, actor=actor)
    batch = b.record(1, actor=b.project.technology_manager)
    with pytest.raises(commands.NotYourCampaign):
        b.judge_batch(batch, actor=b.table.buyer)
    with pytest.raises(NotFound):
        b.judge_batch(batch, actor=MembershipFactory(role=Role.PLATFORM_OPERATOR))


@pytest.mark.parametrize(
    ("values", "planned", "status"),
    [
        ([GOOD, GOOD, GOOD], 3, "accepted"),
        ([BAD, GOOD, GOOD, GOOD], 4, "accepted"),
        ([GOOD, GOOD, GOOD], 5, "accepted"),
        ([GOOD, BAD, GOOD], 3, "failed"),
        ([GOOD, GOOD, BAD, GOOD, GOOD], 5, "failed"),
    ],
)
def test_campaign_is_judged_on_consecutive_good_batches(values, planned, status):
    b = bench(planned_batches=planned)
    b.run_all(values)

    campaign = b.judge()

    assert campaign.status == status
    assert b.project.status == ("pilot" if status == "accepted" else "ended")
    with pytest.raises(commands.CampaignOver):
        b.judge()
    with pytest.raises(commands.CampaignOver):
        b.record(9)


def test_gaps_in_numbers_break_the_row_and_unjudged_batches_wait():
    b = bench(planned_batches=3)
    b.run(1)
    b.run(2)
    with pytest.raises(commands.NotEnoughBatches):
        b.judge()
    b.run(4)
    b.record(5)
    with pytest.raises(commands.NotEnoughBatches):
        b.judge()
    b.judge_batch(Batch.objects.get(number=5))
    with_gap = b.judge()
    assert with_gap.status == "failed"


def test_a_failed_campaign_ends_the_project_with_batch_value_and_limit():
    b = bench()
    b.run_all([GOOD, BAD, GOOD])

    b.judge()

    reason = b.project.ended_reason
    assert "99.4" in reason
    assert "99.5" in reason
    assert "acceptance_met" not in set(
        Milestone.objects.filter(status="reached").values_list("evidence", flat=True)
    )


def test_the_report_is_issued_once_printed_and_opens_the_decision():
    b = bench()
    with pytest.raises(commands.NotJudged):
        b.ask_report()
    b.run_all([GOOD] * 3)
    b.judge()

    campaign = b.ask_report()
    with pytest.raises(commands.ReportAsked):
        b.ask_report()
    assert b.project.status == "pilot"
    work()

    campaign.refresh_from_db()
    assert campaign.report_issued_at == AT
    assert campaign.report.status == "rendered"
    assert campaign.report.payload["bound"] == "0.368"
    assert b.project.status == "decision"
    assert reached() == {"signing", "second_batch", "report"}
    assert Event.objects.filter(name="campaigns.report.issued").count() == 1
    again = Event.objects.get(name="documents.document.rendered", facts__kind="pilot_report")
    commands.issue_report(
        campaign_id=campaign.pk, document_id=again.subject_id, actor_id=None, at=AT
    )
    assert Event.objects.filter(name="campaigns.report.issued").count() == 1


def test_a_failed_campaign_may_report_but_its_project_stays_ended():
    b = bench()
    b.run_all([GOOD, BAD, GOOD])
    b.judge()

    b.ask_report()
    work()

    assert b.project.status == "ended"
    report = Document.objects.get(kind="pilot_report")
    assert (report.status, report.payload["verdict"]) == ("rendered", "failed")
    assert report.payload["batches"][1]["values"] == [[{"text": "99.4", "within": False}]]


def test_a_report_whose_printing_failed_may_be_asked_for_again():
    b = bench()
    b.run_all([GOOD] * 3)
    b.judge()
    first = b.ask_report().report
    Document.objects.filter(pk=first.pk).update(payload={})
    documents.render(document_id=first.pk, actor_id=None, at=AT)
    assert Document.objects.get(pk=first.pk).status == "failed"

    again = b.ask_report().report

    assert (again.version, again.pk != first.pk) == (2, True)


def test_progress_says_how_far_and_how_sure():
    b = bench(planned_batches=5)
    b.run_all([GOOD, BAD, GOOD, GOOD])
    b.record(5)

    campaign = queries.visible_campaign(actor=b.table.buyer, campaign_id=b.campaign.pk)
    progress = queries.progress_of(campaign)

    assert (progress.judged, progress.released, progress.unjudged) == (4, 3, 1)
    assert (progress.run, progress.met) == ([3, 4], None)
    assert progress.bound == pytest.approx(0.2486, abs=1e-4)


def test_a_campaign_without_agreement_runs_as_well():
    b = bench(agreed=False)
    b.run_all([GOOD] * 3)
    b.judge()
    b.ask_report()
    work()
    assert b.project.status == "decision"
    assert Campaign.objects.get().report_issued_at is not None


# Correcting a record before it is judged


def correct(b, batch, *values, reason="录入时看错行", actor=None, **fields):
    return commands.correct_batch(
        batch_id=batch.pk,
        number=fields.pop("number", batch.number),
        results={"purity": list(values)},
        reason=reason,
        actor_id=(actor or b.engineer).pk,
        at=AT,
        **fields,
    )


def test_a_corrected_record_is_judged_by_what_holds_and_keeps_what_stood():
    b = bench(agreed=False)
    batch = b.record(1, BAD, GOOD)

    correct(b, batch, GOOD, GOOD, note="复核")

    correction = batch.corrections.get()
    assert (correction.reason, correction.changed) == ("录入时看错行", ["note", "purity"])
    kept = batch.measurements.filter(replaced_by=correction).order_by("replicate")
    assert [m.value for m in kept] == [Decimal(BAD), Decimal(GOOD)]
    event = Event.objects.get(name="campaigns.batch.corrected")
    assert event.facts["changed"] == ["note", "purity"]
    assert b.judge_batch(batch).status == "released"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, commands.CorrectionReasonMissing),
        ({"values": [BAD]}, commands.NothingCorrected),
        ({"values": ["x"]}, commands.BadResults),
        ({"number": 2}, commands.BatchNumberTaken),
        ({"booking_id": 999_999}, commands.BookingUnusable),
    ],
)
def test_a_correction_that_does_not_hold_leaves_no_trace(change, refusal):
    b = bench(agreed=False)
    batch = b.record(1, BAD)
    b.record(2, GOOD)
    values = change.pop("values", [GOOD])

    with pytest.raises(refusal):
        correct(b, batch, *values, **change)

    assert not batch.corrections.exists()
    assert [m.value for m in batch.measurements.all()] == [Decimal(BAD)]


def test_what_is_judged_is_not_corrected_and_strangers_correct_nothing():
    b = bench(agreed=False)
    batch = b.record(1, BAD)
    with pytest.raises(commands.NotYourCampaign):
        correct(b, batch, GOOD, actor=b.table.buyer)
    b.judge_batch(batch)

    with pytest.raises(commands.JudgedAlready):
        correct(b, batch, GOOD)

    assert not batch.corrections.exists()
