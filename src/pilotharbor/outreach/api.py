"""Roadshows, challenges and coaching over HTTP."""

from ninja import Router

from pilotharbor.outreach.routes import agenda, challenges, coaching, intents, roadshows, seats

router = Router()
router.add_router("", roadshows.router)
router.add_router("", agenda.router)
router.add_router("", seats.router)
router.add_router("", intents.router)
router.add_router("", challenges.router)
router.add_router("", coaching.router)
