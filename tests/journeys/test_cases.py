"""What the harbour would refuse on the way is refused before the start, with its path."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest

from pilotharbor.web.voyage import checks, compare, outcome
from pilotharbor.web.voyage.case import Case, Expect

EXAMPLES = Path(__file__).parents[2] / "examples" / "voyages"
BIOMED = json.loads((EXAMPLES / "biomed.json").read_text("utf-8"), parse_float=Decimal)


def refused(data) -> list[str]:
    with pytest.raises(checks.CaseRefusedError) as refusal:
        checks.parse(data)
    assert all(text for _path, text in refusal.value.objections)
    return [path for path, _text in refusal.value.objections]


def put(path: str, value):
    """The case with one value changed; ``path`` as objections write it."""
    data = copy.deepcopy(BIOMED)
    *way, last = [
        int(p) if p.isdigit() else p for p in path.replace("[", ".").replace("]", "").split(".")
    ]
    part = data
    for step in way:
        part = part[step]
    part[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("organisations[3].kind", "wizard"),
        ("organisations[0].name", "长" * 201),
        ("organisations[0].name", " "),
        ("organisations[1].jurisdiction", "XX-99"),
        ("organisations[1].jurisdiction", "CN-QQ"),
        ("people[6].role", "wizard"),
        ("people[0].role", "bank_clerk"),
        ("people[0].name", "长" * 81),
        ("achievement.title", "长" * 500),
        ("achievement.industry", "Q999999999"),
        ("achievement.confidentiality", "state_secret"),
        ("achievement.keywords[0]", "长" * 61),
        ("achievement.summary", "本材料密级：机密"),
        ("achievement.summary", "a\x00b"),
        ("achievement.summary", "a\ud800b"),
        ("achievement.trl.scale", "TRL-7"),
        ("achievement.trl.level", 10),
        ("achievement.trl.evidence", ""),
        ("achievement.ip[0].kind", "magic"),
        ("achievement.ip[0].legal_status", "lost"),
        ("achievement.ip[0]", {"kind": "software", "application_no": "9" * 25}),
        ("demand.budget_fen", 10**16),
        ("assessment.pass_mark", Decimal("80.00001")),
        ("assessment.weights_bp.risk", 0),
        ("assessment.scores.expert_pharmacy.risk", Decimal("1e308")),
        ("agreement.kind", "handshake"),
        ("agreement.improvement_ip", "martians"),
        ("agreement.fee_fen", 0),
        ("agreement.fee_fen", 2**53),
        ("agreement.milestones[0].share_bp", 0),
        ("agreement.milestones[0].nth", 2),
        ("agreement.milestones[1].nth", 9),
        ("agreement.milestones", [{"key": f"m{i}", "share_bp": 200, "evidence": "report_issued"} for i in range(50)]),
        ("agreement.parties", ["university", "harbor"]),
        ("pilot.line", "长" * 121),
        ("pilot.hourly_fen", 10**16),
        ("pilot.consecutive_batches", 201),
        ("pilot.results[1].purity", [Decimal("1e308")]),
        ("pilot.results[1].purity", [10**30]),
        ("pilot.results[1].purity", [Decimal("99.6000000001")]),
        ("pilot.results[1].scale_kg", Decimal("1e20")),
        ("pilot.acceptance[0].at_least", Decimal("1e20")),
        ("pilot.acceptance[0].unit", "长" * 25),
        ("pilot.bookings[0].end", "2026-05-03T08:00:00+08:00"),
        ("pilot.bookings[0].start", "0001-01-01T00:00:00+00:00"),
        ("decision.reason", "长" * 1001),
        ("decision.company", "pharma"),
        ("decision.company", "fund"),
        ("decision.inventor_reward.basis", "CN-QQ"),
        ("decision.inventor_reward.basis", "CN"),
        ("decision.inventor_reward.basis", "CN-BJ"),
        ("follow_up[0].title", "长" * 201),
    ],
)  # fmt: skip
def test_what_would_be_refused_on_the_way_is_refused_with_its_path(path, value):
    assert any(where.startswith(path) for where in refused(put(path, value)))


def test_two_people_cannot_share_an_address():
    data = copy.deepcopy(BIOMED)
    data["people"] += [{"key": key, "role": "expert", "name": "x"} for key in ("a_b", "A-b")]

    assert refused(data) == [f"people[{len(data['people']) - 1}].key"]


def test_a_role_that_does_not_fit_the_organisation_is_refused():
    data = copy.deepcopy(BIOMED)
    data["people"].append({"key": "x", "org": "pharma", "role": "auditor", "name": "x"})

    assert refused(data) == [f"people[{len(data['people']) - 1}].role"]


@pytest.mark.parametrize("outcome_", ["stop", "retry"])
def test_nothing_follows_a_project_that_is_over(outcome_):
    data = copy.deepcopy(BIOMED)
    data["decision"] = {"outcome": outcome_}

    assert refused(data) == ["follow_up"]


def test_follow_up_without_a_decision_is_kept():
    data = copy.deepcopy(BIOMED)
    del data["decision"]

    assert len(checks.parse(data).follow_up) == 2


def test_a_rule_that_is_stricter_may_be_named():
    data = put("organisations[1].jurisdiction", "CN")

    assert checks.parse(data).decision.inventor_reward.basis == "CN-ZJ"


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, "", "{", '{"a": NaN'])
def test_what_is_no_json_is_said_in_one_sentence(tmp_path, text):
    path = tmp_path / "case.json"
    path.write_text(text)

    with pytest.raises(checks.CaseRefusedError) as refusal:
        checks.load(path)

    assert [where for where, _ in refusal.value.objections] == ["$"]


def test_every_word_the_schema_knows_is_one_the_commands_know():
    """Enumerations are those of the commands themselves, so that none can drift."""
    schema = json.dumps(Case.model_json_schema())

    for word in ("research_institute", "tripartite_pilot_first", "technical_secret", "project"):
        assert f'"{word}"' in schema


def test_after_a_refused_step_what_is_missing_was_not_reached():
    expect = Expect(net_fen=5, usage_fen=[1], acceptance_met=False)

    assert compare.differences(expect, {"net_fen": 5}, refused=True) == [
        ("usage_fen", [1], None), ("acceptance_met", False, None),
    ]  # fmt: skip
    assert compare.differences(expect, {"net_fen": 5}) == [("usage_fen", [1], [])]


class Timeline:
    """A harbour whose timeline has three pages."""

    pages = {None: (200, "b"), "b": (200, "c"), "c": (7, None)}

    def get(self, _who, _path, *, cursor=None, limit):
        count, following = self.pages[cursor]
        assert limit == 200
        return {"items": [{}] * count, "next_cursor": following}


def test_events_are_counted_beyond_one_page():
    assert outcome._events(Timeline(), "operator", 1) == 407
