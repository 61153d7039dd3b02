"""Leads, visits, teams and managers over HTTP."""

from ninja import Router

from pilotharbor.leads.routes import carrying, field, leads, managers

router = Router()
# ``/leads/contest`` comes before what takes any word for the number of a lead.
router.add_router("", carrying.router)
router.add_router("", leads.router)
router.add_router("", managers.router)
router.add_router("", field.router)
