"""Messages as a stream of bytes: any cut gives the same frames, and what is no such stream is refused."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.framing.messages import Message, Messages, packed, unpacked

SOME = (Message(b'{"a":1}'), Message(b"\xff\x00", binary=True), Message(b""), Message('"ü"'.encode(), binary=True))


def test_what_is_packed_comes_back() -> None:
    assert unpacked(packed(SOME)) == SOME
    assert unpacked(b"") == ()


def test_cut_anywhere_the_frames_are_the_same() -> None:
    stream = packed(SOME)
    for size in (1, 2, 3, 5, 7, len(stream)):
        decoder = Messages()
        found = [one for at in range(0, len(stream), size) for one in decoder.feed(stream[at : at + size])]
        assert decoder.flush() == []
        assert b"".join(one.raw for one in found) == stream
        assert [one.data for one in found] == ['{"a":1}', None, "", '"ü"']
        assert not any(one.beside or one.closes for one in found)


@pytest.mark.parametrize("broken", [b"X\0\0\0\0", b"T\xff\xff\xff\xff", b"data: hello\n\n"])
def test_another_stream_is_refused(broken: bytes) -> None:
    with pytest.raises(Malformed, match="no stream of messages"):
        Messages().feed(broken)


def test_a_cut_message_is_refused() -> None:
    cut = packed(SOME)[:-1]
    decoder = Messages()
    decoder.feed(cut)
    with pytest.raises(Malformed, match="cut off"):
        decoder.flush()
    with pytest.raises(Malformed, match="cut off"):
        unpacked(cut)


def test_other_data_keeps_the_kind_of_message() -> None:
    text, binary = Messages().feed(packed([Message(b"{}"), Message(b"{}", binary=True)]))
    assert unpacked(text.with_data('["ü"]')) == (Message('["ü"]'.encode()),)
    assert unpacked(binary.with_data("[]")) == (Message(b"[]", binary=True),)
    assert unpacked(Messages().frame("{}", "name", last=True)) == (Message(b"{}"),)
    framing = Messages()
    framing.feed(packed([Message(b"1"), Message(b"2", binary=True)]))
    assert unpacked(framing.frame("{}")) == (Message(b"{}", binary=True),), "of the kind that the provider sends"


def test_no_text_in_reprs() -> None:
    message = Message(b"secret")
    assert "secret" not in repr(message) + repr(Messages().feed(message.packed()))
