"""Any form that a client's library writes is read; any bytes are read in one way, or refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata
from urllib3.fields import RequestField

from hushgate.errors import Malformed
from hushgate.values import Area, Location
from hushgate.wire.multipart import parse
from tests.multipart_readers import werkzeug

_NAMES = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters='"\\%'), min_size=1, max_size=12
)
_FIELDS = st.lists(st.tuples(_NAMES, _NAMES | st.none(), st.binary(max_size=40)), min_size=1, max_size=5)


def _written(fields: list[tuple[str, str | None, bytes]], boundary: str | None = None) -> tuple[bytes, str]:
    made = [RequestField(name, data, filename) for name, filename, data in fields]
    for field in made:
        field.make_multipart(content_type="application/octet-stream" if field._filename else None)
    return encode_multipart_formdata(made, boundary)


@given(_FIELDS)
def test_what_a_client_writes_is_read_and_means_the_same(fields: list[tuple[str, str | None, bytes]]) -> None:
    raw, content_type = _written(fields)
    form = parse(raw, content_type)
    assert [(part.name, part.filename, part.data) for part in form.parts] == fields
    assert werkzeug(*form.write({}, {}, {})) == werkzeug(raw, content_type) == fields


@given(_FIELDS, st.integers(0, 400), st.binary(max_size=8), st.integers(0, 3))
def test_damage_is_refused_or_changes_no_readings(
    fields: list[tuple[str, str | None, bytes]], at: int, more: bytes, less: int
) -> None:
    raw, content_type = _written(fields, "BB")
    at %= len(raw) + 1
    damaged = raw[:at] + more + raw[at + less :]
    try:
        form = parse(damaged, content_type)
    except Malformed as refused:
        assert refused.__context__ is None
        return
    assert [part.data for part in form.parts] == [data for _, _, data in werkzeug(*form.write({}, {}, {}))]


@given(_FIELDS, st.text(max_size=20), st.data())
def test_an_edit_changes_one_part(fields: list[tuple[str, str | None, bytes]], text: str, data: st.DataObject) -> None:
    form = parse(*_written(fields))
    index = data.draw(st.integers(0, len(fields) - 1))
    before = form.parts[index]
    edits = {} if before.text is None else {Location(Area.BODY, index, (before.name,)): text}
    contents = {index: text.encode()} if before.text is None else {}
    read = werkzeug(*form.write(edits, contents, {}))
    assert read[index][2] == text.encode()
    assert [part for n, part in enumerate(read) if n != index] == [part for n, part in enumerate(fields) if n != index]
