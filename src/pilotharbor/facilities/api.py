"""Lines, equipment, places, hours, prices and engineers for programs."""

from ninja import Router

from pilotharbor.facilities.routes import equipment, hours, lines, prices, sites

router = Router()
router.add_router("", sites.router)
router.add_router("", hours.router)
router.add_router("", prices.router)
# The moves of a machine take any word after its number, so what has its own word comes before.
router.add_router("", equipment.router)
router.add_router("", lines.router)
