from __future__ import annotations

import json
import time

import pytest

from hushgate.transform.restore import Restorer
from hushgate.values import (
    ANY_TOOL,
    NO_TOOL,
    Placeholder,
    Tools,
)

MAIL = "<EMAIL_ADDRESS_k7f2qd3mxa>"
NOTE = "<SECRET_NOTE_zzzz222233>"
TABLE = {MAIL: "jane@example.com", NOTE: 'say "hi"\nC:\\x'}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"write to {MAIL}.", "write to jane@example.com."),
        (f"{MAIL}{MAIL}", "jane@example.comjane@example.com"),
        ("<email_address_k7f2qd3mxa>", "jane@example.com"),
        ("<Email_Address_K7F2QD3MXA>", "jane@example.com"),
        ("EMAIL_ADDRESS_k7f2qd3mxa", "jane@example.com"),
        ("(EMAIL_ADDRESS_k7f2qd3mxa)", "(jane@example.com)"),
        ("&lt;EMAIL_ADDRESS_k7f2qd3mxa&gt;", "jane@example.com"),
        ("&#60;EMAIL_ADDRESS_k7f2qd3mxa&#62;", "jane@example.com"),
        ("\\<EMAIL\\_ADDRESS\\_k7f2qd3mxa\\>", "jane@example.com"),
        (f"C:\\Users\\{MAIL}\\docs", "C:\\Users\\jane@example.com\\docs"),
        (f"\\\\{MAIL}\\\\", "\\\\jane@example.com\\\\"),
        ("`<EMAIL_ADDRESS_k7f2qd3mxa>`", "`jane@example.com`"),
        ("**<EMAIL\\_ADDRESS\\_k7f2qd3mxa>**", "**jane@example.com**"),
        ("<b>EMAIL_ADDRESS_k7f2qd3mxa</b>", "<b>jane@example.com</b>"),
        ("<EMAIL_ADDRESS_k7f2qd3mxa", "<jane@example.com"),
        # Not ours, or not whole:
        ("<EMAIL_ADDRESS_aaaaaaaaaa>", "<EMAIL_ADDRESS_aaaaaaaaaa>"),
        ("MY_EMAIL_ADDRESS_k7f2qd3mxa", "MY_EMAIL_ADDRESS_k7f2qd3mxa"),
        ("EMAIL_ADDRESS_k7f2qd3mxab", "EMAIL_ADDRESS_k7f2qd3mxab"),
        ("EMAIL_ADDRESS_k7f2qd3mxa_", "EMAIL_ADDRESS_k7f2qd3mxa_"),
        ("<EMAIL_ADDRESS_k7f2qd3mx", "<EMAIL_ADDRESS_k7f2qd3mx"),
        ("<PERSON_k7f2qd3mxa>", "<PERSON_k7f2qd3mxa>"),
        # Never into a URL:
        (f"![x](https://example.org/?q={MAIL})", f"![x](https://example.org/?q={MAIL})"),
        (f"https://example.org/{MAIL} {MAIL}", f"https://example.org/{MAIL} jane@example.com"),
        (f'<img src="//example.org/?a= {MAIL}">{MAIL}', f'<img src="//example.org/?a= {MAIL}">jane@example.com'),
        (f"mailto:{MAIL}", f"mailto:{MAIL}"),
    ],
)
def test_text(text: str, expected: str) -> None:
    known = Restorer(TABLE)
    assert known.whole(text) == expected
    stream = known.stream()
    assert "".join(stream.feed(c) for c in text) + stream.flush() == expected


@pytest.mark.parametrize("original", TABLE.values())
@pytest.mark.parametrize("form", [NOTE, "\\u003cSECRET_NOTE_zzzz222233\\u003e", "\\nSECRET_NOTE_zzzz222233\\n"])
def test_json_arguments_stay_json(form: str, original: str) -> None:
    restored = Restorer({NOTE: original}).whole('{"a":"' + form + '"}', json_string=True)
    assert json.loads(restored)["a"].strip("\n") == original


def test_nested_json_stays_json_at_every_level() -> None:
    inner = json.dumps({"deep": json.dumps({"note": NOTE})})
    restored = Restorer(TABLE).whole(json.dumps({"doc": inner, "note": NOTE}), json_string=True)
    outer = json.loads(restored)
    assert outer["note"] == TABLE[NOTE]
    assert json.loads(json.loads(outer["doc"])["deep"])["note"] == TABLE[NOTE]


def test_a_quotation_in_a_command_is_escaped_once() -> None:
    restored = Restorer(TABLE).whole(json.dumps({"command": f'echo "{NOTE}"'}), json_string=True)
    assert json.loads(restored)["command"] == f'echo "{TABLE[NOTE]}"'


@pytest.mark.parametrize(
    ("tools", "tool", "comes_back"),
    [
        (ANY_TOOL, "send", True),
        (ANY_TOOL, "", True),
        (NO_TOOL, None, True),
        (NO_TOOL, "send", False),
        ((("send", "mail_*"),), "mail_out", True),
        ((("send", "mail_*"),), "Send", False),
        ((("*",),), "", False),
        ((("*",), ("send",)), "send", True),
        ((("*",), ("send",)), "other", False),
    ],
)
def test_into_which_tools_it_comes_back(tools: Tools, tool: str | None, comes_back: bool) -> None:
    known = Restorer.of([Placeholder(MAIL, TABLE[MAIL], tools), Placeholder(NOTE, "x")])
    assert known.into(tool).whole(f"{MAIL} {NOTE}") == f"{TABLE[MAIL] if comes_back else MAIL} x"


def test_what_it_learns_it_knows_as_if_from_the_beginning() -> None:
    one, other = Placeholder(MAIL, TABLE[MAIL], (("send", "mail_*"),)), Placeholder(NOTE, "x")
    known = Restorer.of([other])
    stream = known.stream()
    assert stream.feed(f"{MAIL} ") == f"{MAIL} "
    assert known.into("send") is known
    known.learn([one, Placeholder(NOTE, "x", (("send",),))])
    assert stream.feed(f"{MAIL} {NOTE} ") == f"{TABLE[MAIL]} x ", "a stream that is open, too"
    at_once = Restorer.of([one, Placeholder(NOTE, "x", (("send",),))])
    assert known.bound == at_once.bound
    for tool in (None, "send", "mail_out", "other"):
        assert known.into(tool).whole(f"{MAIL} {NOTE}") == at_once.into(tool).whole(f"{MAIL} {NOTE}")
    known.learn([Placeholder(MAIL, TABLE[MAIL], NO_TOOL)])
    assert known.into("send").whole(MAIL) == MAIL, "where every telling of it allows"


def test_what_may_not_come_back_is_not_held_back() -> None:
    stream = Restorer({MAIL: "x"}, {MAIL: NO_TOOL}).into("send").stream(json_string=True)
    assert stream.feed(MAIL[:5]) == MAIL[:5]
    assert stream.feed(MAIL[5:]) + stream.flush() == MAIL[5:]


def test_an_original_that_looks_like_a_token_is_not_restored_again() -> None:
    assert Restorer({MAIL: NOTE, NOTE: "x"}).whole(MAIL) == NOTE


@pytest.mark.parametrize(
    ("chunk", "released"),
    [
        ("Hello wor", "Hello wor"),
        ("some_name", "some_name"),
        ("a < b", "a < b"),
        ("see the e", "see the "),
        ("see the <", "see the "),
        ("see the <EMAIL_ADD", "see the "),
        ("see the <EMAIL_BOX", "see the <EMAIL_BOX"),
        (f"see {MAIL}", "see jane@example.com"),
        ("see EMAIL_ADDRESS_k7f2qd3mxa", "see "),
        ("see EMAIL_ADDRESS_k7f2qd3mxa ", "see jane@example.com "),
    ],
)
def test_only_what_may_become_a_token_is_held(chunk: str, released: str) -> None:
    assert Restorer(TABLE).stream().feed(chunk) == released


def test_without_placeholders_nothing_is_held() -> None:
    assert Restorer({}).stream().feed("<EMAIL_ADDRESS_k7f2") == "<EMAIL_ADDRESS_k7f2"


def test_the_repr_shows_neither_tokens_nor_originals() -> None:
    assert repr(Restorer(TABLE)) == "Restorer(2 tokens)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u003eEMAIL_ADDRESS_k7f2qd3mxa x", "u003eEMAIL_ADDRESS_k7f2qd3mxa x"),  # A longer word: not ours.
        ("\\u003eEMAIL_ADDRESS_k7f2qd3mxa x", "\\u003ejane@example.com x"),
        (f"{MAIL[:-1]}\\u003eEMAIL_ADDRESS_k7f2qd3mxa x", "jane@example.comjane@example.com x"),
    ],
)
def test_an_escaped_bracket_parts_words_and_its_letters_do_not(text: str, expected: str) -> None:
    stream = Restorer(TABLE).stream(json_string=True)
    assert Restorer(TABLE).whole(text, json_string=True) == expected
    assert "".join(stream.feed(c) for c in text) + stream.flush() == expected


def test_look_alikes_beside_a_tokens_end_cost_no_more_than_their_length() -> None:
    text = f"_{MAIL.strip('<>')}>" * 6000
    begun = time.process_time()
    assert Restorer(TABLE).whole(text) == text
    assert time.process_time() - begun < 1
