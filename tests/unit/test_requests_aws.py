"""Credentials that the gate may sign with."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from hushgate.requests.aws import NotInstalled, Wallet, account_of

KEY_ID, SECRET = "AKIAIOSFODNN7" + "EXAMPLE", "fakeSecret" + "fake"


@pytest.fixture(autouse=True)
def _nobodys_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


async def test_the_environments_key_is_for_clients_that_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await Wallet({}).find(KEY_ID) is None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    wallet = Wallet({})
    found = await wallet.find(KEY_ID)
    assert found is not None
    assert (found.access_key, found.secret_key, found.token, found.origin) == (KEY_ID, SECRET, "token", "environment")
    assert SECRET not in repr(found) + repr(wallet)
    assert await wallet.find("AKIAOTHER") is None


async def test_a_profile_is_for_the_key_or_the_account_that_it_is_named_for(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(f"[work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    account = account_of("ASIAQNZGKIQY56JQ7WML")
    assert account == "029608264753"
    wallet = Wallet({account: "work", "AKIACLIENT": "work"})
    for key_id in ("ASIAQNZGKIQY56JQ7WML", "AKIACLIENT"):
        found = await wallet.find(key_id)
        assert found is not None
        assert (found.access_key, found.origin) == (KEY_ID, "work")
    assert await wallet.find("AKIAOTHER") is None


async def test_a_profile_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(Exception, match="nowhere"):
        await Wallet({"AKIACLIENT": "nowhere"}).find("AKIACLIENT")


async def test_the_machines_own_role_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("botocore.utils.InstanceMetadataFetcher.retrieve_iam_role_credentials", asked.append)
    assert await Wallet({}).find(KEY_ID) is None
    assert asked == []


async def test_botocore_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("botocore"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NotInstalled):
        await Wallet({}).find(KEY_ID)


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("AKIDEXAMPLE", None),
        ("AKIA", None),
        ("AKIA0000000000000000", None),
        ("AROAQNZGKIQY56JQ7WML", None),
        ("", None),
    ],
)
def test_the_account_is_in_the_keys_id(key_id: str, account: str | None) -> None:
    assert account_of(key_id) == account
