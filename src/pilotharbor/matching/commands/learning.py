"""What became of finds that were taken up, and what is learnt from it."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, NotFound
from pilotharbor.kernel.later import later
from pilotharbor.kernel.transactions import command
from pilotharbor.matching import queries
from pilotharbor.matching.engine import grades
from pilotharbor.matching.models import Outcome, RankingModel
from pilotharbor.parties import queries as parties

if TYPE_CHECKING:
    from pilotharbor.matching.engine import learning, rerank
else:
    learning = later("pilotharbor.matching.engine.learning")
    rerank = later("pilotharbor.matching.engine.rerank")

DAYS_BETWEEN = 1


class NotYoursToSwitch(Forbidden):
    """Only the platform's operators decide whether outcomes move the ranking."""

    code = "matching.not_yours_to_switch"


class NotProven(Conflict):
    """This model was not better than the base on needs and organisations it had never seen; it stays unused."""

    code = "matching.not_proven"


@command
def note_outcome(*, achievement_id: int, demand_id: int, grade: int | None, at: datetime) -> None:
    """Keep how far a pair got: 0 refused, 1 opened, 2 contacted, 3 met, 4 signed; the furthest counts.

    ``None`` takes the pair out: it ended for a reason that has nothing to do with the two. How the find
    looked is kept when the pair is first seen. Called by upper domains' handlers; source: R-MATCH-10.
    """
    rows = Outcome.objects.select_for_update(no_key=True)
    one = rows.filter(achievement_id=achievement_id, demand_id=demand_id).first()
    if grade is None:
        if one is not None:
            one.delete()
        return
    if one is None:
        signals = queries.signals_of(achievement_id=achievement_id, demand_id=demand_id, at=at)
        if signals is None:
            return
        one = Outcome(
            achievement_id=achievement_id, demand_id=demand_id, grade=grade, noted_at=at,
            signals=asdict(signals),
        )  # fmt: skip
    # A refusal ends it, whatever went before; otherwise it only ever goes on.
    one.grade = grade if grade == grades.REFUSED else max(grade, one.grade)
    one.noted_at = at
    one.save()


@command
def learn(*, at: datetime) -> RankingModel | None:
    """Learn from all outcomes; the model is used only if it is proven, and the switch is on.

    Nothing where there are too few outcomes, or none new. The worker's part; source: R-MATCH-10.
    """
    newest = RankingModel.objects.order_by("-pk").first()
    fresh = Outcome.objects.all()
    if newest is not None and not fresh.filter(noted_at__gt=newest.learnt_at).exists():
        return None
    try:
        model = learning.learn(queries.examples(), at.isoformat())
    except learning.TooLittle:
        return None
    wanted = newest is None or newest.switched_on
    RankingModel.objects.filter(in_use=True).update(in_use=False)
    made = RankingModel.objects.create(
        text=rerank.dumps(model), learnt_at=at, accepted=model.accepted, switched_on=wanted,
        in_use=model.accepted and wanted,
    )  # fmt: skip
    events.record(
        "matching.ranking.learnt", made, actor=None, at=at, accepted=model.accepted,
        in_use=made.in_use,
    )  # fmt: skip
    return made


@command
def switch_learning(*, on: bool, actor_id: int, at: datetime) -> RankingModel:
    """Let the newest model move the ranking, or go back to the base at once.

    Raises: NotFound, NotYoursToSwitch, NotProven.
    """
    actor = parties.actor(actor_id=actor_id)
    if not parties.oversees(actor):
        raise NotYoursToSwitch
    newest = RankingModel.objects.select_for_update(no_key=True).order_by("-pk").first()
    if newest is None:
        raise NotFound
    if on and not newest.accepted:
        raise NotProven
    RankingModel.objects.filter(in_use=True).exclude(pk=newest.pk).update(in_use=False)
    newest.in_use = newest.switched_on = on
    newest.save(update_fields=["in_use", "switched_on"])
    verb = "switched_on" if on else "switched_off"
    events.record(f"matching.ranking.{verb}", newest, actor=actor, at=at)
    return newest
