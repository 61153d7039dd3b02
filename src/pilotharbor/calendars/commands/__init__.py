"""Secret addresses of calendars, kiosks at the lines, and the PINs people have there."""

from pilotharbor.calendars.commands.feeds import TooManyAddresses, make_address, revoke_address
from pilotharbor.calendars.commands.kiosks import NotYourKiosk, make_kiosk, revoke_kiosk
from pilotharbor.calendars.commands.pins import (
    NotWithoutLines,
    PinNotSixDigits,
    PinTooSimple,
    Tried,
    drop_pin,
    set_pin,
    try_pin,
)

__all__ = [
    "NotWithoutLines",
    "NotYourKiosk",
    "PinNotSixDigits",
    "PinTooSimple",
    "TooManyAddresses",
    "Tried",
    "drop_pin",
    "make_address",
    "make_kiosk",
    "revoke_address",
    "revoke_kiosk",
    "set_pin",
    "try_pin",
]
