"""Equipment as files: scale and place come in, go out and come back."""

from decimal import Decimal

import pytest

from pilotharbor.facilities.models import Equipment, Site
from pilotharbor.kernel import sheets
from pilotharbor.web.transfer import exporter, importer
from tests.crew.conftest import NOW, build

pytestmark = pytest.mark.django_db
HEADINGS = ["资产编号", "设备名称", "存放场地", "最小处理量（g）", "最大处理量（g）"]


def load(plant, path, rows):
    sheets.write_csv(path, HEADINGS, iter(rows))
    return importer.run(importer.kind_of("equipment"), path, actor=plant.operator, at=NOW)


def test_scale_and_place_come_in_and_back_unchanged(tmp_path):
    plant = build()
    site = Site.objects.create(platform=plant.line.platform, name="二层洁净车间")

    first = load(plant, tmp_path / "a.csv", [["B-1", "连续流反应器", site.name, "50", "2 kg"]])
    made = Equipment.objects.get(asset_no="B-1")
    assert (first.bad, made.place, made.scale_min_g, made.scale_max_g, made.scale_up) == (
        [], site, Decimal(50), Decimal(2000), Decimal(40),
    )  # fmt: skip
    left = tmp_path / "out.csv"
    exporter.write(exporter.export_of("equipment"), left, actor=plant.operator)
    again = importer.run(importer.kind_of("equipment"), left, actor=plant.operator, at=NOW)
    assert (again.bad, again.outcome.updated, again.outcome.created) == ([], 0, 0)


def test_every_bad_scale_and_place_is_named_and_nothing_is_loaded(tmp_path):
    plant = build()
    there = Equipment.objects.count()
    rows = [
        ["B-1", "甲", "没有这个场地", "50", "2 kg"],
        ["B-2", "乙", "", "3 kg", "2 kg"],
        ["B-3", "丙", "", "很多", "0"],
    ]

    report = load(plant, tmp_path / "a.csv", rows)

    assert [(cell.line, cell.column) for cell in report.bad] == [
        (2, "存放场地"), (3, "最小处理量（g）"), (4, "最小处理量（g）"), (4, "最大处理量（g）"),
    ]  # fmt: skip
    assert all(cell.remedy for cell in report.bad)
    assert Equipment.objects.count() == there
