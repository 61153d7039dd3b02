"""The six steps of a voyage (S0-28), played from a case."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pilotharbor.kernel import time
from pilotharbor.parties.roles import FIRST_ROLE
from pilotharbor.web.voyage.case import Booking, Case, Organisation, Person, Result
from pilotharbor.web.voyage.client import Harbour, RefusedError
from pilotharbor.web.voyage.namesake import another_code
from pilotharbor.web.voyage.outcome import Outcome, look_back

HOST = "host"
# Kept only where the rule of the day asks for more experts or fields.
PANEL = "案例记载由 {0} 位专家评审。"
RETROSPECTIVE = "案例记录补录：{0}"


class GateError(Exception):
    """The voyage ended at a gate, with its reason."""


@dataclass
class Voyage:
    """One case under way in one harbour."""

    case: Case
    harbour: Harbour
    email: Callable[[str], str]
    password: str
    say: Callable[[str, str, str], None]
    org: dict[str, int] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    member: dict[str, int] = field(default_factory=dict)
    booking: dict[int, int] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)

    def play(self) -> Outcome:
        """Play every step; a failed gate ends the voyage with its reason.

        Raises: RefusedError when the harbour refuses a step, TimeoutError when its worker hangs.
        """
        try:
            self._gather()
            self.prepare()
            self._pilot()
            self._decide()
            self._afterwards()
        except GateError as gate:
            self.outcome.ended = str(gate)
        except (RefusedError, TimeoutError):
            # What was earned until then exists, and is told although the voyage went no further.
            if self.outcome.project_id is not None:
                with suppress(RefusedError, TimeoutError):
                    look_back(self.harbour, self._operator(), self.outcome)
            raise
        look_back(self.harbour, self._operator(), self.outcome)
        return self.outcome

    def prepare(self) -> int:
        """Play it as far as its signed agreement, by people who are here; the project's id."""
        self._disclose()
        self._steward()
        self._assess()
        self._agree()
        return self.outcome.project_id or 0

    def _on(self, at: datetime) -> None:
        """The harbour's time never runs backwards."""
        if self.harbour.at is None or at > self.harbour.at:
            self.harbour.at = at

    def _say(self, text: str, who: str, result: str = "") -> None:
        self.say(text, who, result)

    def _someone(self, role: str, org: str | None = None) -> str:
        person = self.case.with_role(role, org)
        if person is None:
            raise LookupError(role)
        return person.key

    def _voice(self, org: str) -> str:
        """Who speaks for an organisation: the person the case has for signing, else its contact."""
        for role in ("tto_officer", "enterprise_member", "platform_operator", "investor"):
            if person := self.case.with_role(role, org):
                return person.key
        return self.contact[org]

    def _gather(self) -> None:
        first = min(b.start for b in self.case.pilot.bookings)
        self._on(first.astimezone(UTC) - timedelta(days=60))
        for org in self.case.organisations:
            self._register(org)
        for person in self.case.people:
            if person.key not in self.member:
                self._invite(person)

    def _register(self, org: Organisation) -> None:
        known = self.harbour.get(HOST, "/organisations", uscc=org.uscc)["items"]
        ours = self.harbour.administrators.get(known[0]["id"]) if known else None
        founded = self.case.decision and org.key == self.case.decision.company
        if known and (founded or ours is None):
            # A company is founded once, and into an organisation that is here already only its own
            # administrator invites: a case played again takes one of the same name.
            org = org.model_copy(update={"uscc": another_code(org.uscc)})
            self._say("organisation is here already; another code is used", HOST, org.uscc)
        elif ours is not None:
            self.org[org.key] = known[0]["id"]
            self.contact[org.key] = f"{org.key}-administrator"
            self.harbour.knows(self.contact[org.key], *ours)
            if known[0]["status"] == "applied":
                self.harbour.post(HOST, f"/organisations/{known[0]['id']}/approve")
            self._say("organisation known", HOST, known[0]["name"])
            return
        person = next((p for p in self.case.people if p.org == org.key), None)
        key = person.key if person else f"{org.key}-contact"
        role = person.role if person else FIRST_ROLE[org.kind]
        name = person.name if person else f"{org.name}联络人"[:80]
        made = self.harbour.post(
            None,
            "/organisations",
            {
                "kind": org.kind,
                "name": org.name,
                "uscc": org.uscc,
                "jurisdiction": org.jurisdiction,
                "state_funded": org.state_funded,
                "sme": org.sme,
                "contact": {
                    "name": name,
                    "email": self.email(key),
                    "password": self.password,
                    "role": role,
                },
            },
        )
        self.org[org.key] = made["id"]
        self.harbour.knows(key, self.email(key), self.password)
        self.harbour.administrators[made["id"]] = (self.email(key), self.password)
        self.contact[org.key] = key
        self.harbour.post(HOST, f"/organisations/{made['id']}/approve")
        self.member[key] = made["contact_membership_id"]
        self._say("organisation registered and approved", key, org.name)

    def _invite(self, person: Person) -> None:
        org = person.org or self.case.platform().key
        inviter = self.contact.get(org, HOST)
        invitation = self.harbour.post(
            inviter,
            f"/organisations/{self.org[org]}/invitations",
            {
                "email": self.email(person.key),
                "name": person.name,
                "role": person.role,
                "field": person.field,
            },
        )
        accepted = self.harbour.post(
            None,
            f"/invitations/{invitation['token']}/accept",
            {"name": person.name, "password": self.password},
        )
        self.member[person.key] = accepted["membership_id"]
        self.harbour.knows(person.key, self.email(person.key), self.password)
        self._say("invited and joined", person.key, person.name)

    def _disclose(self) -> None:
        case = self.case
        self._later(days=2)
        owner = case.achievement.owner
        author = next(iter(case.achievement.inventors), self._someone("researcher", owner))
        tto = self._someone("tto_officer", owner)
        body = case.achievement.model_dump(
            mode="json", exclude={"owner", "inventors"}, exclude_none=True
        )
        body["inventors"] = [self.member[key] for key in case.achievement.inventors]
        self.achievement = self.harbour.post(author, "/achievements", body)["id"]
        self.harbour.post(author, f"/achievements/{self.achievement}/submit")
        self._later(days=2)
        self.harbour.post(tto, f"/achievements/{self.achievement}/publish")
        self._say("achievement disclosed, reviewed, published", author, case.achievement.title)

        buyer = self._someone("enterprise_member", case.demand.owner)
        operator = self._operator()
        demand = case.demand.model_dump(mode="json", exclude={"owner"}, exclude_none=True)
        self.demand = self.harbour.post(buyer, "/demands", demand)["id"]
        self.harbour.post(buyer, f"/demands/{self.demand}/submit")
        self.harbour.post(operator, f"/demands/{self.demand}/publish")
        self._say("demand published", buyer, case.demand.title)

        self.harbour.settle()
        manager = self._someone("technology_manager")
        match = self.harbour.post(
            manager, "/matches", {"achievement_id": self.achievement, "demand_id": self.demand}
        )
        self.harbour.post(buyer, f"/matches/{match['id']}/accept")
        self.match = match["id"]
        self._say("matched", manager, f"{match['score_bp'] / 100:.2f} %")

    def _operator(self) -> str:
        return self._someone("platform_operator", self.case.platform().key)

    def _later(self, **delta: int) -> None:
        if self.harbour.at is not None:
            self.harbour.at += timedelta(**delta)

    def _steward(self) -> None:
        operator = self._operator()
        self._later(days=2)
        project = self.harbour.post(
            operator,
            "/projects",
            {
                "title": self.case.title,
                "achievement_id": self.achievement,
                "demand_id": self.demand,
                "match_id": self.match,
                "platform_id": self.org[self.case.platform().key],
            },
        )
        self.project = self.outcome.project_id = project["id"]
        stewards = {
            "technology_manager_id": self.member[self._someone("technology_manager")],
            "industry_advisor_id": self.member[self._someone("industry_advisor")],
        }
        self.harbour.post(operator, f"/projects/{self.project}/stewards", stewards)
        self.harbour.post(operator, f"/projects/{self.project}/start")
        self._say("project started with its two stewards", operator, f"#{self.project}")

    def _assess(self) -> None:
        judged = self.case.assessment
        operator = self._operator()
        self._later(days=3)
        seats = [
            {"expert_id": self.member[key], "field": self.case.person(key).field or key}
            for key in judged.panel
        ]
        panel = self.harbour.post(
            operator,
            f"/projects/{self.project}/panels",
            {
                "seats": seats,
                "weights_bp": judged.weights_bp,
                "pass_mark": str(judged.pass_mark),
                "override_reason": PANEL.format(len(judged.panel)),
            },
        )
        for key in judged.panel:
            scores = {name: str(points) for name, points in judged.scores[key].items()}
            self.harbour.post(key, f"/panels/{panel['id']}/scores", {"scores": scores})
            self._say("scored independently", key)
        self._later(days=2)
        closed = self.harbour.post(operator, f"/panels/{panel['id']}/close")
        passed = closed["status"] == "passed"
        self.outcome.results |= {"panel_score": closed["score"], "passed_assessment": passed}
        self._say("panel closed", operator, closed["score"])
        if not passed:
            raise GateError(self._ended_reason())
        trl = self.case.achievement.trl
        self.harbour.post(
            operator,
            f"/projects/{self.project}/trl-statements",
            {"scale": trl.scale, "level": trl.level, "evidence": trl.evidence},
        )
        self.harbour.post(
            operator,
            f"/projects/{self.project}/pilot-decision",
            {"needed": True, "reasons": "创新含量高，放大风险须经中试验证。"},
        )
        self._say("pilot needed", operator)

    def _ended_reason(self) -> str:
        project = self.harbour.get(self._operator(), f"/projects/{self.project}")
        return str(project.get("ended_reason") or project["status"])

    def _agree(self) -> None:
        operator, pilot, agreed = self._operator(), self.case.pilot, self.case.agreement
        self._later(days=5)
        self.harbour.post(
            operator,
            f"/projects/{self.project}/plan",
            {
                "goal": self.case.demand.summary,
                "budget_fen": agreed.fee_fen,
                "acceptance": [
                    {k: str(v) for k, v in limit.model_dump(exclude_none=True).items()}
                    for limit in pilot.acceptance
                ],
                "consecutive_batches": pilot.consecutive_batches,
                "planned_batches": max(len(pilot.bookings), pilot.consecutive_batches),
            },
        )
        body: dict[str, Any] = {
            "kind": agreed.kind,
            "parties": [self.org[key] for key in agreed.parties],
            "fee_fen": agreed.fee_fen,
            "vat_bp": agreed.vat_bp,
            "fee_includes_vat": agreed.fee_includes_vat,
            "milestones": [m.model_dump() for m in agreed.milestones],
            "improvement_ip": agreed.improvement_ip,
            "governing_statute_note": agreed.governing_statute_note,
        }
        if share := agreed.revenue_share:
            body["revenue_share"] = {
                "payer_id": self.org[share.payer],
                "payee_id": self.org[share.payee],
                "rate_bp": share.rate_bp,
                "base": share.base,
                "starts": share.starts,
            }
        draft = self.harbour.post(operator, f"/projects/{self.project}/agreements", body)
        self.agreement = draft["id"]
        self.harbour.post(operator, f"/agreements/{self.agreement}/offer")
        self.harbour.settle()
        paper = self.harbour.get(operator, f"/agreements/{self.agreement}")["document"]
        self._say("agreement offered", operator, paper["sha256"] or paper["status"])
        for key in agreed.parties:
            signer = self._voice(key)
            self._later(days=1)
            self.harbour.post(
                signer, f"/agreements/{self.agreement}/sign", {"sha256": paper["sha256"]}
            )
            self._say("signed", signer, self.case.organisation(key).name)
        self.harbour.settle()

    def _pilot(self) -> None:
        pilot, operator = self.case.pilot, self._operator()
        engineer = self._someone("equipment_engineer", self.case.platform().key)
        line = self._line(operator, engineer)
        for booking in sorted(pilot.bookings, key=lambda b: b.start):
            self._book(booking, line, engineer)
        campaign = self.harbour.post(
            operator, f"/projects/{self.project}/campaign", {"line_id": line}
        )
        results = {r.batch: r for r in pilot.results}
        usage: dict[int, dict[str, Any]] = {}
        for booking in sorted(pilot.bookings, key=lambda b: b.start):
            usage[booking.batch] = self._use(booking, engineer)
            if result := results.get(booking.batch):
                self._batch(result, campaign["id"], engineer, operator)
        used = [usage[b.batch] for b in pilot.bookings]
        self.outcome.results["usage_fen"] = [u["amount_fen"] for u in used]
        self.outcome.results["metered_hours"] = [u["hours"] for u in used]
        judged = self.harbour.post(operator, f"/campaigns/{campaign['id']}/judge")
        met = judged["status"] == "accepted"
        self.outcome.results["acceptance_met"] = met
        self._say("acceptance judged", operator, judged.get("reason") or judged["status"])
        self.harbour.settle()
        if not met:
            raise GateError(judged.get("reason") or self._ended_reason())
        self._later(days=3)
        self.harbour.post(operator, f"/campaigns/{campaign['id']}/report")
        self.harbour.settle()
        self._say("pilot report issued", operator)

    def _line(self, operator: str, engineer: str) -> int:
        pilot = self.case.pilot
        line: int = self.harbour.post(operator, "/lines", {"name": pilot.line})["id"]
        self.harbour.post(
            operator,
            f"/lines/{line}/equipment",
            {"asset_no": f"V{line:05d}-1", "name": pilot.line},
        )
        first = min(b.start for b in pilot.bookings)
        self.harbour.post(
            operator,
            f"/lines/{line}/tariffs",
            {
                "valid_from": f"{first.year}-01-01",
                "hourly_fen": pilot.hourly_fen,
                "batch_fen": pilot.batch_fen,
            },
        )
        self.harbour.post(
            operator, f"/lines/{line}/engineers", {"membership_id": self.member[engineer]}
        )
        self._say("line opened with its tariff", operator, pilot.line)
        return line

    def _book(self, booking: Booking, line: int, engineer: str) -> None:
        requester = self._someone("enterprise_member", self.case.demand.owner)
        now = self.harbour.at if self.harbour.exercise and self.harbour.at else datetime.now(UTC)
        late = booking.start < now
        asked = self.harbour.post(
            requester,
            "/bookings",
            {
                "line_id": line,
                "project_id": self.project,
                "start": booking.start.isoformat(),
                "end": booking.end.isoformat(),
                "billing": self.case.pilot.billing,
                "batch_no": booking.batch,
                "retrospective": late,
            },
        )
        approval: dict[str, Any] = {"engineer_id": self.member[engineer]}
        if late:
            approval["override_reason"] = RETROSPECTIVE.format(self.case.id)
        self.harbour.post(self._operator(), f"/bookings/{asked['id']}/approve", approval)
        self.booking[booking.batch] = asked["id"]
        self._say("slot allotted", self._operator(), f"{booking.start:%Y-%m-%d %H:%M}")

    def _use(self, booking: Booking, engineer: str) -> dict[str, Any]:
        self._on(booking.start.astimezone(UTC))
        self.harbour.post(engineer, f"/bookings/{self.booking[booking.batch]}/start")
        self._on(booking.end.astimezone(UTC))
        used: dict[str, Any] = self.harbour.post(
            engineer,
            f"/bookings/{self.booking[booking.batch]}/usage",
            {"start": booking.start.isoformat(), "end": booking.end.isoformat()},
        )
        self._say("use recorded", engineer, f"{used['amount_fen'] / 100:,.2f} CNY")
        return used

    def _batch(self, result: Result, campaign: int, engineer: str, operator: str) -> None:
        body: dict[str, Any] = {
            "number": result.batch,
            "booking_id": self.booking[result.batch],
            "results": {
                name: [str(Decimal(v)) for v in values] for name, values in result.values.items()
            },
        }
        if result.scale_kg is not None:
            body["scale_kg"] = str(result.scale_kg)
        batch = self.harbour.post(engineer, f"/campaigns/{campaign}/batches", body)
        judged = self.harbour.post(operator, f"/batches/{batch['id']}/judge")
        self._say(f"batch {result.batch} judged", operator, judged["status"])

    def _decide(self) -> None:
        made = self.case.decision
        if made is None:
            return
        operator = self._operator()
        self._later(days=10)
        if investor := self.case.with_role("investor"):
            self.harbour.post(
                operator,
                f"/projects/{self.project}/team",
                {"membership_id": self.member[investor.key], "scope": "report"},
            )
        body: dict[str, Any] = {
            "outcome": made.outcome,
            "investment_fen": made.investment_fen,
            "reason": made.reason,
            "holdings": [
                {"organisation_id": self.org[key], "share_bp": share}
                for key, share in made.equity_bp.items()
            ],
        }
        if made.company:
            body["company_id"] = self.org[made.company]
        if reward := made.inventor_reward:
            body["inventor_reward"] = {
                "organisation_id": self.org[reward.of.removesuffix("_equity")],
                "share_bp": reward.share_bp,
                "jurisdiction": reward.basis,
            }
        decision = self.harbour.post(operator, f"/projects/{self.project}/decision", body)
        keys = {number: key for key, number in self.org.items()}
        self.outcome.results["equity_bp"] = {
            keys[h["organisation_id"]] if h["organisation_id"] else "inventors": h["share_bp"]
            for h in decision["holdings"]
        }
        self._say("decided", operator, made.outcome)
        if made.outcome in {"retry", "stop"}:
            raise GateError(self._ended_reason())

    def _afterwards(self) -> None:
        operator = self._operator()
        for task in self.case.follow_up:
            body = {"kind": task.kind, "owner_id": self.org[task.owner]}
            if task.title:
                body["title"] = task.title
            self.harbour.post(operator, f"/projects/{self.project}/tasks", body)
            self._say("follow-up agreed", operator, task.kind)
        shares = [share for revenue in self.case.revenue for share in self._report(revenue)]
        if self.case.revenue:
            self.outcome.results["revenue_share_fen"] = shares

    def _report(self, revenue: Any) -> Iterator[int]:
        term = self.case.agreement.revenue_share
        if term is None:
            return
        self._on(time.start_of(time.reporting_period(revenue.period).after) + timedelta(days=15))
        payer = self.contact.get(term.payer) or self._operator()
        report = self.harbour.post(
            payer,
            f"/agreements/{self.agreement}/revenue-reports",
            {"period": revenue.period, "net_sales_fen": revenue.net_sales_fen},
        )
        self._say(f"revenue {revenue.period} reported", payer, f"{report['share_fen']} fen")
        yield report["share_fen"]
