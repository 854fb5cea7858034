from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.errors import ConfigError
from hushgate.identity.single import load_sign_on, roles_of

FILE = """
version: 1
issuer: https://login.example/realms/acme
client_id: hushgate
client_secret: env:OIDC_SECRET
roles: {approvers: [approver, revealer], auditors: auditor}
"""


def test_a_file_and_its_defaults(tmp_path: Path) -> None:
    place = tmp_path / "login.yaml"
    place.write_text(FILE)
    found = load_sign_on(place, {"OIDC_SECRET": "shh"}, "https://Gate.example/")
    assert found.callback == "https://Gate.example/login/callback"
    assert (found.client_secret, found.name, found.groups, found.ca) == ("shh", "email", "groups", None)
    assert found.scopes == ("openid", "email", "profile")
    assert roles_of(found, ("auditors", "approvers", "others")) == ("approver", "auditor", "revealer")
    assert "shh" not in repr(found)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("issuer: http://login.example", "issuer"),
        ("issuer: https://login.example?a=b", "issuer"),
        ("client_secret: the-secret-itself", "client_secret"),
        ("client_secret: env:NOT_SET", "NOT_SET is not set"),
        ("ca: ./not-there.pem", "not there"),
        ("roles: {a: boss}", "roles"),
        ("colour: red", "colour"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, line: str, says: str) -> None:
    key = line.partition(":")[0]
    place = tmp_path / "login.yaml"
    place.write_text("\n".join(one for one in FILE.splitlines() if not one.startswith(f"{key}:")) + f"\n{line}\n")
    with pytest.raises(ConfigError, match=says) as why:
        load_sign_on(place, {"OIDC_SECRET": "shh"}, "https://Gate.example/")
    assert "the-secret-itself" not in str(why.value)
