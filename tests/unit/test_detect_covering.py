"""What lies under a stream looks like noise, comes back from under it, and can be read in parts."""

from __future__ import annotations

import io
import random
from array import array

import numpy as np

from hushgate.detect.covering import PIECES, ROWS, WHOLE, Cover, Covered, Under

KEY = b"k" * 32


def test_it_looks_like_noise_and_comes_back() -> None:
    empty = bytes(2 * WHOLE + 1000)
    cover = Cover(KEY, "anchors", WHOLE)
    hidden = cover.over(empty)
    assert 0.49 < np.bitwise_count(np.frombuffer(hidden, np.uint8)).sum() / (8 * len(hidden)) < 0.51
    words = np.frombuffer(hidden, np.uint64)
    assert len(np.unique(words)) == len(words), "no part of the stream comes again"
    assert cover.over(hidden) == empty


def test_each_key_name_and_form_has_a_stream_of_its_own() -> None:
    covers = [Cover(key, name, step) for key in (KEY, b"j" * 32) for name in ("a", "b") for step in (ROWS, PIECES)]
    starts = {bytes(cover.over(bytes(ROWS))) for cover in covers}
    assert len(starts) == 4, "what is covered twice under one name has one form"
    assert len({cover.block(n)[:16] for cover in covers for n in range(20)}) == 80


def test_any_part_is_what_it_is_in_the_whole() -> None:
    draw, cover = random.Random(1), Cover(KEY, "a", ROWS)
    whole = cover.over(bytes(5000))
    for _ in range(200):
        low = draw.randrange(5000)
        high = draw.randrange(low, 5001)
        assert cover.over(bytes(high - low), low) == whole[low:high]


def test_numbers_are_read_one_at_a_time() -> None:
    for code in "BI":
        told = [n * 37 % 251 for n in range(1000)]
        hidden = Cover(KEY, "a", ROWS).over(array(code, told))
        rows = Covered(memoryview(hidden).cast(code), KEY, "a")
        assert list(rows) == told and len(rows) == 1000
        assert rows[-1] == told[-1] and rows[5:9] == told[5:9]
        assert rows[900:] == told[900:] and rows[3:999:7] == told[3:999:7] and rows[9:5] == []
        assert list(Covered(memoryview(hidden).cast(code), KEY, "b")) != told


def test_what_is_written_in_pieces_is_the_whole() -> None:
    file = io.BytesIO()
    with io.BufferedWriter(Under(file, Cover(KEY, "a", ROWS)), 300) as out:
        for n in range(500):
            out.write(bytes([n % 256]) * (n % 7))
        out.flush()
        whole = b"".join(bytes([n % 256]) * (n % 7) for n in range(500))
        assert Cover(KEY, "a", ROWS).over(file.getvalue()) == whole
        file.close()
        out.write(b"more")  # nobody is there to read it
