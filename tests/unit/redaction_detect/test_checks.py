"""Checksums and structures, value by value."""

import pytest

from backbeat.redaction.detect.checks import CHECKS, check_letter


@pytest.mark.parametrize(
    ("check", "value", "holds"),
    [
        # 9434765919 is the NHS Data Dictionary's own example
        ("nhs_number", "943 476 5919", True),
        ("nhs_number", "9434765918", False),
        ("nhs_number", "943476591", False),
        ("nino", "AB 12 34 56 C", True),
        ("nino", "AB123456", True),
        ("nino", "QQ123456C", False),  # the specimen prefix was never issued
        ("nino", "AO123456C", False),  # O is never second
        ("nino", "GB123456C", False),
        ("nino", "AB123456E", False),
        ("card", "4111 1111 1111 1111", True),
        ("card", "4111 1111 1111 1112", False),
        ("card", "0000 0000 0000 0000", False),
        ("luhn", "490154203237518", True),
        ("iban", "GB82 WEST 1234 5698 7654 32", True),
        ("iban", "GB82 WEST 1234 5698 7654 33", False),
        ("iban", "DE89370400440532013000", True),
        ("driving_licence", "MORGA657054SM9IJ", True),  # DVLA's specimen: a woman, born 5 July
        ("driving_licence", "MORGA673054SM9IJ", False),  # month 73
        ("driving_licence", "MO9GA657054SM9IJ", False),  # padding inside the surname
        ("postcode", "SW1A 1AA", True),
        ("postcode", "GIR 0AA", True),
        ("postcode", "bfpo 57", True),
        ("postcode", "M1 1AA", True),
        ("postcode", "M1 1CA", False),  # C never in the inward part
        ("postcode", "QA1 1AA", False),
        ("postcode", "XX1 1AA", False),  # no such area
        ("vrm_current", "AB12 CDE", True),
        ("vrm_current", "AB50 CDE", False),
        ("vrm_current", "AQ12 CDE", False),
        ("ip_address", "192.0.2.255", True),
        ("ip_address", "192.0.2.256", False),
        ("ip_address", "2001:db8::1", True),
        ("ip_address", "::", False),  # punctuation
        ("sort_code", "40-47-84", True),
        ("sort_code", "12-05-24", False),  # reads as a date
        ("private_host", "https://www.gov.uk/guidance", False),
        ("private_host", "https://www.gov.uk.example.net/", True),
    ],
)
def test_check(check: str, value: str, holds: bool) -> None:
    assert CHECKS[check](value) is holds


def test_police_numbers_use_the_letters_without_i_o_s() -> None:
    assert "".join(check_letter(n) for n in range(23)) == "ZABCDEFGHJKLMNPQRTUVWXY"
    letter = check_letter(int("01" + "0000321"))
    assert CHECKS["pncid"](f"2001/321{letter}")
    assert CHECKS["pncid"](f"01/0000321{letter}")
    assert not CHECKS["pncid"](f"02/0000321{letter}")
    assert CHECKS["cro"](f"321/01{check_letter(int('01' + '000321'))}")
    assert CHECKS["cro"](f"SF01/321{check_letter(int('01' + '321'))}")
