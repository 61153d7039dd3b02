"""Signals of equipment for programs: samples in, series out, tags, alarms and connectors."""

from ninja import Router

from pilotharbor.telemetry.routes import alarms, connectors, moves, samples, tags

router = Router()
for _part in (samples, tags, alarms, connectors, moves):
    router.add_router("", _part.router)
