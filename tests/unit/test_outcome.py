"""What goes out, and what goes on record, once it is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hushgate.errors import Malformed, Unsigned
from hushgate.outcome import Outcomes
from hushgate.requests.inbound import Inbound, Written
from hushgate.transform.placeholders import Placeholders
from hushgate.values import Decision, Gate, Level, Reason
from tests.gate_cases import EMAIL, PEM, Book, inbound, pipeline, policy, prompt

HELD = Decision(
    gate=Gate.HOLD, verdicts=(), reasons=(Reason("ask", "why"),), route=None, warnings=(), level=Level.PUBLIC,
    faults=(), ruleset_revision="r", enforced=True, message=None,
)  # fmt: skip


def outcomes(transcripts: str = "structure") -> Outcomes:
    return Outcomes(pipeline().reader, Placeholders(b"k" * 32), transcripts, lambda: 7.0)


@pytest.mark.parametrize(("gate", "refused"), [(Gate.ALLOW, False), (Gate.HOLD, True), (Gate.BLOCK, True)])
def test_only_what_is_allowed_goes_out(gate: Gate, refused: bool) -> None:
    made = outcomes()
    read = made.reader.read(inbound(prompt("hello")))
    judged = made.of(read, replace(HELD, gate=gate), policy(), None)
    assert (judged.refusal is not None) is refused
    assert (judged.transcript is None) is refused
    assert judged.record["at"] == 7.0
    assert ("status" in judged.record) is refused
    assert made.of(read, replace(HELD, gate=gate, enforced=False), policy(), None).refusal is None


def test_without_transcripts_none_is_made() -> None:
    made = outcomes("none")
    read = made.reader.read(inbound(prompt("hello")))
    assert made.of(read, replace(HELD, gate=Gate.ALLOW), policy(), None).transcript is None


class Signs:
    """Signs nothing: seals a request with one header, or raises."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.sealed: list[tuple[Written, bool]] = []

    async def seal(self, inbound: Inbound, out: Written, *, enforced: bool) -> Written:
        self.sealed.append((out, enforced))
        if self.failure is not None:
            raise self.failure
        return out if out.body is None else replace(out, headers=(("authorization", "new"),))


async def test_what_goes_out_is_signed_before_it_is_on_record() -> None:
    book, signer = Book(), Signs()
    done = await pipeline(book, signer=signer).screen_request(inbound(prompt(f"I am {EMAIL}")))
    assert done.out.headers == (("authorization", "new"),)
    assert signer.sealed == [(replace(done.out, headers=None), True)]
    assert book.last("opened")["signature"] == "renewed"
    done = await pipeline(book, signer=signer).screen_request(inbound(prompt("hello")))
    assert done.out.headers is None
    assert "signature" not in book.last("opened")


@pytest.mark.parametrize(
    ("failure", "status", "rule", "fault"),
    [
        (Unsigned("there is no key", hint="bring one"), 400, "aws-signature", ""),
        (Malformed("two signatures"), 400, "aws-signature", ""),
        (TimeoutError(), 503, "", "signing for AWS"),
        (KeyError("a secret"), 503, "", "signing for AWS"),
    ],
)
async def test_what_cannot_be_signed_does_not_leave(failure: Exception, status: int, rule: str, fault: str) -> None:
    for enforce in (True, False):
        book = Book()
        gate = pipeline(book, signer=Signs(failure), enforce=enforce)
        done = await gate.screen_request(inbound(prompt(f"I am {EMAIL}")))
        assert done.refusal is not None
        assert done.refusal.status == status
        assert "hint:" in done.refusal.message
        assert "a secret" not in done.refusal.message
        opened = book.last("opened")
        assert (opened["gate"], opened["status"]) == ("block", status)
        assert not rule or [reason["rule"] for reason in opened["reasons"]] == [rule]
        assert [one["where"] for one in opened["faults"]] == ([fault] if fault else [])
        assert done.decision is not None
        assert done.decision.gate.word == "block"
        assert opened["findings"][0]["entity"] == "EMAIL_ADDRESS"


async def test_what_is_refused_or_played_is_not_signed() -> None:
    signer = Signs()
    await pipeline(signer=signer).screen_request(inbound(prompt(PEM)))
    await pipeline(signer=signer, mask_everything=True).screen_request(inbound(prompt("hello")))
    assert signer.sealed == []
