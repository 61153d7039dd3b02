"""Real abstracts (CSL, Apache-2.0, see examples/matching/README.md) as a university's results."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from pilotharbor.kernel.bulk import Incoming, key_of
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import bulk

CATEGORIES = frozenset({"工学", "农学"})
SOURCE = "CSL (Li et al., 2022), Apache-2.0"
ENOUGH = 400


def load(path: Path, *, at: datetime, say: Callable[[str], None]) -> None:
    """Import some hundred engineering abstracts as published results of the first university."""
    officer = Membership.objects.filter(role=Role.TTO_OFFICER).order_by("id").first()
    if officer is None:
        return
    author = Membership.objects.filter(
        role=Role.RESEARCHER, organisation_id=officer.organisation_id
    ).first()
    if author is None:
        return
    say(SOURCE)
    bulk.import_achievements(rows=_rows(path), submit=True, actor_id=author.pk, at=at)
    bulk.publish_submitted(kind=Kind.ACHIEVEMENT, limit=ENOUGH, actor_id=officer.pk, at=at)


def _rows(path: Path) -> Iterator[Incoming]:
    taken = 0
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            document = json.loads(line)
            if document.get("category") not in CATEGORIES or not document.get("title"):
                continue
            yield Incoming(
                line=number,
                key=key_of(document["id"], {}),
                fields={
                    "title": document["title"][:200],
                    "summary": document["abstract"][:4000],
                    "keywords": [k[:60] for k in document.get("keywords", [])],
                    "discipline": document.get("discipline", "")[:60],
                    "source": SOURCE,
                },
                # Nobody of this harbour made them.
                extra={"inventors": ()},
            )
            taken += 1
            if taken == ENOUGH:
                return
