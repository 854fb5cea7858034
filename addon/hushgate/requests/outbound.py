"""A request as it goes out, to the byte: what was written in place of it, and headers that fit its body."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hushgate.requests.inbound import Headers, Inbound, Written

OF_THE_BODY: Final = ("content-encoding", "content-md5", "digest", "content-digest", "repr-digest", "etag")
"""Headers that are about bytes which are no longer the body's, once that was changed."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """What is forwarded of one request. `target` is path and query."""

    target: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def as_it_came(cls, inbound: Inbound) -> Outbound:
        """The request before anything was changed in it."""
        return cls(inbound.target, inbound.headers, inbound.body)

    def with_written(self, out: Written) -> Outbound:
        """The request with what stands in its place.

        It says how long its body is: HTTP/1 takes bytes behind a request that does not
        say it for the next request, which nobody would have read.
        """
        headers = self.headers if out.headers is None else out.headers
        body = self.body if out.body is None else out.body
        gone = {"transfer-encoding", *(() if out.body is None else OF_THE_BODY)}
        says_length = out.body is not None or any(
            name.lower() in ("transfer-encoding", "content-length") for name, _ in headers
        )
        kept = tuple(pair for pair in headers if pair[0].lower() not in gone)
        if body or says_length:
            kept = _with_length(kept, len(body))
        return Outbound(self.target if out.target is None else out.target, kept, body)


def _with_length(headers: Headers, length: int) -> Headers:
    """Headers with this length, once, in the place where they had one."""
    said = ("content-length", str(length))
    places = [index for index, (name, _) in enumerate(headers) if name.lower() == "content-length"]
    if not places:
        return (*headers, said)
    if len(places) == 1 and headers[places[0]][1] == said[1]:
        return headers
    kept = [pair for index, pair in enumerate(headers) if index not in places[1:]]
    kept[places[0]] = said
    return tuple(kept)
