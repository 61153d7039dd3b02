"""Who gets which equipment when: asked, reviewed, allotted, used."""

from pilotharbor.booking.models.bookings import Booking
from pilotharbor.booking.models.money import Charge, Quote, Usage
from pilotharbor.booking.models.review import Review
from pilotharbor.booking.models.series import Series
from pilotharbor.booking.models.slots import Allocation, Run
from pilotharbor.booking.models.waiting import Waiting

__all__ = [
    "Allocation",
    "Booking",
    "Charge",
    "Quote",
    "Review",
    "Run",
    "Series",
    "Usage",
    "Waiting",
]
