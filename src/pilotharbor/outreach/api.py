"""Roadshows, challenges and coaching over HTTP."""

from ninja import Router

from pilotharbor.outreach.routes import challenges, coaching, roadshows

router = Router()
router.add_router("", roadshows.router)
router.add_router("", challenges.router)
router.add_router("", coaching.router)
