"""Checksums, tried on numbers that issuers, their manuals or Wikipedia print as samples."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from hushgate.detect.checksums import CHECKSUMS, americas, asia_africa_oceania, north_east_europe, west_europe
from hushgate.detect.checksums.schemes import day_of, verhoeff
from hushgate.detect.checksums.vat import vat

GOOD = """
luhn 79927398713|mod_11_10 36574261809|verhoeff 2363
npi 1234567893|dea BB1388568|ca_sin 130 692 544|ca_ramq DENE 5255 2018|mx_curp BOXW310820HNERXN09|mx_rfc GODE561231GR8
mx_clabe 032180000118359719|br_cpf 390.533.447-05|br_cnpj 16.727.230/0001-97|br_pis 170.33259.50-4
ar_cuit 20-05536168-2|ar_cbu 2850590940090418135201|cl_rut 12.531.909-2|co_nit 213.123.432-1|pe_ruc 20512333797
ec_cedula 171430710-3|uy_ci 1.234.567-2|ve_rif V-11470283-4
uk_utr 1955839661|ie_pps 6433435F|ie_pps 6433435OA|ie_pps 6433435IH|de_tax_id 36 574 261 809|de_svnr 15070649C103
de_id_card L01X00T44|de_kvnr A123456780|de_lanr 123456601|icao L01X00T44|at_svnr 1237 010180
ch_ahv 756.9217.0769.85|ch_uid CHE-100.155.212|fr_nir 2 95 10 99 126 111 93|fr_nir 2 53 07 2A 073 004 43
fr_spi 30 23 217 600 053|es_nif 54362315K|es_nif X2482300W|es_cif J99216582|es_nuss 281234567840
es_ccc 1234-1234-16 1234567890|it_fiscal_code RCCMNL83S18D969H|it_vat 00743110157|pt_nif 501 964 843
pt_cc 00000000 0 ZZ4|pt_niss 11234567892|nl_bsn 1112.22.333|be_nrn 85.07.30-033.28|be_enterprise 0403.019.261
lu_id 1985120105720|gr_afm 094259216|gr_amka 01013099997
se_personnummer 880320-0016|se_personnummer 811228-9874|se_org 123456-7897|no_fnr 151086 95088|no_org 988 077 917
dk_cpr 211062-5629|dk_cvr 13585628|fi_hetu 131052-308T|fi_business 2077474-0|is_kennitala 450401-3150
baltic 37605030299|baltic 33309240064|lv_pk 161175-19997|pl_pesel 44051401359|pl_nip 8567346215|pl_regon 192598184
pl_id_card ABA300000|cz_birth 710319/2745|cz_ico 25123891|hu_taj 111 111 110|hu_tax_id 8071592153
ro_cnp 1630615123457|bg_egn 752316 926 3|jmbg 0101006500006|si_tax 50223054|ua_tax 1759013776|ru_inn 7707083893
ru_inn 123456789047|ru_snils 112-233-445 95|kz_iin 880702300107
tr_tckn 17291716060|tr_vkn 4540536920|il_id 39337423|ae_id 784-1979-1234567-1|sa_id 1000000008|eg_id 29001011234567
za_id 7503305044089|in_aadhaar 234123412346|in_gstin 27AAPFU0939F1ZV|cn_id 11010519491231002X|hk_id A123456(3)
hk_id G123456(A)|tw_id A123456789|kr_rrn 971013-9019902|kr_brn 104-86-56659|jp_my_number 123456789018
jp_corporate 5-8356-7825-6246|sg_nric S0000001I|sg_uen 00192200M|sg_uen 197401143C|th_id 1-2345-45678-78-1
my_kad 770305-02-1234|id_nik 3171011708450001|au_tfn 123 456 782|au_abn 83 914 571 673|au_acn 004 085 616
au_medicare 2123 45670 1|nz_ird 49091850|nz_ird 136410132|nz_nhi ZZZ0016
vat ATU13585627|vat BE0428759497|vat DE136695976|vat DK13585628|vat EL094259216|vat FR40303265045|vat GB980780684
vat HU12892312|vat IE6433435F|vat IT00743110157|vat LU15027442|vat MT11679112|vat NL004495445B01|vat PL8567346215
vat PT501964843|vat RO18547290|vat SE556074756901|vat SI50223054|vat SK2022749619|vat HR33392005961|vat EE100931558
vat ESB58378431|vat FI20774740|vat CHE100155212MWST|vat NO988077917MVA
"""
CONFIRMED_OR_SILENT = """
us_mbi 1EG4-TE5-MK73|uk_nino AA 12 34 56 B|uk_driving MORGA657054SM9IJ|de_id_card T22000129|in_plate KA53ME3456
lv_pk 320000-00000|sg_uen T16RF0037C|nz_nhi ZBN77VL|mx_rfc GODE561231GR9|kr_rrn 960121-1234567|dk_cpr 010107-0001
vat BG123456789|vat CZ12345678
"""
WRONG = """
us_mbi 1SG4-TE5-MK73|uk_nino BG 12 34 56 A|uk_driving MORGA699054SM9IJ|in_plate KA53ME0000|mx_rfc GODE561331GR8
kr_rrn 961321-1234567|dk_cpr 320107-0001|my_kad 771305-02-1234|id_nik 3171017708450001|eg_id 29013011234567
de_id_card L01X00T47|sg_uen 53125226A|in_gstin 00AAPFU0939F1ZV|ca_ramq DENE 5299 2018|nz_nhi ZZZ0017
vat XX123456789|vat DE136695978|vat CHE100155213
"""


UNCHECKED_END = ("my_kad", "eg_id", "id_nik", "ca_ramq", "de_lanr", "au_medicare")
"""Days alone, or what stands behind the check digit."""


def _rows(text: str) -> list[tuple[str, str]]:
    return [
        (name, value) for row in text.replace("\n", "|").split("|") if row for name, _, value in [row.partition(" ")]
    ]


@pytest.mark.parametrize(("name", "value"), _rows(GOOD))
def test_a_number_that_holds(name: str, value: str) -> None:
    assert CHECKSUMS[name](value) is True


@pytest.mark.parametrize(("name", "value"), _rows(CONFIRMED_OR_SILENT))
def test_a_number_that_has_no_checksum_to_hold(name: str, value: str) -> None:
    assert CHECKSUMS[name](value) is None


@pytest.mark.parametrize(("name", "value"), _rows(WRONG))
def test_a_number_that_cannot_be(name: str, value: str) -> None:
    assert CHECKSUMS[name](value) is False


@pytest.mark.parametrize(("name", "value"), [row for row in _rows(GOOD) if row[0] not in UNCHECKED_END])
def test_another_last_digit_does_not_hold(name: str, value: str) -> None:
    """Every scheme tells at least seven of nine other digits in the place of one."""
    at = max(i for i, c in enumerate(value) if c.isdigit())
    if name == "vat" and value[:2] == "NL":
        at = value.index("B") - 1
    if name == "vat" and value[:2] == "SE" or name == "lu_id":
        at -= 3
    others = [value[:at] + c + value[at + 1 :] for c in "0123456789" if c != value[at]]
    assert sum(CHECKSUMS[name](other) is not True for other in others) >= 7


def test_every_checksum_is_tried() -> None:
    tried = {name for name, _ in _rows(GOOD) + _rows(CONFIRMED_OR_SILENT)}
    assert tried == set(CHECKSUMS)
    assert all(check.__doc__ for check in CHECKSUMS.values())


@pytest.mark.parametrize("module", [americas, asia_africa_oceania, north_east_europe, west_europe])
def test_rules_can_call_every_checksum(module: ModuleType) -> None:
    own = {
        name
        for name, made in inspect.getmembers(module, inspect.isfunction)
        if made.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own - set(CHECKSUMS) <= {"mt_vat"}  # behind `vat` alone


def test_verhoeff_sees_neighbours_swapped() -> None:
    assert verhoeff("2363")
    assert not verhoeff("3263")


@pytest.mark.parametrize(
    ("text", "order", "real"),
    [("850314", "ymd", True), ("19850230", "ymd", False), ("140385", "dmy", True), ("310285", "dmy", False)],
)
def test_a_day(text: str, order: str, real: bool) -> None:
    assert day_of(text, order) is real


def test_a_vat_number_needs_its_country() -> None:
    assert vat("136695976") is False
