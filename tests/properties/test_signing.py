"""Whatever was signed and whatever becomes of it: what leaves has a right signature, or does not leave."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha256
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from hushgate.errors import Malformed, Unsigned
from hushgate.requests.aws import Credentials
from hushgate.requests.inbound import Headers, Inbound, Written
from hushgate.requests.outbound import Outbound
from hushgate.requests.signing import Signer
from tests.doubles.sigv4 import WrongSignature, check
from tests.unit.test_requests_signing import KEY_ID, OTHER_ID, OTHER_SECRET, OWN, SECRETS, Ring, SigV4QueryAuth, signed

NAMES: Final = ("X-Note", "x-amz-note", "Accept-Encoding", "Content-Encoding", "ETag", "Digest", "Te", "Content-Length")
VALUES = st.text(st.sampled_from("a1 ,=;é~"), max_size=6).map(str.strip)
TARGETS = st.builds(
    lambda path, query: f"/model/{path}/converse{query}",
    st.sampled_from(["m", "a%3A0", "arn%3Aaws%2Fx", "a~b", "a+b", "a//b", "a/../c"]),
    st.sampled_from(["", "?", "?a=1", "?b=%20x&a=2&a=1", "?a", "?a=%C3%A9&A=b%2Fc"]),
)
BODIES = st.sampled_from([b"", b"{}", b'{"messages":[]}'])
SESSION: Final = Credentials(OTHER_ID, OTHER_SECRET, "token", "work")


@st.composite
def requests(draw: st.DrawFn) -> Inbound:
    """A request as its client signed it, in its headers or its URL."""
    body = draw(BODIES)
    headers = draw(st.dictionaries(st.sampled_from(NAMES[:-1]), VALUES.filter(str.isascii), max_size=3))
    if draw(st.booleans()):
        headers["Content-Length"] = str(len(body))
    auth = draw(st.sampled_from([None, SigV4QueryAuth]))
    if auth is None and draw(st.booleans()):
        headers["X-Amz-Content-SHA256"] = sha256(body).hexdigest()
    made = signed(headers, body=body, target=draw(TARGETS), **({} if auth is None else {"auth": auth}))
    if draw(st.integers(0, 4)) == 0:  # tampered with on its way to the gate
        made = replace(made, body=made.body + b" ")
    return made


@st.composite
def edits(draw: st.DrawFn, came: Inbound) -> Written:
    headers: Headers | None = None
    if draw(st.booleans()):
        gone, value = draw(st.sampled_from(NAMES)), draw(VALUES.filter(str.isascii))
        headers = tuple(
            (name, value if draw(st.integers(0, 5)) == 0 and name.lower() not in _OURS else text)
            for name, text in came.headers
            if name != gone or draw(st.booleans())
        )
    target = draw(TARGETS) if draw(st.integers(0, 3)) == 0 and "X-Amz-Signature" not in came.target else None
    return Written(draw(st.none() | BODIES), target, headers)


_OURS: Final = ("authorization", "host", "x-amz-date", "x-amz-content-sha256", "content-length")


def right(inbound: Inbound, out: Written) -> bool:
    goes = Outbound.as_it_came(inbound).with_written(out)
    try:
        check(inbound.route.method, goes.target, goes.headers, goes.body, SECRETS)
    except WrongSignature:
        return False
    return True


@given(st.data(), st.sampled_from([OWN, SESSION, None]), st.sampled_from(["block", "pass-if-clean"]), st.booleans())
def test_nothing_leaves_with_a_signature_that_the_gate_made_wrong(
    data: st.DataObject, credentials: Credentials | None, resign: str, enforced: bool
) -> None:
    inbound = data.draw(requests())
    written = data.draw(edits(inbound))
    before = right(inbound, Written())
    signer = Signer(Ring(credentials), resign)  # type: ignore[arg-type]
    try:
        out = asyncio.run(signer.seal(inbound, written, enforced=enforced))
    except (Unsigned, Malformed):
        # Refused: not where everything is as it should be.
        clean = written == Written() and credentials is not None
        assert not (clean and before)
        assert credentials is None or credentials.access_key == KEY_ID
        return
    assert out.body == written.body
    if out is written:
        assert right(inbound, out) == before  # The client's own signature, for better or worse.
    else:
        assert right(inbound, out)
        assert before or credentials is SESSION
