"""A code for a phone."""

from typing import TYPE_CHECKING

from pilotharbor.kernel.later import later

if TYPE_CHECKING:
    import segno
else:
    segno = later("segno")


def qr(address: str) -> str:
    """The QR picture of an address, as the data address of an image."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff")
