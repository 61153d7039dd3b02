"""Do the terms of a draft hold together? Every field that does not, with its sentence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from pilotharbor.agreements.models import Agreement, Milestone, RevenueShareTerm
from pilotharbor.kernel.money import BP, LARGEST_FEN
from pilotharbor.parties.models import Organisation
from pilotharbor.projects.models import Plan, Project

MOST_PARTIES, MOST_MILESTONES, LONGEST_KEY = 12, 40, 40


@dataclass(frozen=True, slots=True)
class MilestoneTerm:
    """A part of the fee and the evidence it waits for; ``nth`` counts released batches from 1."""

    key: str
    share_bp: int
    evidence: str
    nth: int = 1


@dataclass(frozen=True, slots=True)
class RevenueShare:
    """Who pays whom which rate, in basis points, of later revenue."""

    payer_id: int
    payee_id: int
    rate_bp: int
    base: str = RevenueShareTerm.Base.NET_SALES
    starts: str = "first_sale"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the parties are to agree on; amounts in fen, rates in basis points."""

    kind: str
    party_ids: Sequence[int]
    fee_fen: int
    vat_bp: int
    fee_includes_vat: bool
    milestones: Sequence[MilestoneTerm]
    improvement_ip: str
    governing_statute_note: bool = True
    revenue_share: RevenueShare | None = None
    title: str = ""


def terms_of(agreement: Agreement) -> Terms:
    """What an agreement says now; the way back from its rows."""
    share = getattr(agreement, "revenue_share", None)
    return Terms(
        kind=agreement.kind,
        party_ids=[party.organisation_id for party in agreement.parties.all()],
        fee_fen=agreement.fee_fen,
        vat_bp=agreement.vat_bp,
        fee_includes_vat=agreement.fee_includes_vat,
        milestones=[
            MilestoneTerm(row.key, row.share_bp, row.evidence, row.nth)
            for row in agreement.milestones.all()
        ],
        improvement_ip=agreement.improvement_ip,
        governing_statute_note=agreement.governing_statute_note,
        revenue_share=share
        and RevenueShare(share.payer_id, share.payee_id, share.rate_bp, share.base, share.starts),
        title=agreement.title,
    )


def differences(before: Terms, after: Terms) -> list[str]:
    """The names of the fields that say something else, in the order of ``Terms``."""
    one, two = asdict(before), asdict(after)
    return [name for name in one if _plain(one[name]) != _plain(two[name])]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, (tuple, list)) else value


def problems(terms: Terms, *, project: Project, plan: Plan) -> dict[str, str]:
    """Field → sentence for whatever is wrong; empty when the terms can be offered.

    Source: R-AGR-1, R-AGR-3.
    """
    found: dict[str, str] = {}
    if terms.kind not in Agreement.Kind.values:
        found["kind"] = _("There is no such kind of agreement.")
    if terms.fee_fen <= 0:
        found["fee_fen"] = _("The fee is more than nothing.")
    elif terms.fee_fen > LARGEST_FEN // BP:
        found["fee_fen"] = _("The fee is larger than any amount kept here.")
    if not 0 <= terms.vat_bp <= BP:
        found["vat_bp"] = _("A tax rate lies between 0 and 100 %.")
    if terms.improvement_ip not in Agreement.ImprovementIp.values:
        found["improvement_ip"] = _("Say who owns improvements.")
    return found | _parties(terms, project) | _milestones(terms, plan) | _revenue(terms)


def _approved(ids: Sequence[int]) -> set[int]:
    rows = Organisation.objects.filter(pk__in=ids, status=Organisation.Status.APPROVED)
    return set(rows.values_list("pk", flat=True))


def _parties(terms: Terms, project: Project) -> dict[str, str]:
    ids = list(terms.party_ids)
    if len(ids) > MOST_PARTIES:
        return {
            "parties": _("At most {most} parties sign one agreement.").format(most=MOST_PARTIES)
        }
    if len(ids) < 2 or len(set(ids)) != len(ids):
        return {"parties": _("Name each party once, and at least two.")}
    if not {project.owner_id, project.platform_id} <= set(ids):
        return {"parties": _("The owner of the result and the platform are always parties.")}
    if project.enterprise_id is not None and project.enterprise_id not in ids:
        return {"parties": _("The enterprise that pays for the pilot is a party.")}
    if _approved(ids) != set(ids):
        return {"parties": _("Every party is an approved organisation of this harbour.")}
    return {}


def _milestones(terms: Terms, plan: Plan) -> dict[str, str]:
    rows = terms.milestones
    if not rows:
        return {"milestones": _("Divide the fee over at least one milestone.")}
    if len(rows) > MOST_MILESTONES:
        many = _("Divide the fee over at most {most} milestones.").format(most=MOST_MILESTONES)
        return {"milestones": many}
    found: dict[str, str] = {}
    names = Counter(row.key.strip() for row in rows)
    for i, row in enumerate(rows):
        if problem := _milestone(row, names, plan):
            found[f"milestones.{i}"] = problem
    whole = sum(row.share_bp for row in rows)
    if not found and whole != BP:
        found["milestones"] = _("The shares add up to {sum} %, not to 100 %.").format(
            sum=f"{whole / 100:g}"
        )
    return found


def _milestone(row: MilestoneTerm, names: Counter[str], plan: Plan) -> str | None:
    """The first thing that is wrong with a milestone."""
    key = row.key.strip()
    counted = row.evidence == Milestone.Evidence.BATCH_RELEASED
    checks = (
        (0 < len(key) <= LONGEST_KEY, _("Give the milestone a short name.")),
        (names[key] == 1, _("“{name}” is used twice.").format(name=key)),
        (1 <= row.share_bp <= BP, _("A share lies above 0 and up to 100 %.")),
        (row.evidence in Milestone.Evidence.values, _("There is no such evidence.")),
        (
            counted or row.nth == 1,
            _("Only batches are counted; this evidence exists once."),
        ),
        (
            1 <= row.nth <= plan.planned_batches,
            _("The plan has {planned} batches; batch {nth} is none of them.").format(
                planned=plan.planned_batches, nth=row.nth
            ),
        ),
    )
    return next((sentence for fine, sentence in checks if not fine), None)


def _revenue(terms: Terms) -> dict[str, str]:
    """The first thing that is wrong with the share of revenue, at its field."""
    share = terms.revenue_share
    if share is None:
        return {}
    checks = (
        (1 <= share.rate_bp <= BP, "rate_bp", _("A share lies above 0 and up to 100 %.")),
        (share.base in RevenueShareTerm.Base.values, "base", _("There is no such base.")),
        (
            share.starts == "first_sale",
            "starts",
            _("A share of revenue starts with the first sale."),
        ),
        (
            share.payer_id != share.payee_id,
            "payee_id",
            _("Payer and payee are two different organisations."),
        ),
        (share.payee_id in terms.party_ids, "payee_id", _("Only a party can be paid.")),
        (
            _approved([share.payer_id]) == {share.payer_id},
            "payer_id",
            _("The payer is an approved organisation."),
        ),
    )
    return next(
        ({f"revenue_share.{field}": sentence} for fine, field, sentence in checks if not fine), {}
    )
