import pytest
from django.test import Client

from pilotharbor.campaigns.models import Batch
from pilotharbor.parties.models import Notification
from tests.factories.campaigns import bench
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def browser(member) -> Client:
    client = Client()
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("99.6", ["99.6"]),
        ("99.6 99.7", ["99.6", "99.7"]),
        ("99.6、99.7；99.8，99.9, 100", ["99.6", "99.7", "99.8", "99.9", "100"]),
        ("99.6 % 99.7 %", ["99.6", "99.7"]),
    ],
)
def test_values_are_read_as_people_write_them(typed, kept):
    b = bench(agreed=False)

    answer = browser(b.engineer).post(
        f"/campaigns/{b.campaign.pk}/batches/new", {"number": "1", "value_0": typed}
    )

    assert answer.status_code == 302
    values = Batch.objects.get().measurements.order_by("replicate")
    assert [format(m.value.normalize(), "f") for m in values] == kept


def test_a_bad_value_comes_back_at_its_field_with_every_word():
    b = bench(agreed=False)

    answer = browser(b.engineer).post(
        f"/campaigns/{b.campaign.pk}/batches/new",
        {"number": "1", "value_0": "99,6", "note": "夜班"},
    )

    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["value_0"]
    assert (form["value_0"].value(), form["note"].value()) == ("99,6", "夜班")


def test_from_batch_to_report_by_buttons():
    b = bench()
    mine = browser(b.engineer)
    for batch in (b.record(n) for n in (1, 2, 3)):
        assert mine.post(f"/batches/{batch.pk}/judge").status_code == 302
    path = f"/campaigns/{b.campaign.pk}"
    assert mine.get(path).context["may_judge"]
    mine.post(f"{path}/judge")
    assert mine.get(path).context["may_report"]
    mine.post(f"{path}/report")
    work()

    assert b.project.status == "decision"
    told = Notification.objects.filter(kind="campaigns.report.issued")
    assert b.table.buyer.person_id in {n.person_id for n in told}
    assert browser(b.table.buyer).get(path).status_code == 200
    assert browser(bench(agreed=False).table.buyer).get(path).status_code == 404


def test_a_record_is_corrected_by_hand_and_shows_what_stood_there():
    b = bench(agreed=False)
    batch = b.record(1, "99.4", "99.6", scale_kg="1.2")
    mine, path = browser(b.engineer), f"/batches/{batch.pk}/correct"
    form = mine.get(path).context["form"]
    assert (form["value_0"].value(), form["scale_kg"].value()) == ("99.4 99.6", "1.2")

    said = {"number": "1", "scale_kg": "1.2", "value_0": "99.54 99.6", "reason": ""}
    back = mine.post(path, said)
    assert (back.status_code, list(back.context["form"].errors)) == (422, ["reason"])
    assert back.context["form"]["value_0"].value() == "99.54 99.6"

    assert mine.post(path, said | {"reason": "看错一位"}).status_code == 302
    shown = mine.get(f"/batches/{batch.pk}")
    assert shown.context["corrections"][0]["was"][0][1] == "99.4 · 99.6"
    b.judge_batch(batch)
    assert mine.get(path).status_code == 302
