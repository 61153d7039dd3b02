import pytest

from tests.factories.agreements import AT, table
from tests.factories.callers import Caller
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def body(t, **more):
    project = t.project
    return {
        "kind": "tripartite_pilot_first",
        "parties": [project.owner_id, project.enterprise_id, project.platform_id],
        "fee_fen": 80_000_000,
        "vat_bp": 600,
        "fee_includes_vat": True,
        "milestones": [
            {"key": "signing", "share_bp": 3000, "evidence": "agreement_signed"},
            {"key": "second_batch", "share_bp": 4000, "evidence": "batch_released", "nth": 2},
            {"key": "report", "share_bp": 3000, "evidence": "report_issued"},
        ],
        "improvement_ip": "spin_off",
        "governing_statute_note": True,
    } | more


def test_an_agreement_goes_from_draft_to_signed_over_http():
    t = table()
    operator = Caller(t.operator, at=AT)
    drafted = operator.post(f"/projects/{t.project.pk}/agreements", body(t))
    assert (drafted.status_code, drafted.json()["status"]) == (201, "draft")
    assert [d["clause"] for d in drafted.json()["departures"]] == ["improvement_ip"] * 3
    path = f"/agreements/{drafted.json()['id']}"

    offered = operator.post(f"{path}/offer").json()
    assert (offered["document"]["status"], offered["document"]["sha256"]) == ("asked", None)
    work()
    document = operator.get(path).json()["document"]
    assert document["status"] == "rendered"

    for actor in (t.officer, t.buyer, t.operator):
        answer = Caller(actor, at=AT).post(f"{path}/sign", {"sha256": document["sha256"]})
        assert answer.status_code == 200, answer.content
    signed = answer.json()
    assert signed["status"] == "signed"
    assert [p["signed"] for p in signed["parties"]] == [True] * 3
    assert [(m["status"], m["amount_fen"]) for m in signed["milestones"]] == [
        ("reached", 24_000_000),
        ("ahead", 32_000_000),
        ("ahead", 24_000_000),
    ]

    work()
    papers = Caller(t.buyer, at=AT).get("/documents", project_id=t.project.pk).json()["items"]
    assert [(p["kind"], p["status"]) for p in papers] == [
        ("signatures", "rendered"),
        ("agreement", "rendered"),
    ]
    pdf = Caller(t.buyer, at=AT).get(f"/documents/{document['id']}/file")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["X-Watermarked"] == "0"


def test_refusals_carry_their_code():
    t = table()
    path = f"/projects/{t.project.pk}/agreements"

    bad = Caller(t.operator, at=AT).post(path, body(t, fee_fen=0, improvement_ip="x"))
    assert (bad.status_code, bad.json()["code"]) == (422, "agreements.bad_agreement")
    assert {e["field"] for e in bad.json()["errors"]} == {"fee_fen", "improvement_ip"}
    malformed = Caller(t.operator, at=AT).post(path, body(t, fee_fen="80"))
    assert (malformed.status_code, malformed.json()["code"]) == (422, "web.malformed")
    assert Caller(t.officer, at=AT).post(path, body(t)).status_code == 403
    assert Caller(None).post(path, body(t)).status_code == 401
    stranger = table()
    assert Caller(stranger.operator, at=AT).post(path, body(t)).status_code == 404

    agreement = t.offered()
    wrong = Caller(t.buyer, at=AT).post(f"/agreements/{agreement.pk}/sign", {"sha256": "0" * 64})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "agreements.other_paper")
    assert Caller(stranger.buyer).get(f"/agreements/{agreement.pk}").status_code == 404
    voided = Caller(t.operator, at=AT).post(f"/agreements/{agreement.pk}/void", {"reason": "改"})
    assert voided.json()["status"] == "void"


def test_a_retried_draft_is_drafted_once():
    t = table()
    operator = Caller(t.operator, at=AT)
    path = f"/projects/{t.project.pk}/agreements"

    first = operator.post(path, body(t), key="draft-once-1")
    again = operator.post(path, body(t), key="draft-once-1")

    assert first.json() == again.json()
    assert len(operator.get("/agreements").json()["items"]) == 1


def test_a_draft_is_put_anew_over_http():
    t = table()
    operator = Caller(t.operator, at=AT)
    path = (
        f"/agreements/{operator.post(f'/projects/{t.project.pk}/agreements', body(t)).json()['id']}"
    )

    changed = operator.put(path, body(t, fee_fen=70_000_000, version=1)).json()
    stale = operator.put(path, body(t, fee_fen=60_000_000, version=1))

    assert (changed["version"], changed["fee_fen"]) == (2, 70_000_000)
    assert (stale.status_code, stale.json()["code"]) == (409, "agreements.changed_meanwhile")
