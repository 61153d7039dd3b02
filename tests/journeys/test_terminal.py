"""``./harbor voyage`` as it is typed: one sentence for whatever is wrong, and what came out."""

import argparse
import copy
import json
import re
import socket
from contextlib import contextmanager

import pytest
from django.utils.translation import override

from pilotharbor.web.management.commands import play_voyage
from pilotharbor.web.voyage.client import RefusedError
from pilotharbor.web.voyage.player import HOST
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_cases import BIOMED


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def typed(tmp_path, capsys):
    """Play a case given as data; exit code, standard output, standard error."""

    def run(data, **options):
        path = tmp_path / "case.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data, default=float))
        given = {"case": path, "json": False, "url": None, "email": None} | options
        code = play_voyage.play(argparse.Namespace(**given))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def closed_port() -> str:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{door.getsockname()[1]}"


def test_an_unplayable_case_is_one_sentence_with_its_path(typed):
    wrong = copy.deepcopy(BIOMED)
    wrong["agreement"]["kind"] = "handshake[/b]"

    code, out, _err = typed(wrong)
    code_json, out_json, _err = typed(wrong, json=True)

    assert (code, code_json) == (2, 2)
    assert out.startswith("agreement.kind: ")
    assert json.loads(out_json)["objections"][0]["path"] == "agreement.kind"
    assert typed("[" * 100_000)[0] == 2


@pytest.mark.parametrize("url", ["closed", "nonsense://x", "http://"])
def test_where_no_harbour_answers_one_sentence_says_so(typed, url):
    url = closed_port() if url == "closed" else url

    code, out, _err = typed(BIOMED, url=url)
    code_json, out_json, _err = typed(BIOMED, url=url, json=True)

    assert (code, code_json) == (2, 2)
    assert out.startswith(f"--url: No harbour answers at {url}")
    assert "Traceback" not in out
    assert json.loads(out_json)["objections"][0]["path"] == "--url"


@pytest.mark.slow
def test_who_may_not_play_is_told_so(harbour):
    harbour.knows(HOST, "admin@harbor.example", PASSWORD, role="expert")

    with pytest.raises(RefusedError, match=r"voyage\.no_role: admin@harbor\.example"):
        harbour.get(HOST, "/organisations")


@pytest.mark.slow
def test_a_refused_step_tells_what_was_earned_and_marks_up_nothing(harbour, typed, monkeypatch):
    data = copy.deepcopy(BIOMED)
    data["organisations"][1]["name"] = "研究[/b]所"
    data["title"] = "[red]标题[/red]"
    data["decision"]["inventor_reward"]["share_bp"] = 6999

    @contextmanager
    def here(_args):
        harbour.at = None
        yield harbour

    monkeypatch.setattr(play_voyage, "_harbour", here)
    code, out, _err = typed(data)

    assert code == 1
    assert "研究[/b]所" in out
    assert "finance.below_reward_floor" in out
    assert "invoices_gross_fen" in out
    assert "[24000000, 32000000, 24000000]" in out
    plain = " ".join(out.split())
    # In one process the harbour's answers leave their language behind.
    assert re.search(r"equity_bp.{0,90}(not reached|未进行到此步)", plain)
    assert re.search(r"(sum of all accounts|各科目合计).{0,20}¥0\.00", plain)
    assert "Traceback" not in out
