"""Times at which a rule applies, and the regions that hosts say they are in. Pure: the time is passed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_REGION: Final = re.compile(  # as AWS, Google Cloud, Azure, IBM, Alibaba and others call them
    r"(?:^|[.-])("
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?(?:north|south|east|west|central)(?:east|west)?-[0-9]"
    r"|(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-"
    r"(?:north|south|east|west|central)(?:east|west)?[0-9]{1,2}"
    r"|(?:us|eu|au|ca|in|jp|uk|ch|fr|de)(?=\.api\.|-api\.|\.inference\.|\.rep\.googleapis\.|\.edenai\.run$)"
    r"|[a-z]{2}(?=\.api\.openai\.com$)"
    r"|[a-z]{2}-[a-z]+(?=\.ml\.cloud\.ibm\.com$|\.bytepluses\.com$)|cn-[a-z]+(?=\.)|(?<=^dashscope-)us"
    r"|[a-z]+[0-9]?(?=\.api\.cognitive\.microsoft\.com$|\.(?:models\.ai|inference\.ml)\.azure\.com$)"
    r")(?=[.-]|$)"
)


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the week and a time of day, in one time zone. Past midnight where it ends before it begins."""

    days: frozenset[int]
    begin: time
    end: time
    zone: tzinfo

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Window:
        """From a mapping that fits the schema; ValueError for a time zone that nobody knows."""
        try:
            zone = ZoneInfo(written["zone"]) if "zone" in written else UTC
        except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
            raise ValueError(f"there is no time zone {written['zone']!r}") from None
        except KeyError:
            raise ValueError(f"there is no time zone {written['zone']!r}") from None
        days = written.get("days", DAYS)
        return cls(
            frozenset(DAYS.index(day) for day in ((days,) if isinstance(days, str) else days)),
            _time(written.get("from", "00:00")),
            _time(written.get("to", "24:00")),
            zone,
        )

    def holds(self, at: float) -> bool:
        """Whether the moment (seconds since the epoch) is within. A day's night belongs to the day it began on."""
        moment = datetime.fromtimestamp(at, self.zone)
        now, day = moment.time(), moment.weekday()
        if self.begin < self.end:
            return day in self.days and self.begin <= now < self.end
        return (day in self.days and now >= self.begin) or ((day - 1) % 7 in self.days and now < self.end)


def _time(written: str) -> time:
    hours, _, minutes = written.partition(":")
    return time.max if hours == "24" else time(int(hours), int(minutes))


def region(host: str) -> str:
    """The cloud region that a host's name tells (`eu-west-1`, `europe-west4`, `eu`), "" where it tells none."""
    found = _REGION.search(host)
    return found[1] if found else ""
