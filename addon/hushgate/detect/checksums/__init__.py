"""Checksums of identifiers the world over, by the names that rules call them by."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

from hushgate.detect.checksums import americas, asia_africa_oceania, north_east_europe, schemes, west_europe
from hushgate.detect.checksums import vat as vat_numbers

_NAMES: Final = {
    schemes: "luhn mod_11_10 verhoeff",
    americas: "npi dea us_mbi ca_sin ca_ramq mx_curp mx_rfc mx_clabe br_cpf br_cnpj br_pis ar_cuit ar_cbu cl_rut co_nit"
    " pe_ruc ec_cedula uy_ci ve_rif",
    west_europe: "uk_nino uk_utr uk_driving ie_pps de_tax_id de_svnr de_id_card de_kvnr de_lanr icao at_svnr ch_ahv"
    " ch_uid fr_nir fr_spi es_nif es_cif es_nuss es_ccc it_fiscal_code it_vat pt_nif pt_cc pt_niss nl_bsn be_nrn"
    " be_enterprise lu_id gr_afm gr_amka",
    vat_numbers: "vat",
    north_east_europe: "se_personnummer se_org no_fnr no_org dk_cpr dk_cvr fi_hetu fi_business is_kennitala baltic"
    " lv_pk pl_pesel pl_nip pl_regon pl_id_card cz_birth cz_ico hu_taj hu_tax_id ro_cnp bg_egn jmbg si_tax ua_tax"
    " ru_inn ru_snils kz_iin",
    asia_africa_oceania: "tr_tckn tr_vkn il_id ae_id sa_id eg_id za_id in_aadhaar in_gstin in_plate cn_id hk_id tw_id"
    " kr_rrn kr_brn jp_my_number jp_corporate sg_nric sg_uen th_id my_kad id_nik au_tfn au_abn au_acn au_medicare"
    " nz_ird nz_nhi",
}
type _Check = Callable[[str], bool | None]


def _of_any_text(check: _Check) -> _Check:
    """The checksums are written for values of their form; a value of another one is none of theirs."""

    @functools.wraps(check)
    def checked(value: str) -> bool | None:
        try:
            return check(value)
        except (ValueError, IndexError, KeyError, StopIteration):
            return False

    return checked


CHECKSUMS: Final[Mapping[str, _Check]] = {
    name: _of_any_text(getattr(module, name)) for module, names in _NAMES.items() for name in names.split()
}
