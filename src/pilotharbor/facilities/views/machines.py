"""One machine: what it is, which papers speak of it, what it is proved fit for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.forms import LinkForm, PaperForm, QualificationForm
from pilotharbor.facilities.models import Equipment, EquipmentPaper, EquipmentQualification
from pilotharbor.facilities.models.lines import plain
from pilotharbor.facilities.queries import WARNED, Partner
from pilotharbor.facilities.views.shared import carry_out, crumbs_to, visible_machine
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.files import store
from pilotharbor.kernel.files.serving import served
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

KILO = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """A qualification and how it stands today: ``valid``, ``soon`` to run out, or ``lapsed``."""

    row: EquipmentQualification
    state: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of a list with what stands beside it."""

    row: Equipment
    scale: str
    factor: str
    partners: list[Partner] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)


def weight(gram: Decimal | None) -> str:
    """A scale as people write it: gram, or kilogram from one kilogram on."""
    if gram is None:
        return ""
    return f"{plain(gram / KILO)} kg" if gram >= KILO else f"{plain(gram)} g"


def scale_of(machine: Equipment) -> str:
    """From what to what a machine works: ``2 g – 5 kg``; empty where nothing is said."""
    low, high = weight(machine.scale_min_g), weight(machine.scale_max_g)
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def factor_of(machine: Equipment) -> str:
    """How many times the smallest scale the largest is, such as ``×2,500``."""
    factor = machine.scale_up
    return "" if factor is None else f"×{plain(factor.quantize(Decimal('0.1'))):}"


def proof_of(row: EquipmentQualification, today: date) -> Proof:
    """How a qualification stands today. Source: R-FAC-19."""
    if row.last_day is None or row.last_day > today + WARNED:
        return Proof(row, "valid")
    return Proof(row, "lapsed" if row.last_day < today else "soon")


def machines_with(
    machines: Iterable[Equipment], proofs: Iterable[EquipmentQualification], today: date
) -> list[Machine]:
    """Machines with their scale, partners and the latest proof of each kind."""
    rows = list(machines)
    partners = queries.partners(machines=rows)
    latest: dict[int, dict[tuple[str, str], Proof]] = {}
    for row in proofs:
        latest.setdefault(row.equipment_id, {}).setdefault(
            (row.kind, row.name), proof_of(row, today)
        )
    return [
        Machine(
            row,
            scale_of(row),
            factor_of(row),
            partners.get(row.pk, []),
            list(latest.get(row.pk, {}).values()),
        )
        for row in rows
    ]


def _machine_page(request: ActorRequest, machine: Equipment, **forms: Form) -> HttpResponse:
    actor, at = request.actor, clock.now(request)
    today = local_date(at)
    keeps = queries.keeps_equipment(actor, platform_id=machine.platform_id)
    papers = queries.papers(actor=actor).filter(equipment=machine).order_by("kind", "id")
    own = machine.papers.filter(removed_at=None).order_by("id")
    context: dict[str, Any] = {
        "machine": machine,
        "scale": scale_of(machine),
        "factor": factor_of(machine),
        "keeps_equipment": keeps,
        "inventory": queries.sees_inventory(actor, platform_id=machine.platform_id),
        "photos": [one for one in papers if one.kind == EquipmentPaper.Kind.PHOTO],
        "papers": [one for one in papers if one.kind != EquipmentPaper.Kind.PHOTO],
        "proofs": [proof_of(one, today) for one in queries.qualifications(machines=[machine])],
        "partners": queries.partners(machines=[machine]).get(machine.pk, []),
        "today": today,
        "crumbs": crumbs_to((machine.name, "")),
    }
    if machine.line is not None:
        address = reverse("line_detail", args=[machine.line_id])
        context["crumbs"] = crumbs_to((machine.line.name, address), (machine.name, ""))
    if keeps:
        context |= {
            "paper_form": PaperForm(prefix="paper"),
            "proof_form": QualificationForm(prefix="proof", papers=own),
            "link_form": LinkForm(prefix="link", choices=_others(machine)),
        } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "facilities/machine.html", context, status=422 if refused else 200)


def _others(machine: Equipment) -> Any:
    """What may be linked to a machine: the platform's others that are not retired."""
    return (
        Equipment.objects.filter(platform_id=machine.platform_id)
        .exclude(pk=machine.pk)
        .exclude(status=Equipment.Status.RETIRED)
        .order_by("name", "id")
    )


def _kept_machine(request: ActorRequest, equipment_id: int) -> Equipment:
    machine = visible_machine(request.actor, equipment_id)
    if not queries.keeps_equipment(request.actor, platform_id=machine.platform_id):
        raise commands.NotYourEquipment
    return machine


@acting
@require_GET
def machine_detail(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """One machine with photos, papers, proofs and what goes with it."""
    return _machine_page(request, visible_machine(request.actor, equipment_id))


@acting
@require_POST
def paper_new(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """Add a photo or paper."""
    machine = _kept_machine(request, equipment_id)
    form = PaperForm(request.POST, request.FILES, prefix="paper")

    def do(given: dict[str, Any]) -> str:
        upload = given["file"]
        with store.staged(upload.chunks(), name=upload.name) as file:
            commands.add_paper(
                equipment_id=equipment_id,
                file=file,
                kind=given["kind"],
                about=given["about"],
                is_public=given["is_public"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        return _("The file has been added.")

    return carry_out(
        request,
        form,
        do,
        to=reverse("machine_detail", args=[equipment_id]),
        again=lambda: _machine_page(request, machine, paper_form=form),
    )


@acting
@require_POST
def paper_remove(request: ActorRequest, equipment_id: int, paper_id: int) -> HttpResponse:
    """Take a photo or paper off."""
    machine = _kept_machine(request, equipment_id)
    if not machine.papers.filter(pk=paper_id, removed_at=None).exists():
        raise NotFound
    return act(
        request,
        lambda: commands.remove_paper(
            paper_id=paper_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The file has been taken off."),
        to=reverse("machine_detail", args=[equipment_id]),
    )


@require_GET
def paper_read(request: HttpRequest, paper_id: int) -> HttpResponse:
    """The file itself, for whoever may open it."""
    actor = getattr(request, "actor", None)
    found = queries.papers(actor=actor).filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return served(sha256=found.sha256, name=found.name, kind=found.form, size=found.size)


@acting
@require_POST
def proof_new(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """Note what the machine is proved fit for."""
    machine = _kept_machine(request, equipment_id)
    own = machine.papers.filter(removed_at=None)
    form = QualificationForm(request.POST, prefix="proof", papers=own)

    def do(given: dict[str, Any]) -> str:
        paper = given.pop("paper_id")
        commands.add_qualification(
            equipment_id=equipment_id,
            fields={**given, "paper_id": paper.pk if paper else None},  # type: ignore[typeddict-item]
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The qualification is noted.")

    return carry_out(
        request,
        form,
        do,
        to=reverse("machine_detail", args=[equipment_id]),
        again=lambda: _machine_page(request, machine, proof_form=form),
    )


@acting
@require_POST
def proof_withdraw(request: ActorRequest, equipment_id: int, proof_id: int) -> HttpResponse:
    """Take a qualification back."""
    machine = _kept_machine(request, equipment_id)
    if not machine.qualifications.filter(pk=proof_id, withdrawn_at=None).exists():
        raise NotFound
    return act(
        request,
        lambda: commands.withdraw_qualification(
            qualification_id=proof_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The qualification is withdrawn."),
        to=reverse("machine_detail", args=[equipment_id]),
    )


@acting
@require_POST
def link_new(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """Let another machine be taken together with this one."""
    machine = _kept_machine(request, equipment_id)
    form = LinkForm(request.POST, prefix="link", choices=_others(machine))

    def do(given: dict[str, Any]) -> str:
        commands.link_equipment(
            equipment_id=equipment_id,
            other_id=given["other_id"].pk,
            reason=given["reason"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("Both are taken together from now on.")

    return carry_out(
        request,
        form,
        do,
        to=reverse("machine_detail", args=[equipment_id]),
        again=lambda: _machine_page(request, machine, link_form=form),
    )


@acting
@require_POST
def link_remove(request: ActorRequest, equipment_id: int, link_id: int) -> HttpResponse:
    """Let the two be taken apart again."""
    machine = _kept_machine(request, equipment_id)
    if link_id not in {p.link_id for p in queries.partners(machines=[machine]).get(machine.pk, [])}:
        raise NotFound
    return act(
        request,
        lambda: commands.unlink_equipment(
            link_id=link_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("They are taken apart from now on."),
        to=reverse("machine_detail", args=[equipment_id]),
    )
