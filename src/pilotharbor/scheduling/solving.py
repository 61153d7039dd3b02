"""What happens while a schedule is searched for?"""

import logging
from collections.abc import Callable
from datetime import datetime

from pilotharbor.scheduling import commands
from pilotharbor.scheduling.models import Proposal
from pilotharbor.scheduling.searching import find
from pilotharbor.scheduling.situation import situation_of
from pilotharbor.scheduling.translating import translate

log = logging.getLogger(__name__)

type Clock = Callable[[], datetime]


def carry_out(*, proposal_id: int, clock: Clock) -> None:
    """Search for a schedule that waits; whatever goes wrong is told on the proposal.

    One that another worker has, or that was discarded, is left alone.
    """
    waiting = Proposal.objects.get(pk=proposal_id)
    by = {"proposal_id": proposal_id, "actor_id": waiting.asked_by_id}
    try:
        proposal = commands.begin(**by, at=clock())
    except commands.SearchOver:
        return
    by |= {"attempt": proposal.attempt}
    try:
        _search(proposal, by, clock)
    except commands.SearchOver:
        log.info("the search for plan %s was ended", proposal_id)
    except Exception:
        try:
            commands.fail(**by, problem="unexpected", at=clock())
        except commands.SearchOver:
            log.info("the search for plan %s was ended", proposal_id)
        raise


def _search(proposal: Proposal, by: dict[str, int], clock: Clock) -> None:
    situation = situation_of(proposal)
    tick_s = translate(situation).tick_s

    def tell(best: int) -> None:
        commands.note_progress(**by, best=best, tick_s=tick_s, at=clock())

    def go_on() -> bool:
        ours = Proposal.objects.filter(
            pk=proposal.pk, status=Proposal.Status.SOLVING, attempt=proposal.attempt
        )
        return ours.exists()

    result = find(situation, proposal.limit_s, tell=tell, go_on=_seldom(go_on, clock))
    commands.complete(**by, situation=situation, result=result, at=clock())


def _seldom(ask: Callable[[], bool], clock: Clock) -> Callable[[], bool]:
    """The same question at most once a second; the search asks ten times as often."""
    asked_at, answer = clock(), True

    def go_on() -> bool:
        nonlocal asked_at, answer
        now = clock()
        if (now - asked_at).total_seconds() >= 1:
            asked_at, answer = now, ask()
        return answer

    return go_on
