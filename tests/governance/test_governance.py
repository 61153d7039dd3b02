"""Accreditation and figures: commands, who sees what, and denominators."""

import pytest

from pilotharbor.governance import commands as governance
from pilotharbor.governance.models import Accreditation
from pilotharbor.governance.statistics import statistics
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.callers import Caller
from tests.factories.governance import AccreditationFactory
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import ProjectFactory, PublishedAchievementFactory, someone

pytestmark = pytest.mark.django_db


def platform_operator():
    return someone(
        Role.PLATFORM_OPERATOR, OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    )


def file(actor, at, **changes):
    given = {"kind": "pilot_base", "statement": "中试线三条", **changes}
    return governance.file(**given, actor_id=actor.pk, at=at)


def test_a_platform_files_once_and_the_bureau_grants(at):
    operator, bureau = platform_operator(), someone(Role.GOVERNMENT_OFFICER)

    filed = file(operator, at)
    with pytest.raises(governance.FiledAlready):
        file(operator, at)
    granted = governance.grant(accreditation_id=filed.pk, actor_id=bureau.pk, at=at)

    assert (granted.status, granted.decided_by) == ("granted", bureau)
    assert list(Event.objects.values_list("name", flat=True)) == [
        "governance.accreditation.filed",
        "governance.accreditation.granted",
    ]


def test_what_cannot_be_filed_leaves_no_trace(at):
    operator = platform_operator()

    with pytest.raises(governance.UnknownKind):
        file(operator, at, kind="moon_base")
    with pytest.raises(governance.StatementMissing):
        file(operator, at, statement=" ")
    with pytest.raises(governance.NotAPlatform):
        file(someone(Role.PLATFORM_OPERATOR), at)
    with pytest.raises(NotYourRole):
        file(someone(Role.RESEARCHER), at)

    assert (Accreditation.objects.count(), Event.objects.count()) == (0, 0)


def test_only_the_bureau_decides_once_with_a_reason(at):
    filed, bureau = AccreditationFactory(), someone(Role.GOVERNMENT_OFFICER)

    with pytest.raises(NotYourRole):
        governance.grant(accreditation_id=filed.pk, actor_id=filed.filed_by_id, at=at)
    with pytest.raises(governance.ReasonMissing):
        governance.refuse(accreditation_id=filed.pk, reason="", actor_id=bureau.pk, at=at)
    with pytest.raises(NotFound):
        governance.grant(accreditation_id=0, actor_id=bureau.pk, at=at)
    governance.refuse(accreditation_id=filed.pk, reason="人员不足", actor_id=bureau.pk, at=at)
    with pytest.raises(MoveNotAllowed):
        governance.grant(accreditation_id=filed.pk, actor_id=bureau.pk, at=at)


def test_a_granted_accreditation_can_be_taken_back(at):
    bureau = someone(Role.GOVERNMENT_OFFICER)
    granted = AccreditationFactory(status="granted", decided_by=bureau, decided_at=at)

    with pytest.raises(governance.ReasonMissing):
        governance.withdraw(accreditation_id=granted.pk, reason=" ", actor_id=bureau.pk, at=at)
    gone = governance.withdraw(
        accreditation_id=granted.pk, reason="连续两年不合格", actor_id=bureau.pk, at=at
    )

    assert (gone.status, gone.reason) == ("withdrawn", "连续两年不合格")


def test_the_public_sees_granted_ones_only(at):
    bureau = someone(Role.GOVERNMENT_OFFICER)
    open_one = AccreditationFactory()
    granted = AccreditationFactory(status="granted", decided_by=bureau, decided_at=at)

    def ids(actor):
        return {row["id"] for row in Caller(actor).get("/accreditations").json()["items"]}

    assert ids(None) == {granted.pk}
    assert ids(someone(Role.RESEARCHER)) == {granted.pk}
    assert ids(open_one.filed_by) == {open_one.pk, granted.pk}
    assert ids(bureau) == ids(someone(Role.AUDITOR)) == {open_one.pk, granted.pk}


def test_filing_and_granting_over_http():
    operator, bureau = platform_operator(), someone(Role.GOVERNMENT_OFFICER)

    filed = Caller(operator).post("/accreditations", {"kind": "pilot_base", "statement": "条件"})
    refused = Caller(operator).post(f"/accreditations/{filed.json()['id']}/grant")
    granted = Caller(bureau).post(f"/accreditations/{filed.json()['id']}/grant")

    assert (filed.status_code, refused.status_code, granted.status_code) == (201, 403, 200)
    assert granted.json()["status"] == "granted"


def figure(told, key):
    return next(row.value for row in told.figures if row.key == key)


def test_statistics_reach_as_far_as_the_role(at):
    mine, _other = ProjectFactory(), ProjectFactory()
    PublishedAchievementFactory()

    everything = statistics(actor=someone(Role.GOVERNMENT_OFFICER), at=at)
    own = statistics(actor=someone(Role.RESEARCHER, mine.owner), at=at)
    public = statistics(actor=None, at=at)

    assert (everything.reach, figure(everything, "projects")) == ("all", 2)
    assert (own.reach, figure(own, "projects"), figure(own, "achievements")) == ("own", 1, 1)
    assert (public.reach, figure(public, "achievements")) == ("public", 3)
    assert "projects" not in {row.key for row in public.figures}


def test_every_ratio_and_benchmark_names_its_denominator_and_source(at):
    ProjectFactory(status="ended", ended_reason="停")
    ProjectFactory(status="closed", stewarded=True)

    told = Caller(someone(Role.AUDITOR)).get("/statistics").json()

    for row in [*told["ratios"], *told["benchmarks"]]:
        assert row["of"]
        assert row["source"]
    ended = next(row for row in told["ratios"] if row["key"] == "ended")
    assert (ended["part"], ended["whole"], ended["percent"]) == (1, 2, "50.0")
    empty = next(row for row in told["ratios"] if row["key"] == "acceptance")
    assert (empty["whole"], empty["percent"]) == (0, None)
    assert len({row["of"] for row in told["benchmarks"]}) == len(told["benchmarks"])
