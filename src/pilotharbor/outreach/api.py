"""Roadshows, challenges and coaching over HTTP."""

from ninja import Router

from pilotharbor.outreach.routes import challenges, roadshows

router = Router()
router.add_router("", roadshows.router)
router.add_router("", challenges.router)
