"""Leads, visits, teams and managers over HTTP."""

from ninja import Router

from pilotharbor.leads.routes import carrying, field, leads, profiles

router = Router()
# ``/leads/contest`` comes before what takes any word for the number of a lead.
router.add_router("", carrying.router)
router.add_router("", leads.router)
router.add_router("", profiles.router)
router.add_router("", field.router)
