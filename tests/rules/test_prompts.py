"""What people put into prompts: each value is found whole, and what looks like one is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushgate.detect.patterns import Patterns
from hushgate.detect.rules import load_rules
from hushgate.values import Level

FOLDER = Path(__file__).parents[2] / "rules" / "detect"
LOWS = "q3v8z1m5k7w2x9c4"
MIXED = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9fG1hJ3"
PEM = "-----BEGIN " + "PRIVATE KEY-----"
END = "-----END " + "PRIVATE KEY-----"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

FOUND = [
    ("hi, my password is hunter2.", "hunter2", "PASSWORD"),
    ("pw: Summer2024", "Summer2024", "PASSWORD"),
    ("username carol, password s3cr3t!wolf", "s3cr3t!wolf", "PASSWORD"),
    ("the wifi password is sunflower22", "sunflower22", "PASSWORD"),
    ("Our prod DB password is `xK9#mP2$vL`", "xK9#mP2$vL", "PASSWORD"),
    ("Das Passwort lautet Geheim123", "Geheim123", "PASSWORD"),
    ("mot de passe : Soleil123", "Soleil123", "PASSWORD"),
    ("la contraseña es Verano2024", "Verano2024", "PASSWORD"),
    ("la password è Estate2024", "Estate2024", "PASSWORD"),
    ("het wachtwoord is Winter2024", "Winter2024", "PASSWORD"),
    ("a senha é Verao2024", "Verao2024", "PASSWORD"),
    ("hasło to Zima2024", "Zima2024", "PASSWORD"),
    ("пароль: Зима2024", "Зима2024", "PASSWORD"),
    ("密码是Abc12345", "Abc12345", "PASSWORD"),
    ('{"password": "hunter2x"}', "hunter2x", "PASSWORD"),
    ("DB_PASSWORD=swordfish", "swordfish", "PASSWORD"),
    ("mysql -uroot -phunter2x db", "hunter2x", "PASSWORD"),
    ("sshpass -p hunter2x ssh box", "hunter2x", "PASSWORD"),
    ("curl -u admin:hunter2x http://box", "hunter2x", "PASSWORD"),
    ("redis-cli -a hunter2x", "hunter2x", "PASSWORD"),
    ("CREATE USER bob IDENTIFIED BY 'hunter2x'", "hunter2x", "PASSWORD"),
    ("machine h login u password hunter2x", "hunter2x", "PASSWORD"),
    ("amqp://guest:hunter2x@mq", "hunter2x", "URI_CREDENTIALS"),
    ("my acme api key is " + LOWS, LOWS, "API_KEY"),
    ("I use the acme key " + LOWS * 2 + ".", LOWS * 2, "API_KEY"),
    ("OPENAI_API_KEY=sk-" + "proj-" + MIXED, "sk-" + "proj-" + MIXED, "OPENAI_KEY"),
    ("token gh" + "p_" + MIXED[:36] + ", ok?", "gh" + "p_" + MIXED[:36], "GITHUB_TOKEN"),
    ('{"a": "hf' + "_" + "aBcDeFgHiJ" * 3 + 'kLmN"}', "hf" + "_" + "aBcDeFgHiJ" * 3 + "kLmN", "HUGGINGFACE_TOKEN"),
    ("see xox" + "b-123456789012-" + MIXED[:24] + "\\n", "xox" + "b-123456789012-" + MIXED[:24], "SLACK_TOKEN"),
    (f"{PEM}\n{BODY}\n{END}\nthanks", f"{PEM}\n{BODY}\n{END}", "PRIVATE_KEY"),
    (f"{PEM}\n{BODY}\n{BODY[:30]}", f"{PEM}\n{BODY}\n{BODY[:30]}", "PRIVATE_KEY"),
    (f'{{"k": "{PEM}\\n{BODY}\\n{END}\\n"}}', f"{PEM}\\n{BODY}\\n{END}", "PRIVATE_KEY"),
    (f"{PEM} {BODY} {END}", f"{PEM} {BODY} {END}", "PRIVATE_KEY"),
    ("SSN 536-90-4399", "536-90-4399", "US_SSN"),
    ("my social security number is 536904399", "536904399", "US_SSN"),
    ("card 4111-1111-1111-1111 exp 12/27", "4111-1111-1111-1111", "CREDIT_CARD"),
    ("IBAN: GB82 WEST 1234 5698 7654 32 please", "GB82 WEST 1234 5698 7654 32", "IBAN_CODE"),
    ("write to carol.b+x@acme.example.", "carol.b+x@acme.example", "EMAIL_ADDRESS"),
    ("Passport No. X1234567", "X1234567", "US_PASSPORT"),
    ("driver license D1234567", "D1234567", "US_DRIVER_LICENSE"),
    ("born on 12 May 1984 in Leeds", "12 May 1984", "DATE_OF_BIRTH"),
    ("geboren am 12.05.1984", "12.05.1984", "DATE_OF_BIRTH"),
    ("Musterstraße 5, 12345 Berlin", "Musterstraße 5, 12345 Berlin", "STREET_ADDRESS"),
    ("15 rue Victor Hugo, 69002 Lyon", "15 rue Victor Hugo, 69002 Lyon", "STREET_ADDRESS"),
    ("Via Roma 25, 00184 Roma", "Via Roma 25, 00184 Roma", "STREET_ADDRESS"),
    ("at 10 Downing Street, London SW1A 2AA", "10 Downing Street, London SW1A 2AA", "STREET_ADDRESS"),
    ("host 192.168.1.10:80", "192.168.1.10", "IP_ADDRESS"),
    ("my pin is 4821", "4821", "PIN"),
]
CLEAN = [
    "The password is required and must be at least 8 characters.",
    "your password is incorrect, please reset it",
    "password: str | None = None",
    "token = get_token(session)",
    "secret = os.environ['API_SECRET']",
    "api_key=YOUR_API_KEY",
    'client = OpenAI(api_key="sk-...")',
    "Authorization: Bearer $TOKEN",
    "const token = response.data.accessToken;",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "request id 550e8400-e29b-41d4-a716-446655440000",
    "docker run -p 8080:80 nginx",
    "released on 12 May 1984, version 1.2.3",
    "git clone git@github.com:acme/app.git",
    "epoch 1732406400123, build 20241124103000",
    "std::vector<int> v; a::b::c(d);",
    "https://acme.example/users/42?page=2&sort=created_at",
    "It is 42 bytes off, see chapter 3 of the guide.",
    "ssh-rsa " + "AAAAB3NzaC1yc2EAAAADAQABAAABAQ" + "C7VJTUt9Us8cKj",
]


@pytest.fixture(scope="module")
def patterns() -> Patterns:
    return Patterns(load_rules(sorted(FOLDER.glob("*.yaml"))), lambda value: "")


@pytest.mark.parametrize(("text", "value", "entity"), FOUND, ids=[f"{e}-{i}" for i, (_, _, e) in enumerate(FOUND)])
def test_found_whole(patterns: Patterns, text: str, value: str, entity: str) -> None:
    hits = patterns.scan([text])[0].hits
    start = text.index(value)
    assert [(h.start, h.end) for h in hits if h.entity == entity] == [(start, start + len(value))]


@pytest.mark.parametrize("text", CLEAN)
def test_left_alone(patterns: Patterns, text: str) -> None:
    hits = [h for h in patterns.scan([text])[0].hits if h.level > Level.PUBLIC]
    assert [(h.rule_id, text[h.start : h.end]) for h in hits] == []


@pytest.mark.parametrize(
    "piece",
    [
        "token=", "password=a", "password: ", 'password="a', "sk-", "eyJhbGciOi", "-----BEGIN PRIVATE KEY-----\n", "a@",
        "aaaa.bbbb@", "http://a:", "12 Main Apt ", "1984-05-12 born ", "10.1.2.3.4 ", "1:2:", "4111 1111 1111 1112 ",
        '"kty":"EC"', "?sig=a", "kind: secret\n", "7Gq2vN9x", "9",
    ],
)  # fmt: skip
def test_near_matches_without_end_are_judged(patterns: Patterns, piece: str) -> None:
    assert patterns.scan([piece * (60_000 // len(piece))])[0].faults == ()
