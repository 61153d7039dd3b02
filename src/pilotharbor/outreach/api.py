"""Roadshows, challenges and coaching over HTTP."""

from ninja import Router

from pilotharbor.outreach.routes import roadshows

router = Router()
router.add_router("", roadshows.router)
