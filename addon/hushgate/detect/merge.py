"""Overlapping hits become one: the most telling wins, and no sensitive part is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from hushgate.detect.hit import Hit
from hushgate.values import Level

_GENERIC: Final = ("generic", "context", "entropy", "random", "password")


def specific(hit: Hit) -> bool:
    """Does the rule know what the value is (an issuer's key, a checked number), not only that it may be one?"""
    return not any(word in hit.rule_id for word in _GENERIC)


def _rank(hit: Hit) -> tuple[int, bool, bool, int, float, bool, int, str]:
    """The higher level; known from a catalog; the specific rule; the longer span; the higher score; plain text."""
    return (
        hit.level,
        hit.origin is not None,
        specific(hit),
        hit.end - hit.start,
        hit.score,
        not hit.layer,
        -len(hit.layer),
        hit.rule_id,
    )


def merged(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits in order of their start, none overlapping another.

    Where hits overlap the best one stands for all. It grows over a
    confidential or higher one that reaches past it, so that dropping that one
    uncovers nothing; a lower one that reaches past it is dropped. What is known
    of it from a catalog as another entity is still known of it: `least`.
    """
    # A set would order ties by the process: the fingerprint that is kept must be the same in the next one.
    left = sorted(dict.fromkeys(hits), key=lambda hit: (hit.start, -hit.end, hit.rule_id, hit.layer, hit.entity))
    if len(left) < 2:
        return tuple(left)
    out: list[Hit] = []
    cluster: list[Hit] = []
    reach = -1
    for hit in left:
        if cluster and hit.start >= reach:
            out += _settled(cluster)
            cluster = []
            reach = -1
        cluster.append(hit)
        reach = max(reach, hit.end)
    out += _settled(cluster)
    return tuple(out)


def _settled(cluster: list[Hit]) -> list[Hit]:
    out: list[Hit] = []
    rest = sorted(cluster, key=_rank, reverse=True)
    while rest:
        best, *others = rest
        start, end, covered = best.start, best.end, []
        grown = True
        while grown:
            grown, apart = False, []
            for hit in others:
                if hit.end <= start or hit.start >= end:
                    apart.append(hit)
                    continue
                covered.append(hit)
                if hit.level >= Level.CONFIDENTIAL and (hit.start < start or hit.end > end):
                    start, end, grown = min(start, hit.start), max(end, hit.end), True
            others = apart
        best = _standing(best, covered)
        # Growing may have reached a hit that already stands.
        for i, done in enumerate(out):
            if done.start < end and start < done.end:
                out[i] = _standing(done, (best,)).moved(min(start, done.start), max(end, done.end))
                break
        else:
            out.append(best if (start, end) == (best.start, best.end) else best.moved(start, end))
        rest = others
    out.sort(key=lambda hit: hit.start)
    return out


def _standing(best: Hit, covered: Sequence[Hit]) -> Hit:
    """A hit that stands for others."""
    known = (max(hit.least, hit.level) for hit in covered if hit.origin is not None and hit.entity != best.entity)
    least = max(best.least, *known, *(hit.least for hit in covered), Level.PUBLIC)
    return best if least == best.least else replace(best, least=least)
