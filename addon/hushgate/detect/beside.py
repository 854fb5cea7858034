"""What values of one record come to over all texts of a prompt, each of which was judged by itself (and is cached)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushgate.detect.merge import merged
from hushgate.detect.sighting import Records, Seen
from hushgate.errors import Unscannable
from hushgate.turns import MANY, aside_if
from hushgate.values import Fault

WHERE: Final = "detect:together"


async def together[Name](
    records: Records | None, verdicts: Mapping[Name, Seen]
) -> tuple[Mapping[Name, Seen], tuple[Fault, ...]]:
    """The verdicts on a prompt's texts, raised where one stands beside others; a fault where that cannot be told."""
    many = sum(len(seen.sightings) for seen in verdicts.values()) if records is not None else 0
    if records is None or not many:
        return verdicts, ()
    try:
        return await aside_if(many > MANY, lambda: _raised(records, verdicts)), ()
    except Unscannable as why:
        return verdicts, (Fault(WHERE, str(why)),)
    except Exception as failure:  # noqa: BLE001  nothing is known of the whole then
        return verdicts, (Fault(WHERE, f"it failed with {type(failure).__name__}"),)


def _raised[Name](records: Records, verdicts: Mapping[Name, Seen]) -> Mapping[Name, Seen]:
    company = records.company()
    for seen in verdicts.values():
        company.add(seen.sightings)
    out = dict(verdicts)
    for name, seen in verdicts.items():
        if seen.sightings and (more := company.raised(seen.sightings)):
            out[name] = Seen(merged((*seen.hits, *more)), seen.sightings)
    return out
