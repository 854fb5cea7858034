"""How often proxy credentials may be wrong; what comes of it is tried in `test_proxy_arrivals`."""

from __future__ import annotations

from hushgate.proxy.guesses import SECONDS, TRIES, Guesses


def test_an_ipv6_host_is_one_whichever_of_its_addresses_it_uses() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    waits = [guesses.wrong(f"2001:db8::{n:x}", "alice") for n in range(TRIES)]
    assert waits == [0.0] * (TRIES - 1) + [SECONDS]
    assert guesses.waits("2001:db8::ffff", "alice") == SECONDS
    assert guesses.waits("2001:db8:0:1::1", "alice") == guesses.waits("2001:db8::1", "bob") == 0
    now[0] = SECONDS
    assert guesses.waits("2001:db8::1", "alice") == 0
