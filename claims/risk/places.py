"""Places on the map, and how far they are from one another."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_KM: Final = 6371.0
MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Place:
    """A place by latitude and longitude in degrees (WGS 84). Raises `ValueError` for one that is not on the map."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("the place is not on the map")

    @classmethod
    def of_millionths(cls, latitude: int, longitude: int) -> Place:
        """Return the place that was kept in millionths of a degree."""
        return cls(latitude / MILLION, longitude / MILLION)

    @property
    def millionths(self) -> tuple[int, int]:
        """Latitude and longitude in millionths of a degree, to a decimetre: how it is kept."""
        return round(self.latitude * MILLION), round(self.longitude * MILLION)

    def km_to(self, other: Place) -> float:
        """Return the distance over the surface in km, by the haversine formula."""
        north = radians(other.latitude - self.latitude) / 2
        east = radians(other.longitude - self.longitude) / 2
        chord = sin(north) ** 2 + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(east) ** 2
        return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))
