"""Secret addresses of calendars, kiosks at the lines, PINs there, and what visitors are told."""

from pilotharbor.calendars.commands.feeds import (
    IssuedAddress,
    TooManyAddresses,
    make_address,
    renew_address,
    revoke_address,
)
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
from pilotharbor.calendars.commands.showcase import (
    NoSuchIndustry,
    TooManyIndustries,
    tell_industries,
)

__all__ = [
    "IssuedAddress",
    "NoSuchIndustry",
    "NotWithoutLines",
    "NotYourKiosk",
    "PinNotSixDigits",
    "PinTooSimple",
    "TooManyAddresses",
    "TooManyIndustries",
    "Tried",
    "drop_pin",
    "make_address",
    "make_kiosk",
    "renew_address",
    "revoke_address",
    "revoke_kiosk",
    "set_pin",
    "tell_industries",
    "try_pin",
]
