from __future__ import annotations

import random
import string

import pytest

from hushgate.detect.randomness import is_issued, is_random, surprise


@pytest.mark.parametrize(
    ("alphabet", "length", "least"),
    [
        (string.ascii_letters + string.digits, 16, 0.95),
        (string.ascii_letters + string.digits, 32, 0.98),
        (string.ascii_lowercase + string.digits, 20, 0.97),
        ("0123456789abcdef", 20, 0.9),
        ("0123456789abcdef", 32, 0.98),
    ],
)
def test_random_text_is_told_apart(alphabet: str, length: int, least: float) -> None:
    dice = random.Random(7)
    values = ["".join(dice.choices(alphabet, k=length)) for _ in range(400)]
    assert sum(map(is_random, values)) / len(values) >= least


def test_identifiers_are_not_random() -> None:
    names = """getElementsByClassName http_response_status user_session_token_expiry BaseHTTPRequestHandler
        authentication_middleware_settings maximumNumberOfConnections ACCESS_TOKEN_LIFETIME_SECONDS
        test_connection_pool_timeout_2 utf8_decoder_state org.springframework.context sha256_digest""".split()
    assert [name for name in names if is_random(name)] == []


def test_surprise_of_nothing_is_nothing() -> None:
    assert surprise("") == 0.0


@pytest.mark.parametrize(
    "value", ["", "short", "1234567890123456", "-1*1/1+1*1//1", "deadbeefdeadbeef", "aaaaaaaaaaaaaaaaaaaa"]
)
def test_too_little_to_tell(value: str) -> None:
    assert not is_random(value)


def test_a_hex_prefix_and_dashes_do_not_count() -> None:
    assert is_random("0x9ee33b8cc952e16c39bd4eb2f06e1123")
    assert is_random("9ee33b8c-c952-4e16-a9bd-4eb2f06e1123")


@pytest.mark.parametrize(
    "value",
    [
        "48192037481920374819",  # digits alone
        "5c1f0e83b7d2",  # short hexadecimal text
        "bdfeacbdfeacbdfeacbdfeac",  # its letters alone
        "mkt418884224102",
        "test_5c1f0e83b7d24a695c",
        "7Gq2vN9xLw4RtZ8y",
    ],
)
def test_what_an_issuer_hands_out(value: str) -> None:
    assert is_issued(value)


@pytest.mark.parametrize(
    "value",
    ["", "short", "1.20.3-beta.4", "2031-04-12", "20310412101155", "rfc3161Timestamps", "coverage-reporter-13",
     "access_token_lifetime", "aaaaaaaaaaaaaa", "10.0.12.200:8080", "481920374819"],
)  # fmt: skip
def test_what_an_issuer_does_not_hand_out(value: str) -> None:
    assert not is_issued(value)


def test_issued_or_not_over_many() -> None:
    dice = random.Random(11)
    values = ["".join(dice.choices(string.ascii_letters + string.digits, k=20)) for _ in range(400)]
    assert sum(map(is_issued, values)) / len(values) >= 0.98
