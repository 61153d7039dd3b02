"""``./harbor import`` and ``export``: what is printed, written beside the input, and the exit code."""

import json

import pytest
from django.core.management import call_command

from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement
from pilotharbor.web.transfer import cli, export_cli, exporter
from pilotharbor.web.transfer.kinds import KINDS
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("PILOTHARBOR_LANG", "en")


@pytest.fixture
def officer():
    return MembershipFactory(role=Role.TTO_OFFICER)


def call(*args: str) -> int:
    with pytest.raises(SystemExit) as left:
        call_command(*args)
    return left.value.code


def test_bad_rows_are_printed_and_written_beside_the_file(tmp_path, officer, capsys):
    path = tmp_path / "a.csv"
    path.write_text("title,summary,TRL\n,s,\nt,s,x[/]\n", "utf-8")

    code = call("import_list", "achievements", str(path))

    said = capsys.readouterr().out
    assert code == 1
    assert officer.person.email in said
    assert "Nothing was loaded: 2 of 2 rows cannot be used." in said
    assert "x[/]" in said
    assert (tmp_path / "a.csv.errors.csv").read_text("utf-8-sig").count("\n") == 3
    assert Achievement.objects.count() == 0


def test_a_mended_file_loads_and_the_old_table_goes(tmp_path, officer, capsys):
    path = tmp_path / "a.csv"
    path.write_text("title,summary\n,s\n", "utf-8")
    call("import_list", "achievements", str(path))
    assert (tmp_path / "a.csv.errors.csv").exists()
    (tmp_path / "a.errors.csv").write_text("my own")
    path.write_text("title,summary\nt,s\n", "utf-8")
    capsys.readouterr()

    code = call("import_list", "achievements", str(path), "--json")

    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (report["created"], report["errors_file"]) == (1, None)
    assert not (tmp_path / "a.csv.errors.csv").exists()
    assert (tmp_path / "a.errors.csv").read_text() == "my own"


def test_what_looks_like_markup_is_printed_as_it_stands(tmp_path, officer, capsys):
    path = tmp_path / "a.csv"
    path.write_text("title,summary,TRL\n研究[/b]所,s,x[/red]\n", "utf-8")

    assert call("import_list", "achievements", str(path)) == 1

    assert "x[/red]" in capsys.readouterr().out


def test_rows_after_a_bad_one_are_counted_and_loaded(tmp_path, officer, capsys):
    path = tmp_path / "a.csv"
    rows = [f"h{i},x" for i in range(20)]
    path.write_text("\n".join(["title,summary", "q1,x", 'q2,"z"z', *rows]), "utf-8")

    assert call("import_list", "achievements", str(path), "--partial", "--json") == 0

    report = json.loads(capsys.readouterr().out)
    assert (report["rows"], report["created"], report["bad_rows"]) == (22, 21, 1)


def test_another_person_may_approve_at_once(tmp_path, officer, capsys):
    second = MembershipFactory(organisation=officer.organisation, role=Role.TTO_OFFICER)
    path = tmp_path / "a.csv"
    path.write_text("title,summary\nt,s\n", "utf-8")

    call(
        "import_list", "achievements", str(path), "--as", officer.person.email,
        "--approve-as", second.person.email, "--json",
    )  # fmt: skip

    assert json.loads(capsys.readouterr().out)["published"] == 1
    assert Achievement.objects.get().status == "published"


def test_people_who_may_not_or_are_not_there_are_named(tmp_path, capsys):
    investor = MembershipFactory(role=Role.INVESTOR)
    path = tmp_path / "a.csv"
    path.write_text("title,summary\nt,s\n", "utf-8")

    for email in ("", investor.person.email, "nobody@nowhere.example"):
        assert call("import_list", "achievements", str(path), "--as", email) == 2

    said = capsys.readouterr().out
    assert "Nobody in this harbour may do that yet" in said
    assert f"{investor.person.email} has no role here" in said
    assert "Nobody here signs in as nobody@nowhere.example" in said


def test_export_writes_and_says_so(tmp_path, officer, capsys):
    path = tmp_path / "a.xlsx"

    assert call("export_list", "demands", str(path), "--as", officer.person.email, "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0
    assert path.exists()
    assert call("export_list", "demands", str(tmp_path / "a.pdf")) == 2


def test_the_terminal_offers_every_kind():
    assert set(cli.KINDS) == set(KINDS)
    assert sorted(exporter.EXPORTS) == export_cli.LISTS
