"""Under any history of invitations, suspensions and signatures the rules of the house hold."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import queries
from pilotharbor.parties.models import Membership, NonDisclosure
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory

PEOPLE = 4
people = st.integers(0, PEOPLE - 1)
MEMBER_STEPS = st.tuples(
    st.sampled_from(["suspend", "reinstate", "end", "name", "unname"]), people, people
)
NDA_STEPS = st.tuples(st.sampled_from(["sign", "end"]), st.integers(0, 2), st.integers(0, 2))


def attempt(do, **facts) -> bool:
    """Whether it was done; a refusal is a right answer too."""
    try:
        do(**facts, at=AT)
    except DomainError:
        return False
    return True


class MembershipHistories(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(MEMBER_STEPS, max_size=14))  # R-PARTY-4, R-PARTY-7
    def test_an_organisation_keeps_an_administrator_and_the_ended_stay_ended(self, history):
        university = OrganisationFactory(kind=OrganisationKind.UNIVERSITY)
        rows = [
            MembershipFactory(organisation=university, role=Role.RESEARCHER, is_admin=n < 2)
            for n in range(PEOPLE)
        ]
        ended: set[int] = set()

        for step, by, whom in history:
            facts = {"membership_id": rows[whom].pk, "actor_id": rows[by].pk}
            before = Event.objects.count()
            done = {
                "suspend": lambda f=facts: attempt(parties.suspend_member, reason="理由", **f),
                "reinstate": lambda f=facts: attempt(parties.reinstate_member, **f),
                "end": lambda f=facts: attempt(parties.end_member, **f),
                "name": lambda f=facts: attempt(parties.name_administrator, is_admin=True, **f),
                "unname": lambda f=facts: attempt(parties.name_administrator, is_admin=False, **f),
            }[step]()

            assert Event.objects.count() == before + done
            gone = Membership.objects.filter(organisation=university, status="ended")
            assert ended <= set(gone.values_list("pk", flat=True))
            ended = set(gone.values_list("pk", flat=True))
            assert queries.administrators_of(organisation_id=university.pk).exists()


class NdaHistories(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(NDA_STEPS, max_size=14))  # R-PARTY-10
    def test_who_may_read_is_exactly_who_signed_last_and_was_not_ended(self, history):
        rows = [MembershipFactory(role=Role.ENTERPRISE_MEMBER, is_admin=True) for _ in range(3)]
        stands: set[tuple[int, int]] = set()

        for step, owner, signatory in history:
            pair = (rows[owner].organisation_id, rows[signatory].organisation_id)
            if step == "sign":
                done = attempt(parties.sign_nda, owner_id=pair[0], actor_id=rows[signatory].pk)
                assert done == (owner != signatory and pair not in stands)
                stands |= {pair} if done else set()
            else:
                nda = NonDisclosure.objects.filter(
                    owner_id=pair[0], signatory_id=pair[1], status="in_force"
                ).first()
                if nda and attempt(parties.end_nda, nda_id=nda.pk, actor_id=rows[owner].pk):
                    stands.discard(pair)

            for reader in rows:
                may_read = {o for o, s in stands if s == reader.organisation_id}
                assert set(queries.nda_owners(reader)) == may_read
