"""Is every file there that the papers of this project send a reader to?"""

import re

import pytest
from django.conf import settings

from tests.architecture.source import ROOT

PAPERS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/**/*.md")]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
NAMED = re.compile(r"(?<![\w/])((?:docs|examples|src|tests|benchmarks)/[\w./-]*\w)")
# The map of README.md: what stands first on a line of its tree.
TREE = re.compile(r"^(  )?([\w-]+/|harbor)(?= )", re.MULTILINE)
# What the house style promises a newcomer, and the licence that README.md names.
PROMISED = (
    "README.md", "README.zh.md", "LICENSE", "harbor", "pyproject.toml", ".pre-commit-config.yaml",
    "requirements.lock", "requirements-test.lock", "docs/architecture.md", "docs/glossary.md",
    "docs/add-a-use-case.md", "docs/operate.md", "tests/factories", "tests/architecture",
    "tests/journeys", "tests/browser", "benchmarks",
)  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_exists(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("domain", settings.DOMAINS)
def test_every_domain_has_its_rules(domain):
    assert (ROOT / "docs" / "rules" / f"{domain}.md").is_file()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_and_every_path_leads_somewhere(paper):
    text = paper.read_text(encoding="utf-8")
    linked = {target for target in LINK.findall(text) if not (paper.parent / target).exists()}
    named = {target for target in NAMED.findall(text) if not (ROOT / target).exists()}

    assert linked | named == set()


@pytest.mark.parametrize(("name", "least"), [("README.md", 20), ("README.zh.md", 4)])
def test_the_map_shows_what_is_there(name, least):
    tree = (ROOT / name).read_text(encoding="utf-8").split("```")[-2]
    shown = [("src/pilotharbor/" if deep else "") + entry for deep, entry in TREE.findall(tree)]

    assert len(shown) >= least
    assert [entry for entry in shown if not (ROOT / entry).exists()] == []


def test_the_licence_is_the_one_that_is_named():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
