"""``./harbor found`` and ``./harbor token create`` as Django runs them, and how the launcher hands over."""

import argparse
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pilotharbor.launcher import access, found, tokens
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.parties import queries
from pilotharbor.parties import tokens as keys
from tests.factories.parties import uscc
from tests.parties.conftest import PASSWORD


def run(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


FOUNDING = (
    "found", "--name=示例中试港", f"--uscc={uscc(77_000_030)}", "--administrator=许主任",
    "--email=xu@harbor.example",
)  # fmt: skip


def test_a_harbour_is_founded_and_gets_a_token_at_the_terminal(db, monkeypatch):
    monkeypatch.setenv("PILOTHARBOR_FOUNDER_PASSWORD", PASSWORD)

    host = json.loads(run(*FOUNDING, "--json"))
    issued = json.loads(run("token", "create", "--email=XU@harbor.example", "--days=1", "--json"))

    assert host["organisation_id"] == queries.host().pk
    actor = keys.membership_of(secret=issued["token"], scope="write", at=timezone.now())
    assert actor is not None
    assert actor.pk == issued["membership_id"]
    plain = run("token", "create", "--email=xu@harbor.example", "--read-only")
    assert keys.membership_of(secret=plain, scope="write", at=timezone.now()) is None
    with pytest.raises(CommandError):
        run(*FOUNDING)


def test_tokens_are_listed_without_their_secret_and_revoked_by_number(harbour):
    mine, other = harbour.buyer.person.email, harbour.operator.person.email
    issued = json.loads(run("token", "create", f"--email={mine}", "--name=机台", "--json"))

    (listed,) = json.loads(run("token", "list", f"--email={mine}", "--json"))
    with pytest.raises(CommandError):
        run("token", "revoke", f"--email={other}", f"--id={issued['id']}")
    with pytest.raises(CommandError):
        run("token", "revoke", f"--email={mine}")
    plain = run("token", "revoke", f"--email={mine}", f"--id={issued['id']}")

    assert (listed["id"], listed["state"], listed["name"]) == (issued["id"], "valid", "机台")
    assert issued["token"] not in str(listed)
    assert issued["token"].startswith(listed["prefix"])
    assert plain.split()[:3] == [str(issued["id"]), listed["prefix"], "revoked"]
    assert keys.membership_of(secret=issued["token"], scope="read", at=timezone.now()) is None
    assert "revoked" in run("token", "list", f"--email={mine}")
    assert run("token", "list", f"--email={other}") == ""


def test_the_launcher_asks_which_token_is_meant():
    parser = argparse.ArgumentParser()
    tokens.add_arguments(parser)

    with pytest.raises(Trouble) as refused:
        tokens.run(parser.parse_args(["revoke", "--email", "a@b.example"]))

    assert refused.value.key == "token_which"


def test_refusals_are_one_sentence(harbour, monkeypatch):
    monkeypatch.setenv("PILOTHARBOR_FOUNDER_PASSWORD", "123")

    with pytest.raises(CommandError):
        run("token", "create", "--email=nobody@x.example")
    with pytest.raises(CommandError):
        run("token", "create", f"--email={harbour.buyer.person.email}", "--days=999")
    with pytest.raises(CommandError):
        run(
            "token",
            "create",
            f"--email={harbour.buyer.person.email}",
            f"--membership={harbour.tto.pk}",
        )


@pytest.mark.parametrize(
    ("module", "typed", "handed"),
    [
        (tokens, ["create", "--email", "a@b.example", "--read-only"],
         ["--email=a@b.example", "--days=90", "--read-only"]),
        (tokens, ["revoke", "--email", "a@b.example", "--id", "7"],
         ["--email=a@b.example", "--id=7", "--days=90"]),
        (found, ["--name", "港", "--uscc", "x", "--administrator", "许", "--email", "a@b.example", "--json"],
         ["--name=港", "--uscc=x", "--administrator=许", "--email=a@b.example", "--json"]),
    ],
)  # fmt: skip
def test_the_launcher_hands_over_what_was_typed(monkeypatch, module, typed, handed):
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    given: list[str] = []
    monkeypatch.setattr(access, "hand_over", lambda _args, called: given.extend(called) or 0)

    assert module.run(parser.parse_args(typed)) == 0
    assert [one for one in given if one.startswith("--")] == handed


def test_without_a_terminal_the_password_is_not_asked_for_in_vain(db, monkeypatch):
    monkeypatch.delenv("PILOTHARBOR_FOUNDER_PASSWORD", raising=False)

    monkeypatch.setattr("sys.stdin", StringIO(""))

    with pytest.raises(CommandError, match="PILOTHARBOR_FOUNDER_PASSWORD"):
        run(*FOUNDING, "--json")


def test_another_program_may_hand_the_password_over(db, monkeypatch):
    monkeypatch.delenv("PILOTHARBOR_FOUNDER_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))

    assert json.loads(run(*FOUNDING, "--json"))["organisation_id"] == queries.host().pk
