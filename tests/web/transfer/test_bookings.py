"""Bookings as files: every bad row with all its reasons, nothing by half, told once."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from pilotharbor.booking import bulk
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import SafetyItem
from pilotharbor.kernel import feeder, sheets
from pilotharbor.kernel.bulk import Incoming, RowsRefused
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.web.transfer import exporter, importer
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
HEADINGS = ["中试线", "项目", "开始时间", "结束时间", "计费方式"]


def load(d, tmp_path, rows, *, headings=HEADINGS, suffix="csv", actor=None, partial=False):
    path = tmp_path / f"list.{suffix}"
    if suffix == "jsonl":
        text = "\n".join(
            json.dumps(dict(zip(headings, row, strict=True)), ensure_ascii=False) for row in rows
        )
        path.write_text(text, "utf-8")
    else:
        writer = sheets.write_csv if suffix == "csv" else sheets.write_xlsx
        writer(path, headings, iter(rows))
    return importer.run(
        importer.kind_of("bookings"), path, actor=actor or d.researcher, at=NOW, partial=partial
    )


def row(d, start, end, billing="小时", *more):
    return [d.line.name, d.project.title, f"2026-03-{start}", f"2026-03-{end}", billing, *more]


def problems(report):
    return [(cell.line, cell.column) for cell in report.bad]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_a_list_comes_in_and_again_without_change(tmp_path, suffix):
    d = dock(hold_hours=24)
    rows = [
        row(d, "03 09:00", "03 11:00"),
        row(d, "04T20:00:00+08:00", "05 04：00", "batch"),
        row(d, "06 22:00", "06 24:00", ""),
    ]

    first = load(d, tmp_path, rows, suffix=suffix)
    again = load(d, tmp_path, rows, suffix=suffix)

    assert (first.bad, first.outcome.created) == ([], 3)
    assert (again.bad, again.outcome.created, again.outcome.unchanged) == ([], 0, 3)
    made = list(Booking.objects.order_by("period"))
    assert [(b.period.lower, b.period.upper, b.billing) for b in made] == [
        (on(3, 9), on(3, 11), "hour"), (on(4, 20), on(5, 4), "batch"), (on(6, 22), on(7, 0), "batch"),
    ]  # fmt: skip
    assert {(b.status, b.requested_by) for b in made} == {("submitted", d.researcher)}


def test_every_bad_row_has_all_its_reasons_and_nothing_is_asked_for(tmp_path):
    d = dock(hold_hours=24, batch_kg_max=5)
    SafetyItem.objects.create(line=d.line, text="先通风", only_with_hazard=True)
    d.allot(on(3, 9), on(3, 11))
    headings = [*HEADINGS, "单批规模（kg）", "危险性", "使用人邮箱", "特批理由"]
    rows = [
        row(d, "03 10:00", "03 12:00", "小时", "8", "易燃", "", ""),
        row(d, "04 12:00", "04 10:00", "小时", "", "", "nobody@harbor.example", ""),
        row(d, "05 08:00", "05 10:00", "小时", "", "", "", "领导要求"),
        row(d, "05 09:00", "05 11:00", "小时", "", "", "", ""),
        ["没有这条线", d.project.title, "2026-03-05 08:00", "2026-03-05 10:00", "", "", "", "", ""],
        [d.line.name, "别人的项目", "2026-03-05", "25:00", "论斤", "-1", "", "", ""],
        row(d, "06 08:00", "06 10:00", "小时", "", "", d.researcher.person.email, ""),
    ]  # fmt: skip

    report = load(d, tmp_path, rows, headings=headings)

    assert problems(report) == [
        (2, "单批规模（kg）"), (2, "已阅安全要求"), (2, "开始时间"), (3, "使用人邮箱"), (3, "结束时间"),
        (4, "特批理由"), (5, "开始时间"), (6, "中试线"), (7, "开始时间"), (7, "结束时间"),
        (7, "计费方式"), (7, "单批规模（kg）"), (7, "项目"),
    ]  # fmt: skip
    assert all(cell.problem and cell.remedy for cell in report.bad)
    assert not report.loaded
    assert Booking.objects.count() == 1


def test_what_rows_take_from_each_other_only_together_is_named_too(tmp_path):
    d = dock(quota_hours_week=10, hold_hours=24)
    rows = [
        row(d, "03 08:00", "03 14:00"),
        row(d, "04 08:00", "04 14:00"),
        row(d, "10 08:00", "10 14:00"),
    ]

    refused = load(d, tmp_path, rows)

    assert problems(refused) == [(3, "开始时间")]
    assert (refused.loaded, Booking.objects.count(), Event.objects.count()) == (False, 0, 0)
    partly = load(d, tmp_path, rows, partial=True)
    assert problems(partly) == [(3, "开始时间")]
    assert (partly.outcome.created, partly.bad_rows, Booking.objects.count()) == (2, 1, 2)


def test_requirements_are_acknowledged_and_rules_set_aside_in_columns(tmp_path):
    d = dock(batch_kg_max=5)
    item = SafetyItem.objects.create(line=d.line, text="先通风", only_with_hazard=False)
    headings = [*HEADINGS, "已阅安全要求", "单批规模（kg）", "特批理由"]
    rows = [row(d, "03 08:00", "03 10:00", "小时", "是", "8", "放大试验")]

    report = load(d, tmp_path, rows, headings=headings, actor=d.operator)

    made = Booking.objects.get()
    assert (report.bad, made.acknowledged) == ([], [item.pk])
    assert (made.overridden, made.override_reason) == (["booking.out_of_scale"], "放大试验")


def test_lines_of_one_name_are_told_apart_by_their_platform(tmp_path):
    d = dock()
    twin = working_line()
    twin.name = d.line.name
    twin.save()
    rows = [row(d, "03 08:00", "03 10:00")]

    lost = load(d, tmp_path, rows)
    found = load(
        d, tmp_path, [[*rows[0], d.line.platform.name]], headings=[*HEADINGS, "平台"]
    )  # fmt: skip

    assert problems(lost) == [(2, "平台")]
    assert (found.bad, Booking.objects.get().line) == ([], d.line)


def test_the_command_itself_refuses_a_bad_row_and_undoes_the_good_ones():
    d = dock()
    common = {"line_id": d.line.pk, "project_id": d.project.pk, "ask": Ask(billing="hour")}
    good = Incoming(2, "a", common | {"start": on(3, 8), "end": on(3, 10)})
    bad = Incoming(3, "b", common | {"start": on(3, 10), "end": on(3, 8)})

    with pytest.raises(RowsRefused) as refused:
        bulk.import_bookings(rows=[good, bad], actor_id=d.researcher.pk, at=NOW)

    assert [(f.line, f.column) for f in refused.value.faults] == [(3, "end")]
    assert (Booking.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_platform_is_told_once_for_a_list(tmp_path):
    d = dock()
    load(d, tmp_path, [row(d, "03 08:00", "03 10:00"), row(d, "04 08:00", "04 10:00")])

    feeder.drain()

    told = Notification.objects.filter(person=d.operator.person)
    assert [one.kind for one in told] == ["booking.list.imported"]
    assert told.get().facts["count"] == 2


def test_only_who_asks_for_lines_brings_them_in(tmp_path):
    d = dock()

    for actor in (d.engineer, MembershipFactory(role=Role.INVESTOR)):
        with pytest.raises(NotYourRole):
            load(d, tmp_path, [], actor=actor)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_leaves_comes_back_unchanged(tmp_path, language):
    d = dock()
    d.allot(on(3, 9), on(3, 11), billing="hour", material="=1+1")
    d.request(on(4, 9), on(4, 11), batch_kg=12)

    with override(language):
        path = tmp_path / "list.csv"
        assert exporter.write(exporter.export_of("bookings"), path, actor=d.researcher) == 2
        report = importer.run(importer.kind_of("bookings"), path, actor=d.researcher, at=NOW)

    assert (report.bad, report.outcome.unchanged) == ([], 2)


def test_a_program_brings_bookings_in_and_reads_every_bad_cell(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    d = dock()
    client.force_login(d.researcher.person)
    line = {"line": d.line.name, "project": d.project.title, "start": "2126-03-03 08:00"}

    def send(**more):
        file = SimpleUploadedFile("a.jsonl", json.dumps(line | more, ensure_ascii=False).encode())
        return client.post("/api/v1/imports/bookings", {"file": file})

    bad, good = send(end="2126-03-03 07:00"), send(end="2126-03-03 10:00")

    assert (bad.status_code, bad.json()["code"]) == (422, "transfer.bad_rows")
    assert [c["column"] for c in bad.json()["facts"]["bad"]] == ["结束时间"]
    assert good.json()["report"]["created"] == 1
