"""The JSON answers, held against their own OpenAPI description."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushgate.console.api import described
from tests.console_cases import VALUE, Case, case

TEXT = st.text(min_size=1, max_size=40)
NAME = TEXT.filter(lambda text: text not in (".", "..")) | st.sampled_from(["s1", "x1"])


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Case]:
    one = case(tmp_path)
    yield one
    one.ledger.close()


def held(described_: dict[str, Any], answer: httpx.Response, path: str, method: str) -> None:
    """The answer is one that the description has, and looks like it."""
    told = described_["paths"][path][method]["responses"]
    assert str(answer.status_code) in told, (path, answer.status_code, answer.text)
    jsonschema.validate(answer.json(), told[str(answer.status_code)]["content"]["application/json"]["schema"])


async def test_the_description_names_every_route_and_is_its_own_answer(pages: Case) -> None:
    async with await pages.logged_in("adam") as client:
        said = (await client.get("/api/openapi.json")).json()
    assert said == described(pages.web.calls)
    assert set(said["paths"]) == {call.path for call in pages.web.calls}
    assert said["openapi"] == "3.1.0"


def bodies(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What fits a body's description, and what does not."""
    words = sorted(schema["properties"])
    values = st.none() | TEXT | st.booleans() | st.integers() | st.lists(st.integers(0, 3), max_size=2)
    fits = {
        "value": TEXT, "reason": TEXT, "finding": st.integers(0, 3), "raw": st.just([]), "any_content": st.booleans(),
        "group": TEXT, "uses": st.integers(1, 5) | st.none(), "seconds": st.integers(1, 9999),
    }  # fmt: skip
    fitting = st.fixed_dictionaries({}, optional={word: fits[word] for word in words})
    return fitting | values | st.dictionaries(st.sampled_from([*words, "x"]), values)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_question_gets_an_answer_that_is_described(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    one = case(tmp_path_factory.mktemp("api"))
    said = described(one.web.calls)
    who = data.draw(st.sampled_from(["nobody", "dana", "audrey", "adam", "rae"]))
    client = one.client() if who == "nobody" else await one.logged_in(who)
    async with client:
        for path, methods in said["paths"].items():
            approval = await one.held(path)
            names = {name: quote(data.draw(NAME), safe="") for name in ("session", "exchange", "grant")}
            names["approval"] = data.draw(st.sampled_from([approval, "a0"]))
            query = data.draw(
                st.dictionaries(
                    st.sampled_from(["span", "limit", "state"]), TEXT | st.sampled_from(["50", "day", "pending"])
                )
            )
            for method, told in methods.items():
                body: dict[str, Any] = {}
                if method == "post":
                    schema = told["requestBody"]["content"]["application/json"]["schema"]
                    body = {"json": data.draw(bodies(schema))}
                place = path.format(**names)
                held(said, await client.request(method.upper(), place, params=query, **body), path, method)
            one.approvals.book.approvals.clear()
    one.ledger.close()


async def test_a_program_names_itself_with_every_question(pages: Case) -> None:
    async with pages.client() as client:
        right = await client.get("/api/sessions", auth=("audrey", pages.tokens["audrey"]))
        assert {row["id"] for row in right.json()} == {"s1", "s2"}
        wrong = await client.get("/api/sessions", auth=("audrey", "hg_wrong"))
        assert wrong.status_code == 401 and "hint" in wrong.json()["error"]
        for said in ("Basic", "Basic !!!", "Bearer x", "Basic " + "YQ=="):
            assert (await client.get("/api/sessions", headers={"authorization": said})).status_code == 401


async def test_search_takes_json_alone(pages: Case) -> None:
    async with await pages.logged_in("audrey") as client:
        found = await client.post("/api/search", json={"value": VALUE})
        assert [row["exchange"] for row in found.json()] == ["x1"]
        for answer, status in (
            (await client.post("/api/search", data={"value": VALUE}), 415),
            (await client.post("/api/search", content=b"{", headers={"content-type": "application/json"}), 400),
            (await client.post("/api/search", json={"value": ""}), 400),
            (await client.post("/api/search", json=["value"]), 400),
            (await client.get("/api/search"), 405),
        ):
            assert answer.status_code == status
            assert VALUE not in answer.text
    assert len(pages.events("looked-up")) == 1


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "²", "9" * 5000])
async def test_a_limit_is_a_small_number(pages: Case, limit: str) -> None:
    async with await pages.logged_in("adam") as client:
        assert (await client.get("/api/exchanges", params={"limit": limit})).status_code == 400
        assert len((await client.get("/api/exchanges", params={"limit": "1"})).json()) == 1
