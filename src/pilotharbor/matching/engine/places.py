"""How far apart are two regions? Between the seats of their province-level governments, as the crow flies."""

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0
# Latitude and longitude of the seat, degrees north and east; by the first two digits of GB/T 2260.
SEATS: dict[str, tuple[float, float]] = {
    "11": (39.9, 116.4), "12": (39.1, 117.2), "13": (38.0, 114.5), "14": (37.9, 112.6),
    "15": (40.8, 111.7), "21": (41.8, 123.4), "22": (43.9, 125.3), "23": (45.8, 126.5),
    "31": (31.2, 121.5), "32": (32.1, 118.8), "33": (30.3, 120.2), "34": (31.8, 117.2),
    "35": (26.1, 119.3), "36": (28.7, 115.9), "37": (36.7, 117.1), "41": (34.8, 113.6),
    "42": (30.6, 114.3), "43": (28.2, 112.9), "44": (23.1, 113.3), "45": (22.8, 108.4),
    "46": (20.0, 110.3), "50": (29.6, 106.6), "51": (30.7, 104.1), "52": (26.6, 106.6),
    "53": (25.0, 102.7), "54": (29.7, 91.1), "61": (34.3, 108.9), "62": (36.1, 103.8),
    "63": (36.6, 101.8), "64": (38.5, 106.2), "65": (43.8, 87.6), "71": (25.0, 121.5),
    "81": (22.3, 114.2), "82": (22.2, 113.5),
}  # fmt: skip


def distance_km(one: str, other: str) -> int | None:
    """Kilometres between the provinces of two codes, to the ten; nothing where a code says none."""
    here, there = SEATS.get(one[:2]), SEATS.get(other[:2])
    if here is None or there is None:
        return None
    north, south = radians(here[0]), radians(there[0])
    across = sin((south - north) / 2) ** 2
    along = sin(radians(there[1] - here[1]) / 2) ** 2
    angle = 2 * asin(sqrt(across + cos(north) * cos(south) * along))
    return round(EARTH_KM * angle / 10) * 10
