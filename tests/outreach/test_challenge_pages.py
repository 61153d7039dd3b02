"""The pages and the API of challenges."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.urls import reverse

from pilotharbor.matching import index
from pilotharbor.outreach import working
from pilotharbor.outreach.models import Candidate, Challenge, MatchRun, Need, Proposal
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.outreach import ChallengeFactory, NeedFactory, call
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import market
from tests.outreach.test_pages import browser, page

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def days():
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in call().items()}


def upload(client, challenge, text, name="needs.csv"):
    file = io.BytesIO(text.encode())
    file.name = name
    return client.post(reverse("need_list", args=[challenge.pk]), {"file": file})


def test_a_challenge_is_opened_on_its_page_and_read_by_everybody():
    host = MembershipFactory(role=Role.GOVERNMENT_OFFICER)

    refused = browser(host).post(reverse("challenge_new"), days() | {"publish_date": "2026-02-01"})
    made = browser(host).post(reverse("challenge_new"), days())

    challenge = Challenge.objects.get()
    assert (refused.status_code, made.status_code) == (422, 302)
    assert "公开征集" in refused.content.decode()
    assert challenge.title in page(browser(), "challenges")
    assert "公开征集" in page(browser(), "challenge_detail", challenge.pk)
    assert "Match the whole list" not in page(browser(), "challenge_detail", challenge.pk)
    assert browser(MembershipFactory()).get(reverse("challenge_new")).status_code == 403
    other = browser(MembershipFactory(role=Role.GOVERNMENT_OFFICER))
    assert other.get(reverse("challenge_edit", args=[challenge.pk])).status_code == 403


def test_a_bad_list_says_every_bad_row_and_loads_nothing():
    challenge = ChallengeFactory()
    client = browser(challenge.opened_by)
    NeedFactory(challenge=challenge, title="已有需求")

    answer = upload(
        client, challenge,
        "需求名称,需求描述,统一社会信用代码\n甲,有\n,没有名称\n甲,又一次\n已有需求,再来\n乙,有,123\n",
    ).content.decode()  # fmt: skip

    assert [f'<th scope="row">{n}</th>' in answer for n in (2, 3, 4, 5, 6)] == [
        False, True, True, True, True,
    ]  # fmt: skip
    assert Need.objects.count() == 1
    assert upload(client, challenge, "需求名称\n甲\n").status_code == 422
    assert upload(client, challenge, "需求名称,需求描述\n").status_code == 422
    assert Need.objects.count() == 1


def test_a_good_list_is_loaded_also_as_a_workbook():
    challenge = ChallengeFactory()
    client = browser(challenge.opened_by)
    book = openpyxl.Workbook()
    for row in (["需求名称", "需求描述"], ["甲", "想要甲"], ["乙", "想要乙"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "list.xlsx"

    made = client.post(reverse("need_list", args=[challenge.pk]), {"file": file})

    assert made["Location"] == reverse("challenge_detail", args=[challenge.pk])
    assert list(Need.objects.order_by("number").values_list("title", flat=True)) == ["甲", "乙"]
    stranger = browser(MembershipFactory(role=Role.PLATFORM_OPERATOR))
    assert upload(stranger, challenge, "x").status_code == 403


def test_from_the_need_to_the_signature_on_the_pages():
    m = market()
    challenge = ChallengeFactory()
    host, buyer, tto = browser(challenge.opened_by), browser(m.buyer), browser(m.tto)
    buyer.post(reverse("need_put_in", args=[challenge.pk]), {"demand_id": m.demand.pk})
    need = Need.objects.get()
    detail = reverse("challenge_detail", args=[challenge.pk])
    host.post(reverse("need_choose", args=[challenge.pk]), {"need": [need.pk]})
    for step in ("published", "proposing"):
        host.post(reverse("challenge_step", args=[challenge.pk]), {"to": step})
    assert need.title in browser().get(detail).content.decode()

    sent = {"achievement_id": m.achievement.pk, "words": ""}
    refused = tto.post(reverse("proposal_offer", args=[need.pk]), sent)
    tto.post(reverse("proposal_offer", args=[need.pk]), sent | {"words": "公斤级供样"})
    proposal = Proposal.objects.get()
    take = reverse("proposal_take_on", args=[proposal.pk])
    buyer.post(take, {"to": "matched"})
    lacking = buyer.post(take, {"to": "signed"})
    buyer.post(take, {"to": "signed", "signed_fen": "80万", "signed_date": "2026-06-09"})

    proposal.refresh_from_db()
    assert (refused.status_code, lacking.status_code) == (422, 422)
    assert (proposal.status, proposal.signed_fen) == ("signed", 80_000_000)
    assert "公斤级供样" in page(buyer, "need_detail", need.pk)
    assert "公斤级供样" not in page(browser(m.outsider), "need_detail", need.pk)
    assert browser(m.outsider).get(take).status_code == 404
    assert "¥800,000.00" in host.get(detail).content.decode()
    assert "¥800,000.00" not in browser().get(detail).content.decode()


def test_a_listed_need_is_confirmed_and_left_out_on_its_page():
    m = market()
    need = NeedFactory(organisation=m.company, title="供样")
    buyer = browser(m.buyer)

    assert "Is this your need?" in page(buyer, "need_detail", need.pk)
    buyer.post(reverse("need_confirm", args=[need.pk]), {"demand_id": ""})
    need.refresh_from_db()
    assert need.demand.title == "供样"
    page(browser(m.outsider), "need_detail", need.pk, status=404)
    buyer.post(reverse("need_leave_out", args=[need.pk]), {"reason": "已解决"})
    need.refresh_from_db()
    assert (need.status, need.left_out_reason) == ("left_out", "已解决")


def worksheet(monkeypatch):
    m = market()
    challenge = ChallengeFactory(status="proposing")
    NeedFactory(
        challenge=challenge,
        title="固态电解质公斤级制备",
        status="published",
        organisation=m.company,
    )
    index.rebuild()
    deferred = []
    monkeypatch.setattr(working.match, "defer", lambda **k: deferred.append(k))
    host = browser(challenge.opened_by)
    made = host.post(reverse("run_ask", args=[challenge.pk]), {"per_need": "5"})
    run = MatchRun.objects.get()
    assert made["Location"] == reverse("match_run", args=[run.pk])
    waiting = host.get(made["Location"], headers={"HX-Request": "true"})
    assert "0 of 1 needs" in waiting.content.decode()
    working.match(**deferred[0])
    done = host.get(made["Location"], headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    return m, challenge, host, run


def test_a_worksheet_is_made_read_decided_and_taken_out(monkeypatch):
    m, _challenge, host, run = worksheet(monkeypatch)
    row = Candidate.objects.get()

    shown = page(host, "match_run", run.pk)
    table = host.get(reverse("run_export", args=[run.pk, "csv"])).content.decode("utf-8-sig")
    book = host.get(reverse("run_export", args=[run.pk, "xlsx"]) + "?status=dismissed")
    host.post(reverse("candidate_step", args=[row.pk, "invite"]))

    assert m.achievement.title in shown
    assert m.achievement.title in table
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet.max_row == 1
    row.refresh_from_db()
    assert row.status == "invited"
    for stranger in (browser(m.outsider), browser(m.operator)):
        page(stranger, "match_run", run.pk, status=404)
        export = stranger.get(reverse("run_export", args=[run.pk, "csv"]))
        dismiss = stranger.post(reverse("candidate_dismiss", args=[row.pk]), {"reason": "x"})
        assert (export.status_code, dismiss.status_code) == (404, 404)


def test_a_row_is_dismissed_taken_back_and_made_a_lead(monkeypatch):
    _m, _challenge, host, run = worksheet(monkeypatch)
    row = Candidate.objects.get()
    dismiss = reverse("candidate_dismiss", args=[row.pk])

    assert host.post(dismiss, {"reason": ""}).status_code == 422
    host.post(dismiss, {"reason": "量级不符"})
    assert (
        "量级不符"
        in host.get(reverse("match_run", args=[run.pk]) + "?status=dismissed").content.decode()
    )
    host.post(reverse("candidate_step", args=[row.pk, "take-back"]))
    host.post(reverse("candidate_step", args=[row.pk, "lead"]))

    row.refresh_from_db()
    assert row.status == "led"
    assert row.lead_id
    assert host.post(reverse("run_continue", args=[run.pk])).status_code == 302


def test_the_same_over_http(settings, monkeypatch):
    settings.EXERCISE_CLOCK = True
    monkeypatch.setattr(working.match, "defer", working.match)
    m = market()
    host = Caller(MembershipFactory(role=Role.TECHNOLOGY_MANAGER), at=AT)
    buyer, tto = Caller(m.buyer, at=AT), Caller(m.tto, at=AT)
    index.rebuild()
    pk = host.post("/challenges", days()).json()["id"]
    assert buyer.post("/challenges", days()).json()["code"] == "outreach.not_an_organiser"
    listed = host.post(f"/challenges/{pk}/needs/list", {
        "needs": [{"title": "固态电解质公斤级制备", "words": "供样", "uscc": m.company.uscc}]
    })  # fmt: skip
    need = listed.json()[0]["id"]
    again = host.post(f"/challenges/{pk}/needs/list", {
        "needs": [{"title": "固态电解质公斤级制备", "words": "供样"}]
    })  # fmt: skip
    assert (listed.status_code, again.json()["code"]) == (201, "outreach.bad_list")
    assert buyer.post(f"/challenges/{pk}/needs", {"demand_id": m.demand.pk}).status_code == 201
    assert buyer.post(f"/challenge-needs/{need}/confirm", {}).json()["demand_id"]
    assert host.get(f"/challenges/{pk}/needs").json()["items"][0]["title"].startswith("固态")
    host.post(f"/challenges/{pk}/needs/choose", {"need_ids": [need]})
    for step in ("published", "proposing"):
        assert host.post(f"/challenges/{pk}/go-on", {"to": step}).json()["status"] == step

    run = host.post(f"/challenges/{pk}/runs", {"per_need": 3})
    assert run.status_code == 202
    run_id = run.json()["id"]
    assert host.get(f"/challenge-runs/{run_id}").json()["status"] == "done"
    rows = host.get(f"/challenge-runs/{run_id}/rows", best=1).json()["items"]
    assert buyer.get(f"/challenge-runs/{run_id}/rows").status_code == 404
    dismissed = host.post(f"/challenge-rows/{rows[0]['id']}/dismiss", {"reason": "重复"})
    assert dismissed.json()["status"] == "dismissed"
    back = host.post(f"/challenge-rows/{rows[0]['id']}/steps/take-back")
    assert back.json()["status"] == "open"
    assert host.post(f"/challenge-rows/{rows[0]['id']}/steps/marry").status_code == 404

    offered = tto.post(
        f"/challenge-needs/{need}/proposals",
        {"achievement_id": m.achievement.pk, "words": "公斤级"},
    ).json()
    assert host.get("/challenge-proposals", need_id=need).json()["items"][0]["id"] == offered["id"]
    for body in ({"to": "matched"}, {"to": "intended", "words": "供样"}):
        host.post(f"/challenge-proposals/{offered['id']}/take-on", body)
    signed = buyer.post(
        f"/challenge-proposals/{offered['id']}/take-on",
        {"to": "signed", "signed_fen": 5, "signed_date": "2026-06-01"},
    )
    assert signed.json()["status"] == "signed"
    assert host.get(f"/challenges/{pk}").json()["funnel"]["signed_fen"] == 5
    assert Caller(None).get(f"/challenges/{pk}").json()["funnel"]["signed_fen"] is None
    left = host.post(f"/challenge-needs/{need}/leave-out", {"reason": "撤回"})
    assert left.json()["status"] == "left_out"
    assert host.put(f"/challenges/{pk}", days() | {"title": "新名"}).json()["title"] == "新名"
