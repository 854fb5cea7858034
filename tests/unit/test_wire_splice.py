"""Inside JSON text only the edited literals change."""

from __future__ import annotations

import pytest

from hushgate.errors import Malformed
from hushgate.values import Embedded
from hushgate.wire.splice import Edit, splice

J = Embedded.JSON


@pytest.mark.parametrize(
    ("text", "edit", "edited"),
    [
        ('["a"]', Edit(below={0: Edit(text="b")}), '["b"]'),
        (' [ "a" , 1.0 ]\n', Edit(below={0: Edit(text="b")}), ' [ "b" , 1.0 ]\n'),
        ("[1.10, 4111111111111111]", Edit(below={1: Edit(text="C")}), '[1.10, "C"]'),
        (
            '{\n  "a": {"x": null},\n  "b": "old"\n}',
            Edit(below={"b": Edit(text="new")}),
            '{\n  "a": {"x": null},\n  "b": "new"\n}',
        ),
        ('{"a":1,"b":2}', Edit(below={"b": Edit(name="c")}), '{"a":1,"c":2}'),
        ('{"\\u0061": "x"}', Edit(below={"a": Edit(text="é")}), '{"\\u0061": "\\u00e9"}'),
        ('{"a": "x"}', Edit(below={"a": Edit(text="é")}), '{"a": "é"}'),
        ('{"a": "x"}', Edit(below={"a": Edit(text="\ud83d")}), '{"a": "\\ud83d"}'),
        ('["[ \\"x\\"]"]', Edit(below={0: Edit(below={J: Edit(below={0: Edit(text="y")})})}), '["[ \\"y\\"]"]'),
        ('{"": "x", "k": []}', Edit(below={"": Edit(text="y")}), '{"": "y", "k": []}'),
    ],
)
def test_splices(text: str, edit: Edit, edited: str) -> None:
    assert splice(text, edit) == edited


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("[true]", Edit(below={0: Edit(text="x")})),
        ("[null]", Edit(below={0: Edit(text="x")})),
        ("[{}]", Edit(below={0: Edit(text="x")})),
        ("[]", Edit(below={0: Edit(text="x")})),
        ("[1]", Edit(below={"0": Edit(text="x")})),
        ('["a"]', Edit(below={0: Edit(name="x")})),
        ('["a"]', Edit(below={0: Edit(below={"k": Edit(text="x")})})),
        ("[1]", Edit(below={0: Edit(below={J: Edit(text="x")})})),
        ("not json", Edit(below={0: Edit(text="x")})),
        ('["a', Edit(below={1: Edit(text="x")})),
        ("[", Edit(below={0: Edit(text="x")})),
    ],
)
def test_an_edit_that_finds_nothing_fails(text: str, edit: Edit) -> None:
    with pytest.raises(LookupError) as caught:
        splice(text, edit)
    assert caught.value.__context__ is None


def test_a_clash_is_refused() -> None:
    with pytest.raises(Malformed):
        splice('{"a":1,"b":2}', Edit(below={"a": Edit(name="b")}))


def test_edits_show_no_text() -> None:
    assert "secret" not in repr(Edit(name="secret", text="secret"))
