"""Names as people and programs write them, and what looks like names and is none."""

from __future__ import annotations

import pytest

from hushgate.detect.nlp import Names
from hushgate.values import Level
from tests.detect_cases import FINGERPRINT


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(FINGERPRINT)


def persons(names: Names, text: str) -> list[str]:
    (hits,) = names.find([text], [None])
    return [text[hit.start : hit.end] for hit in hits if hit.entity == "PERSON"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # prompts and chats
        ("Write a short mail to Priya Raghunathan about the invoice, please.", ["Priya Raghunathan"]),
        ("can you draft a reply to Anneliese? she is upset about the delay", ["Anneliese"]),
        ("[10:21] Tobias: ok, merging now\n[10:22] Mehmet: thanks", ["Tobias", "Mehmet"]),
        ("We met Dr. Okonkwo and Professor Haruki Tanaka at the fair.", ["Okonkwo", "Haruki Tanaka"]),
        ("Guillermo's laptop was stolen in Lisbon.", ["Guillermo"]),
        ("The witness, Leila Haddad, saw a car.", ["Leila Haddad"]),
        ('"It was late," Lindqvist told reporters in Dublin.', ["Lindqvist"]),
        ("my name is siobhan murphy and i need help", ["siobhan murphy"]),
        ("Patient: MARÍA FERNÁNDEZ, born 1961", ["MARÍA FERNÁNDEZ"]),
        # mails
        ("From: Giulia Ferraro <g.ferraro@example.com>", ["Giulia Ferraro"]),
        ("On Mon, 3 Feb 2025 at 10:12, Katarzyna Nowak wrote:", ["Katarzyna Nowak"]),
        ("Could you look at it today?\n\nBest,\nSvetlana", ["Svetlana"]),
        ("The contract is attached. Regards, Thandiwe Nkosi", ["Thandiwe Nkosi"]),
        ("Mit freundlichen Grüßen\nJürgen Schäfer\nVertrieb", ["Jürgen Schäfer"]),
        ("Cordialement,\nÉloïse Marchand", ["Éloïse Marchand"]),
        # tickets, rows, records
        ("Ticket #4821 was opened by Björn Lindqvist yesterday.", ["Björn Lindqvist"]),
        ("Reviewed-by: Anna Kowalska <ak@example.org>", ["Anna Kowalska"]),
        ("Anna Kowalska,Warszawa,2024-05-01,129.90", ["Anna Kowalska"]),
        ('{"customer": {"full_name": "Fatima El Amrani", "plan": "pro"}}', ["Fatima El Amrani"]),
        ('{\n "id": 3,\n "first_name": "Ingrid",\n "tags": ["a"],\n "x": 1\n}', ["Ingrid"]),
    ],
)
def test_names_are_found_wherever_they_stand(names: Names, text: str, found: list[str]) -> None:
    assert persons(names, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Will it rain? May I ask you something?",
        "The March release fixes it; mark it as done.",
        "public class OrderService extends BaseService { }",
        'String name = CustomerFactory.create("Default Customer");',
        "2026-01-02 03:04:05 INFO Worker-7 Connection to Redis lost, retrying",
        "2026-01-02 03:04:05,123 ERROR [Main] PaymentGateway: Timeout after 3 retries",
        "Install Visual Studio Code, Docker Desktop and Postman.",
        "Use Spring Boot with Hibernate, Maven and Apache Tomcat.",
        "The Americans, the Germans and the Turks disagreed on Monday.",
        "Hurricane Ivan reached the coast.",
        "Dear Customer, your Premium Account was renewed.",
        "Page Not Found. Click Continue. Save Changes. Log Out",
        "Best Practices for Amazon Web Services",
        "Copyright (c) 2019-2024 Anna Kowalska and others. All rights reserved.",
        "import Jenkins\nfrom travis import Travis\nx = Julia()\nclass Ruby(Base):\n    pass\n",
        "WARNING: NOT FOR PRODUCTION. READ THE MANUAL FIRST.",
        "SELECT Name, City FROM Customers WHERE Country = 'Norway';",
        "| Alpha | Beta | Gamma |\n| --- | --- | --- |",
    ],
)
def test_what_only_looks_like_a_name_is_left(names: Names, text: str) -> None:
    assert persons(names, text) == []


def test_a_name_told_in_full_is_known_again(names: Names) -> None:
    text = "I spoke with Ragnhild Solberg about the offer. " + "It was fine. " * 20 + "Then Solberg agreed."
    assert persons(names, text) == ["Ragnhild Solberg", "Solberg"]


def test_places_are_told_at_a_lower_level(names: Names) -> None:
    text = "I moved from Lisbon to Dublin last year."
    (hits,) = names.find([text], [None])
    assert {(text[hit.start : hit.end], hit.entity, hit.level) for hit in hits} == {
        ("Lisbon", "LOCATION", Level.INTERNAL),
        ("Dublin", "LOCATION", Level.INTERNAL),
    }


def test_scores_are_shares(names: Names) -> None:
    (hits,) = names.find(["Ask Ingrid Bergström whether Priya Raghunathan called."], [None])
    assert len(hits) == 2
    assert all(0.5 < hit.score <= 1.0 for hit in hits)
