import pytest
from django.utils import translation

from pilotharbor.agreements import commands
from pilotharbor.agreements.commands.drafting import PartyNotApproved
from pilotharbor.agreements.models import Agreement, Milestone
from pilotharbor.agreements.terms import MilestoneTerm, RevenueShare
from pilotharbor.documents.commands import NotPrintedYet
from pilotharbor.documents.models import Document
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.projects.commands import PlanFrozen, set_plan
from pilotharbor.projects.models import Plan, Project
from tests.factories.agreements import AT, table
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_draft_keeps_parties_and_milestones_in_their_order():
    t = table()

    agreement = t.draft()

    assert [p.organisation_id for p in agreement.parties.order_by("position")] == [
        t.project.owner_id,
        t.project.enterprise_id,
        t.project.platform_id,
    ]
    rows = agreement.milestones.order_by("position").values_list("key", "share_bp", "nth")
    assert list(rows) == [("signing", 3000, 1), ("second_batch", 4000, 2), ("report", 3000, 1)]
    assert names() == ["agreements.agreement.drafted"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"fee_fen": 0}, "fee_fen"),
        ({"vat_bp": 10_001}, "vat_bp"),
        ({"kind": "loan"}, "kind"),
        ({"improvement_ip": "nobody"}, "improvement_ip"),
        ({"milestones": []}, "milestones"),
        ({"milestones": [MilestoneTerm("a", 9999, "agreement_signed")]}, "milestones"),
        ({"milestones": [MilestoneTerm("a", 5000, "agreement_signed")] * 2}, "milestones.0"),
        ({"milestones": [MilestoneTerm(" ", 10_000, "agreement_signed")]}, "milestones.0"),
        ({"milestones": [MilestoneTerm("a", 10_000, "moonrise")]}, "milestones.0"),
        ({"milestones": [MilestoneTerm("a", 10_000, "report_issued", 2)]}, "milestones.0"),
        ({"milestones": [MilestoneTerm("a", 10_000, "batch_released", 4)]}, "milestones.0"),
        (
            {
                "milestones": [
                    MilestoneTerm("a", 0, "report_issued"),
                    MilestoneTerm("b", 10_000, "report_issued"),
                ]
            },
            "milestones.0",
        ),
    ],
)
def test_draft_names_the_field_that_does_not_hold_and_leaves_no_trace(changed, field):
    t = table()

    with pytest.raises(commands.BadAgreement) as refused:
        t.draft(**changed)

    assert field in refused.value.problems
    assert not Agreement.objects.exists()
    assert names() == []


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"milestones": [MilestoneTerm(f"m{i}", 100, "report_issued") for i in range(50)]},
         "milestones", "40"),
        ({"party_ids": range(1, 14)}, "parties", "12"),
        ({"fee_fen": 2**62}, "fee_fen", ""),
    ],
)  # fmt: skip
def test_what_is_too_much_is_not_called_too_little(changed, field, said):
    t = table()

    with pytest.raises(commands.BadAgreement) as refused:
        t.draft(**changed)

    sentence = refused.value.problems[field]
    with translation.override("en"), pytest.raises(commands.BadAgreement) as english:
        t.draft(**changed)
    assert said in sentence
    assert "at least" not in english.value.problems[field]
    assert "more than nothing" not in english.value.problems[field]


def test_draft_wants_owner_platform_and_payer_among_the_parties():
    t = table()
    project = t.project
    stranger = OrganisationFactory()

    for ids in (
        [project.owner_id],
        [project.owner_id, stranger.pk],
        [project.owner_id, project.platform_id],
        [project.owner_id, project.platform_id, project.enterprise_id, project.owner_id],
        [project.owner_id, project.platform_id, project.enterprise_id, 999_999],
    ):
        with pytest.raises(commands.BadAgreement) as refused:
            t.draft(party_ids=ids)
        assert list(refused.value.problems) == ["parties"]

    with_fourth = [project.owner_id, project.enterprise_id, project.platform_id, stranger.pk]
    assert t.draft(party_ids=with_fourth).parties.count() == 4


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rate_bp": 0}, "revenue_share.rate_bp"),
        ({"base": "luck"}, "revenue_share.base"),
        ({"starts": "someday"}, "revenue_share.starts"),
        ({"payee_id": 999_999}, "revenue_share.payee_id"),
        ({"payer_id": 999_999}, "revenue_share.payer_id"),
    ],
)
def test_a_revenue_share_must_hold_together(changed, field):
    t = table()
    fine = {"payer_id": OrganisationFactory().pk, "payee_id": t.project.platform_id, "rate_bp": 500}

    with pytest.raises(commands.BadAgreement) as refused:
        t.draft(revenue_share=RevenueShare(**fine | changed))

    assert list(refused.value.problems) == [field]
    agreement = t.draft(revenue_share=RevenueShare(**fine))
    assert agreement.revenue_share.rate_bp == 500


def test_only_the_platform_of_the_project_drafts():
    t = table()
    for actor, refusal in (
        (t.officer, commands.NotYourAgreement),
        (t.buyer, NotYourRole),
        (t.professor, NotYourRole),
        (MembershipFactory(role=Role.PLATFORM_OPERATOR), NotFound),
    ):
        with pytest.raises(refusal):
            t.draft(actor=actor)
    assert not Agreement.objects.exists()


def test_draft_wants_scheme_design_a_plan_and_no_other_draft():
    t = table()
    t.draft()
    with pytest.raises(commands.AgreementExists):
        t.draft()

    other = table()
    Plan.objects.filter(project=other.project).delete()
    with pytest.raises(commands.PlanMissing):
        other.draft()

    Project.objects.filter(pk=other.project.pk).update(status=Project.Status.ASSESSMENT)
    with pytest.raises(commands.WrongStep):
        other.draft()


def test_offer_freezes_the_plan_and_asks_for_the_paper():
    t = table()

    agreement = t.offer(t.draft())

    document = Document.objects.get()
    assert (agreement.status, agreement.document) == ("offered", document)
    assert (document.owner_id, document.project_id) == (t.project.platform_id, t.project.pk)
    assert document.payload["fee"] == {"figures": "¥800,000.00", "capitals": "捌拾万元整"}
    assert [m["amount"] for m in document.payload["milestones"]] == [
        "¥240,000.00",
        "¥320,000.00",
        "¥240,000.00",
    ]
    assert document.payload["departures"] == [
        "civil_code_875",
        "civil_code_860",
        "transformation_law_40",
    ]
    with pytest.raises(PlanFrozen):
        set_plan(
            project_id=t.project.pk,
            budget_fen=1,
            acceptance=[{"attribute": "a", "unit": "%", "at_least": "1"}],
            consecutive_batches=1,
            planned_batches=1,
            actor_id=t.operator.pk,
            at=AT,
        )


def test_an_offer_cannot_be_offered_again_nor_by_others():
    t = table()
    agreement = t.draft()
    with pytest.raises(commands.NotYourAgreement):
        t.offer(agreement, actor=t.officer)
    t.offer(agreement)
    with pytest.raises(MoveNotAllowed):
        t.offer(agreement)


def test_the_last_signature_signs_reaches_the_milestone_and_passes_the_gate():
    t = table()
    agreement = t.offered()

    for actor in (t.buyer, t.operator):
        assert t.sign(agreement, actor).status == "offered"
        assert Project.objects.get().status == "planning"
    signed = t.sign(agreement, t.officer)

    assert signed.status == "signed"
    assert Project.objects.get().status == "resourcing"
    reached = Milestone.objects.get(status="reached")
    assert (reached.key, reached.evidence_ref) == (
        "signing",
        f"agreements.agreement:{agreement.pk}",
    )
    assert Document.objects.filter(kind="signatures").count() == 1
    told = Event.objects.get(name="agreements.milestone.reached")
    assert told.facts["milestone_id"] == reached.pk
    assert told.facts["agreement_id"] == agreement.pk
    assert names()[-5:] == [
        "agreements.agreement.countersigned",
        "agreements.agreement.signed",
        "agreements.milestone.reached",
        "projects.gate.passed",
        "documents.document.asked",
    ]


def test_sign_refuses_any_other_hash_twice_or_unprinted():
    t = table()
    agreement = t.offer(t.draft())
    with pytest.raises(NotPrintedYet):
        t.sign(agreement, t.buyer, "0" * 64)

    other = table()
    offered = other.offered()
    with pytest.raises(commands.OtherPaper):
        other.sign(offered, other.buyer, "0" * 64)
    other.sign(offered, other.buyer)
    with pytest.raises(commands.SignedAlready):
        other.sign(offered, other.buyer)

    assert offered.parties.filter(signed_at__isnull=False).count() == 1


def test_only_who_approves_agreements_signs_and_only_for_a_party():
    t = table()
    agreement = t.offered()
    with pytest.raises(NotYourRole):
        t.sign(agreement, t.professor)
    with pytest.raises(NotFound):
        t.sign(agreement, MembershipFactory(role=Role.ENTERPRISE_MEMBER))
    carried = table()
    draft = carried.draft()
    with pytest.raises(commands.NotOffered):
        carried.sign(draft, carried.officer, "0" * 64)


def test_void_frees_project_and_plan_but_never_a_signed_agreement():
    t = table()
    agreement = t.offered()
    with pytest.raises(commands.drafting.ReasonMissing):
        commands.void(agreement_id=agreement.pk, reason=" ", actor_id=t.operator.pk, at=AT)
    with pytest.raises(commands.NotYourAgreement):
        commands.void(agreement_id=agreement.pk, reason="no", actor_id=t.officer.pk, at=AT)

    commands.void(agreement_id=agreement.pk, reason="改条款", actor_id=t.operator.pk, at=AT)

    with pytest.raises(commands.NotOffered):
        t.sign(agreement, t.buyer)
    assert Plan.objects.get().frozen_at is None
    again = t.signed()
    assert again.document.version == 1
    with pytest.raises(MoveNotAllowed):
        commands.void(agreement_id=again.pk, reason="late", actor_id=t.operator.pk, at=AT)


def test_milestones_are_reached_once_and_only_of_signed_agreements():
    t = table()
    t.draft()

    def reach():
        return commands.reach_milestones(
            project_id=t.project.pk,
            evidence="batch_released",
            nth=2,
            ref="campaigns.batch:1",
            actor_id=None,
            at=AT,
        )

    assert reach() == []

    other = table()
    other.signed()
    t = other
    assert [m.key for m in reach()] == ["second_batch"]
    assert reach() == []
    assert Event.objects.filter(name="agreements.milestone.reached").count() == 2


def test_offer_waits_until_every_party_is_approved():
    t = table()
    agreement = t.draft()
    t.project.enterprise.status = "suspended"
    t.project.enterprise.save(update_fields=["status"])

    with pytest.raises(PartyNotApproved):
        t.offer(agreement)

    assert not Document.objects.exists()


def test_who_sees_the_agreement_but_is_no_party_does_not_sign_it():
    t = table()
    agreement = t.offered()
    auditor = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    agreement.parties.filter(organisation=t.project.enterprise).update(
        organisation=auditor.organisation
    )

    with pytest.raises(commands.NotAParty):
        t.sign(agreement, t.buyer)

    assert not agreement.parties.filter(signed_at__isnull=False).exists()


# Changing a draft


def amend(t, agreement, *, actor=None, version=None, **changed):
    return commands.amend(
        agreement_id=agreement.pk, terms=t.terms(**changed), version=version,
        actor_id=(actor or t.operator).pk, at=AT,
    )  # fmt: skip


def test_a_changed_draft_keeps_what_it_said_before():
    t = table()
    agreement = t.draft()
    share = RevenueShare(
        payer_id=t.project.enterprise_id, payee_id=t.project.platform_id, rate_bp=5
    )

    amended = amend(t, agreement, fee_fen=90_000_000, revenue_share=share)

    assert (amended.version, amended.fee_fen, amended.revenue_share.rate_bp) == (2, 90_000_000, 5)
    earlier = agreement.earlier.get()
    assert (earlier.version, earlier.terms["fee_fen"]) == (1, 80_000_000)
    assert earlier.changed == ["fee_fen", "revenue_share"]
    assert names() == ["agreements.agreement.drafted", "agreements.agreement.amended"]
    assert agreement.milestones.count() == 3


def test_terms_that_say_nothing_new_change_nothing():
    t = table()
    agreement = t.draft()

    assert amend(t, agreement).version == 1
    assert names() == ["agreements.agreement.drafted"]


def test_only_a_draft_that_was_read_is_changed_and_only_by_its_platform():
    t = table()
    agreement = t.draft()
    amend(t, agreement, fee_fen=1_000_000)

    for change, refusal in (
        ({"version": 1}, commands.ChangedMeanwhile),
        ({"fee_fen": 0}, commands.BadAgreement),
        ({"actor": t.officer}, commands.NotYourAgreement),
        ({"actor": t.buyer}, NotYourRole),
    ):
        with pytest.raises(refusal):
            amend(t, agreement, **change)
    t.offer(agreement)
    with pytest.raises(commands.NotADraft):
        amend(t, agreement, fee_fen=2_000_000)
    agreement.refresh_from_db()
    assert (agreement.version, agreement.fee_fen) == (2, 1_000_000)
