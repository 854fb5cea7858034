from __future__ import annotations

import pytest

from hushgate.detect.filters import FILTERS

TABLE = [
    ("placeholder", "${DB_PASSWORD}", True),
    ("placeholder", "{{ secret }}", True),
    ("placeholder", "<your-api-key>", True),
    ("placeholder", "your_token_here", True),
    ("placeholder", "AKIAIOSFODNN7EXAMPLE", True),
    ("placeholder", "changeme", True),
    ("placeholder", "xxxxxxxx", True),
    ("placeholder", "sk-...", True),
    ("placeholder", "$PASSWORD", True),
    ("placeholder", "%s:%s", True),
    ("placeholder", "123456789", True),
    ("placeholder", "Kp3x-Wq9Lm", False),
    ("placeholder", "$L_1qZnJG%q", False),
    ("placeholder", "m{{h}o)p${e]nob", False),
    ("placeholder", "7f6aid1b", False),
    ("code", "os.environ['X']", True),
    ("code", "get_password()", True),
    ("code", "config.password", True),
    ("code", "user->secret", True),
    ("code", "*d7SUqeaG+6n_y", False),
    ("code", "a == b", True),
    ("code", "kq7Vx2Lw9Tb4Nz8R==", False),
    ("code", "Sommer2031!", False),
    ("path", "/etc/ssl/private/key.pem", True),
    ("path", "https://acme.example/login", True),
    ("path", "config/secrets.yaml", True),
    ("path", "aB3/xY9+zQ", False),
    ("public_key", "pk_live_" + "Zq" * 12, True),
    ("public_key", "sk_live_" + "Zq" * 12, False),
    ("word", "required.", True),
    ("word", "swordfish", False),
    ("plain", "open_sesame", True),
    ("plain", "12345", True),
    ("plain", "blue-Horse7", False),
    ("plain", "xqzvkjwpfhgb", False),
    ("not_random", "get_connection_settings", True),
    ("not_random", "7Gq2vN9xLw4RtZ8y", False),
    ("not_issued", "rfc3161Timestamps", True),
    ("not_issued", "mkt418884224102", False),
    ("spoken", "enter your password", True),
    ("spoken", "swordfish", True),
    ("spoken", "maple river candle", False),
    ("not_marked", "Kp3x-Wq9Lm", True),
    ("not_marked", "^[a-z]+(?:x|y)$", True),
    ("not_marked", "f(a[b]{c}<d>", True),
    ("not_marked", "w}{4)q$[zz,7@", False),
    ("no_quotes", "?, ?", True),
    ("no_quotes", "'carol', 'sunny-481'", False),
    ("pem_empty", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", True),
    ("pem_empty", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n", False),
    ("not_private", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t", True),
    ("not_private", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t", False),
    ("not_private", "!", True),
    ("prose", "must be at least eight characters", True),
    ("prose", "value 77 with-3 spaces", False),
    ("short_word", "reset2", True),
    ("short_word", "Reset2x9", False),
    ("not_mixed", "hunter", True),
    ("not_mixed", "SHA256", True),
    ("not_mixed", "s3cr3t!", False),
    ("key_name", "user_password", True),
    ("key_name", "swordfish", False),
    ("ports", "8080:80/tcp", True),
    ("ports", "kp3xwq9lm", False),
    ("sample_password", "password", True),
    ("sample_password", "kp3xwq9lm", False),
    ("machine_address", "git@github.com", True),
    ("machine_address", "icon@2x.png", True),
    ("machine_address", "carol@acme.example", False),
    ("machine_address", "carol@acme.com.txt", False),
    ("machine_address", "carol@mail.acme.de.json", False),
    ("machine_address", "icon@2x.ui.png", True),
    ("machine_address", "icon@2x.min.png", True),
    ("machine_address", "getty@tty1.service", True),
    ("few_digits", "AB123", True),
    ("few_digits", "AB1234", False),
    ("no_digits", "required", True),
    ("no_digits", "L01X00", False),
    ("not_street", "42 bytes off", True),
    ("not_street", "221 Baker Street", False),
    ("no_digit", "missing", True),
    ("no_digit", "9RSE 75", False),
    ("not_street_de", "During 197", True),
    ("not_street_de", "Hauptstraße 12", False),
    ("not_street_lower", "5 minutes from the road", True),
    ("not_street_lower", "88 sunset blvd", False),
    ("not_address", "3 customers in Berlin", True),
    ("not_address", "0 A", True),
    ("not_address", "38 Kromwater Hof", False),
    ("account_word", "Administrator", True),
    ("account_word", "cbaker84", False),
    ("shared_home", "/home/runner", True),
    ("shared_home", "C:\\\\Users\\\\Public", True),
    ("shared_home", "/home/carol", False),
]


@pytest.mark.parametrize(("name", "value", "dropped"), TABLE, ids=[f"{n}-{v[:24]!r}" for n, v, _ in TABLE])
def test_filters(name: str, value: str, dropped: bool) -> None:
    assert FILTERS[name](value) is dropped


def test_every_filter_is_in_the_table_both_ways() -> None:
    assert {(row[0], row[2]) for row in TABLE} == {(name, way) for name in FILTERS for way in (True, False)}


@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize("value", ["", " ", "\ud800", "é", "٣" * 20, "A" * 20_000, "-" * 20_000, "a@" * 5000])
def test_no_filter_raises_or_lingers(name: str, value: str) -> None:
    assert FILTERS[name](value) in (True, False)
