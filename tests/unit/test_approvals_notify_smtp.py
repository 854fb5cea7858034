"""Mails against a real mail server: TLS, log-in, and what it refuses."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hushgate.approvals.notify import smtp
from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.channels import Step
from hushgate.approvals.notify.mail import mail
from hushgate.approvals.notify.messages import about
from hushgate.approvals.notify.smtp import Postman
from tests.doubles.pki import Authority
from tests.notices import AT, Mailbox, approval

PLAIN = ssl.create_default_context()
LOGIN = ("gate", "not-a-real-password")
MAIL = mail(about(approval(), Step.OPENED, AT, "https://c.test/link/x"), "gate@acme.test", ("bob@acme.test",))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    yield Authority.create(Path(tmp_path_factory.mktemp("pki")))


@pytest.mark.parametrize("first", [True, False], ids=["smtps", "starttls"])
async def test_under_tls_and_logged_in(authority: Authority, first: bool) -> None:
    async with Mailbox(authority.server_context("127.0.0.1"), first, LOGIN) as box:
        await Postman(box.url, authority.client_context(), *LOGIN).send(MAIL)
    assert box.secure == [True] and box.to == [["bob@acme.test"]]
    assert box.got[0]["Subject"] == "[hushgate] alice waits for approval: EMAIL_ADDRESS to openai"


@pytest.mark.parametrize("first", [True, False], ids=["smtps", "starttls"])
async def test_a_certificate_that_nobody_vouches_for(authority: Authority, first: bool) -> None:
    async with Mailbox(authority.server_context("127.0.0.1"), first, LOGIN) as box:
        with pytest.raises(Undelivered, match="not to be trusted") as why:
            await Postman(box.url, PLAIN, *LOGIN).send(MAIL)
    assert not why.value.again and box.got == []


async def test_on_this_machine_it_goes_without_tls() -> None:
    async with Mailbox() as box:
        await Postman(box.url, PLAIN).send(MAIL)
    assert box.secure == [False]


async def test_elsewhere_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "is_loopback", lambda host: False)
    async with Mailbox() as box:
        with pytest.raises(Undelivered, match="offers no STARTTLS") as why:
            await Postman(box.url, PLAIN, *LOGIN).send(MAIL)
    assert not why.value.again and box.got == []


async def test_a_wrong_password(authority: Authority) -> None:
    async with Mailbox(authority.server_context("127.0.0.1"), True, LOGIN) as box:
        with pytest.raises(Undelivered, match="does not take user and password") as why:
            await Postman(box.url, authority.client_context(), "gate", "another").send(MAIL)
    assert not why.value.again and "another" not in str(why.value) and box.got == []


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("554 never", False)])
async def test_what_is_tried_again(answer: str, again: bool) -> None:
    async with Mailbox(says=[answer]) as box:
        with pytest.raises(Undelivered, match=answer[:3]) as why:
            await Postman(box.url, PLAIN).send(MAIL)
        assert why.value.again is again and "later" not in str(why.value)


async def test_nobody_there() -> None:
    async with Mailbox() as box:
        pass
    with pytest.raises(Undelivered, match="cannot be reached") as why:
        await Postman(box.url, PLAIN).send(MAIL)
    assert why.value.again


async def test_one_that_says_a_letter_a_second() -> None:
    """Each letter comes within the time for a step; all of it has a bound, and its thread ends then."""

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"2")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(slowly, "127.0.0.1", 0)
    began = time.monotonic()
    with pytest.raises(Undelivered, match=r"longer than 0\.4 s") as why:
        await Postman(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", PLAIN, seconds=0.4).send(MAIL)
    assert why.value.again and time.monotonic() - began < 3
    server.close()


async def test_a_password_that_cannot_be_sent(authority: Authority) -> None:
    async with Mailbox(authority.server_context("127.0.0.1"), True, LOGIN) as box:
        with pytest.raises(Undelivered, match="cannot carry"):
            await Postman(box.url, authority.client_context(), "gate", "gehe\u00efm").send(MAIL)


def test_no_password_shows() -> None:
    assert LOGIN[1] not in repr(Postman("smtp://mail.test", PLAIN, *LOGIN))
