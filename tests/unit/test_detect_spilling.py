from __future__ import annotations

import struct
from array import array
from pathlib import Path

import numpy as np

from hushgate.detect.catalog_file import BUCKETS
from hushgate.detect.spilling import PARTS, Spill, Starts

FIELDS = np.dtype([("hash", "<u8"), ("more", "u1")])


def test_rows_come_by_their_first_bits_and_are_gone_with_the_spill(tmp_path: Path) -> None:
    hashes = [(n * 0x9E3779B97F4A7C15) % (1 << 64) for n in range(1000)]
    with Spill(tmp_path, FIELDS) as spill:
        for n, hashed in enumerate(hashes):
            spill.add(hashed, struct.pack("<QB", hashed, n % 256))
        parts = list(spill.parts())
        spill.column().write(b"more")
    assert list(tmp_path.iterdir()) == []
    assert len(parts) == PARTS
    whole = [int(one) for part in parts for one in np.sort(part["hash"])]
    assert whole == sorted(hashes)


def test_many_rows_at_once_go_where_each_would(tmp_path: Path) -> None:
    hashes = np.array([(n * 0x9E3779B97F4A7C15) % (1 << 64) for n in range(1000)] + [0, (1 << 64) - 1], np.uint64)
    with Spill(tmp_path, FIELDS) as spill:
        spill.extend(np.rec.fromarrays([hashes, np.ones(len(hashes), np.uint8)], FIELDS))
        spill.extend(np.zeros(0, FIELDS))
        parts = list(spill.parts())
    assert all((part["hash"] >> np.uint64(58) == n).all() for n, part in enumerate(parts))
    assert sorted(int(one) for part in parts for one in part["hash"]) == sorted(hashes.tolist())


def test_where_buckets_begin() -> None:
    starts = Starts()
    starts.add(np.array([0, 0, 2], np.uint64))
    starts.add(np.array([2, BUCKETS - 1], np.uint64))
    told = array("I", starts.written())
    assert len(told) == BUCKETS + 1
    assert told[:4].tolist() == [0, 2, 2, 4]
    assert told[-2:].tolist() == [4, 5]
