from __future__ import annotations

import pytest

from hushgate.detect import presidio_classes


def test_classes_by_name() -> None:
    assert presidio_classes.named("UsSsnRecognizer").supported_entities == ["US_SSN"]
    assert presidio_classes.named("UsSsnRecognizer", "OURS").supported_entities == ["OURS"]
    assert "PHONE_NUMBER" in presidio_classes.named("PhoneRecognizer")
    assert "detect.ner" in presidio_classes.named("SpacyRecognizer")
    assert presidio_classes.named("Nobody") is None
    assert "IbanRecognizer" in presidio_classes.names()


def test_their_checks() -> None:
    card = presidio_classes.validator("presidio:CreditCardRecognizer")
    assert (card("4012888888881881"), card("4012888888881882")) == (True, False)
    ssn = presidio_classes.validator("presidio:UsSsnRecognizer")
    assert (ssn("078-05-1120"), ssn("536-90-4399")) == (False, None)
    with pytest.raises(KeyError):
        presidio_classes.validator("presidio:SpacyRecognizer")
