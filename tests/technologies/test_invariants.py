"""R-TECH under any history: review by another, dates with states, and nothing closed leaks."""

import hypothesis.extra.django
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.kernel.errors import DomainError
from pilotharbor.technologies import commands, queries
from pilotharbor.technologies.models import Achievement, Reader
from tests.conftest import AT
from tests.factories.technologies import market

ACTORS = ("inventor", "colleague", "tto", "buyer", "outsider", "manager", "operator", "expert",
          "auditor", "administrator")  # fmt: skip
STEPS = st.tuples(
    st.sampled_from(["submit", "publish", "return_", "withdraw", "revise", "name", "admit"]),
    st.sampled_from(ACTORS),
    st.sampled_from(ACTORS),
    st.sampled_from(["public", "members", "nda", "project", "core"]),
)


def play(m, step):
    verb, who, other, level = step
    said = {"achievement_id": m.achievement.pk, "actor_id": getattr(m, who).pk, "at": AT}
    target = getattr(m, other).pk
    runs = {
        "submit": lambda: commands.submit(**said),
        "publish": lambda: commands.publish(**said),
        "return_": lambda: commands.return_(**said, note="改"),
        "withdraw": lambda: commands.withdraw(**said),
        "revise": lambda: commands.revise(**said, content={"confidentiality": level}),
        "name": lambda: commands.name_reader(**said, membership_id=target),
        "admit": lambda: commands.admit(**said, membership_ids=[target], via="blind"),
    }
    try:
        runs[verb]()
    except DomainError:
        return


class AnyHistory(hypothesis.extra.django.TransactionTestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(STEPS, max_size=14))
    def test_the_rules_hold(self, history):
        m = market(status="draft", published_at=None)

        for step in history:
            play(m, step)

        entry = Achievement.objects.get(pk=m.achievement.pk)
        assert (entry.status != "published") or entry.published_at is not None
        if entry.reviewed_by and entry.submitted_by:
            assert entry.reviewed_by.person_id != entry.submitted_by.person_id
        for who in ACTORS:
            actor = getattr(m, who)
            seen = queries.visible_achievements(actor=actor).filter(pk=entry.pk).exists()
            reading = queries.reading(entry=entry, actor=actor, at=AT)
            if who == "administrator":
                assert seen == (entry.status == "published" and entry.confidentiality == "public")
            if entry.confidentiality == "core" and reading.detail:
                named = Reader.objects.filter(membership=actor, via="named").exists()
                assert who == "inventor" or named
            if who == "expert":
                assert not (reading.detail and entry.confidentiality != "public")
