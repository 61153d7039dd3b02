"""A role is a permission only together with trust: nobody compares it bare (R-PARTY-2)."""

import ast

import pytest

from tests.architecture import source

# Where a role is read without being a permission, and why.
READS = {
    ("parties/rights.py", "acts_as"): "the one place that asks, together with trust",
    ("parties/rights.py", "only_configures"): "takes away, in whatever standing",
    ("parties/commands/invitations.py", "_by_mail_only"): "what is offered, not who acts",
    ("assessment/commands/conflicts.py", "conflict_of"): "a conflict stays one in any standing",
    ("technologies/queries/rights.py", "may_write"): "narrows what the scope has opened",
    ("technologies/bulk/rules.py", "may_change"): "narrows what the scope has opened",
    ("technologies/bulk/achievements.py", "_take"): "whom a new row names as its inventor",
    ("technologies/commands/achievements.py", "disclose"): "whom a new row names as its inventor",
    ("matching/findable.py", "_expert"): "who is found, not who acts",
    ("web/transfer/people.py", "who"): "prefers one of those who may anyway",
}
# Cases of voyages have people with roles, too; they are data of a file and no memberships.
NO_MEMBERSHIPS = ("web/voyage/",)


def bare_roles(tree: ast.Module) -> set[str]:
    """The functions that compare an attribute ``role`` with something."""
    found = set()
    for function in source.functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and any(
                isinstance(side, ast.Attribute) and side.attr == "role"
                for side in (node.left, *node.comparators)
            ):
                found.add(function.name)
    return found


def found() -> set[tuple[str, str]]:
    return {
        (path, function)
        for file, tree in source.trees().items()
        for path in [str(file.relative_to(source.SOURCE))]
        if not path.startswith(NO_MEMBERSHIPS)
        for function in bare_roles(tree)
    }


def test_no_role_is_a_permission_without_trust():
    assert found() - set(READS) == set()


def test_the_list_of_harmless_readings_is_not_longer_than_they_are():
    assert set(READS) - found() == set()


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ("def f(actor):\n return actor.role == Role.AUDITOR", {"f"}),
        ("def f(a):\n return a.actor.role in DECIDERS", {"f"}),
        ("def f(a):\n return Role.AUDITOR != a.role", {"f"}),
        ("def f(a):\n return rights.acts_as(a, Role.AUDITOR)", set()),
    ],
)
def test_a_bare_comparison_is_seen(code, caught):
    assert bare_roles(ast.parse(code)) == caught
