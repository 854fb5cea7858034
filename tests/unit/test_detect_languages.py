from __future__ import annotations

import pytest

from hushgate.detect.languages import FUNCTION_WORDS, LANGUAGES, Spoken

SAID = {
    "en": "We talked to the new manager about the contract, and she will send it to you on Monday.",
    "de": "Wir haben mit der neuen Leiterin über den Vertrag gesprochen, und sie schickt ihn am Montag.",
    "fr": "Nous avons parlé du contrat avec la nouvelle directrice, et elle vous le fera parvenir lundi.",
    "es": "Hemos hablado con la nueva directora sobre el contrato y lo va a mandar el lunes por correo.",
    "it": "Abbiamo parlato con la nuova direttrice del contratto e lo manda lunedì per posta con una lettera.",
    "nl": "We hebben met de nieuwe directeur over het contract gesproken en zij stuurt het maandag naar je.",
    "pl": "Rozmawialiśmy z nową dyrektorką o umowie i ona wyśle ją w poniedziałek, jeśli to możliwe.",
    "pt": "Falámos com a nova diretora sobre o contrato e ela vai enviá-lo na segunda-feira para você.",
}


def test_eight_languages_are_told_apart() -> None:
    assert tuple(SAID) == ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
    assert set(SAID) == set(LANGUAGES) == set(FUNCTION_WORDS)
    found = {language: Spoken(text, LANGUAGES).at(20) for language, text in SAID.items()}
    assert found == {language: None if language == "en" else language for language in SAID}


def test_only_those_that_are_asked_for() -> None:
    assert Spoken(SAID["de"], ["en", "fr"]).at(0) is None
    assert Spoken(SAID["de"], ["de"]).at(0) == "de"


def test_each_part_of_a_text_has_its_own() -> None:
    text = SAID["en"] * 8 + SAID["de"] * 8 + SAID["en"] * 8
    spoken = Spoken(text, LANGUAGES)
    middle = len(text) // 2
    assert (spoken.at(0), spoken.at(middle), spoken.at(len(text) - 1)) == (None, "de", None)


@pytest.mark.parametrize("text", ["", "Karin", "42", "Hans und Karin", "print('der', 'die')", "def f(): return self.x"])
def test_where_nothing_is_clear_nothing_is_said(text: str) -> None:
    assert Spoken(text, LANGUAGES).at(0) is None
