"""Xero's import of manual journals from a CSV file."""

from datetime import date
from decimal import Decimal

import pytest

from xero_simulator.problems import Invalid

HEADER = (
    "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,"
    "TrackingName1,TrackingOption1,TrackingName2,TrackingOption2"
)


def row(narration="March", day="31/03/2026", text="", code="810", rate="No VAT", amount="100", tracking=",,,"):
    """One row of a file."""
    return f"{narration},{day},{text},{code},{rate},{amount},{tracking}"


def file_of(*rows, header=HEADER):
    """A file, as Excel writes it."""
    return "\r\n".join([header, *rows, ""]).encode()


def pair(amount="100", **fields):
    """Two rows that balance."""
    return [row(amount=amount, **fields), row(amount=f"-{amount}", **{"code": "200", **fields})]


def refused(org, *rows, **options):
    """The messages of a refused file, which must leave nothing behind."""
    before = len(org.manual_journals)
    with pytest.raises(Invalid) as raised:
        org.import_manual_journals(file_of(*rows, **options))
    assert len(org.manual_journals) == before
    return raised.value.messages


# -- what a file makes ------------------------------------------------------------------------------------------------


def test_rows_of_one_narration_and_date_make_one_draft(org):
    april = pair("5", day="30/04/2026")
    first, second, third = org.import_manual_journals(
        file_of(pair()[0], april[0], *pair("7", narration="Other"), pair()[1], april[1])
    )
    assert [(record["Narration"], record["Date"]) for record in (first, second, third)] == [
        ("March", date(2026, 3, 31)), ("March", date(2026, 4, 30)), ("Other", date(2026, 3, 31)),
    ]  # fmt: skip
    assert {record["Status"] for record in (first, second, third)} == {"DRAFT"}
    assert list(org.manual_journals.values()) == [first, second, third]


def test_a_positive_amount_is_a_debit_and_a_negative_one_a_credit(org):
    (made,) = org.import_manual_journals(file_of(*pair("12.30")))
    assert [line["LineAmount"] for line in made["JournalLines"]] == [Decimal("12.30"), Decimal("-12.30")]
    org.post_manual_journal(made["ManualJournalID"])
    assert org.trial_balance() == {"810": Decimal("12.30"), "200": Decimal("-12.30")}


@pytest.mark.parametrize("day", ["31/03/2026", "31/3/2026", "31 Mar 2026", "31 mar 2026"])
def test_dates_have_two_forms(org, day):
    (made,) = org.import_manual_journals(file_of(pair(day="31/03/2026")[0], pair(day=day)[1]))
    assert made["Date"] == date(2026, 3, 31)


def test_blank_narration_and_date_mean_the_journal_of_the_row_above(org):
    first, second = org.import_manual_journals(
        file_of(row(), row("", "", code="200", amount="-100"), row("Other"), row("", "", code="200", amount="-100"))
    )
    assert (len(first["JournalLines"]), len(second["JournalLines"])) == (2, 2)
    assert second["Narration"] == "Other"


def test_descriptions_and_tracking_arrive(org):
    tracked = row(text='"Licence, yearly"', tracking="Region,North,Department,Sales")
    (made,) = org.import_manual_journals(file_of(tracked, row(code="200", amount="-100", tracking=",,Region,South")))
    first, second = made["JournalLines"]
    assert first["Description"] == "Licence, yearly"
    assert [part["Option"] for part in first["Tracking"]] == ["North", "Sales"]
    assert [part["Option"] for part in second["Tracking"]] == ["South"]


def test_lines_without_tax_make_a_journal_without_tax(org):
    (made,) = org.import_manual_journals(file_of(*pair()))
    assert made["LineAmountTypes"] == "NoTax"


def test_a_rate_of_no_percent_keeps_its_tax_type(org):
    (made,) = org.import_manual_journals(file_of(row(), row(code="200", rate="Zero Rated Income", amount="-100")))
    assert (made["LineAmountTypes"], made["JournalLines"][1]["TaxType"]) == ("Exclusive", "ZERORATEDOUTPUT")


def test_a_rate_with_a_percentage_puts_tax_on_top(org):
    sales = row(code="200", rate="20% (VAT on Income)", amount="-100")
    (made,) = org.import_manual_journals(file_of(row(amount="120"), sales))
    assert [line["TaxAmount"] for line in made["JournalLines"]] == [0, -20]
    assert refused(org, row(), sales) == ["Line 2: The total debits (100.00) must equal total credits (-120.00)"]


def test_rows_of_nothing_but_commas_are_left_out(org):
    assert len(org.import_manual_journals(file_of(pair()[0], ",,,,,,,,,", "", pair()[1]))) == 1


def test_a_mark_at_the_start_of_the_file_and_text_instead_of_bytes_will_do(org):
    data = file_of(*pair())
    org.import_manual_journals(b"\xef\xbb\xbf" + data)
    org.import_manual_journals(data.decode())
    assert len(org.manual_journals) == 2


def test_text_outside_ascii_is_garbled_unless_xero_should_read_it(org):
    data = file_of(*pair(narration="Café"))
    assert org.import_manual_journals(data)[0]["Narration"] == "CafÃ©"
    org.journal_import_encoding = "utf-8"
    assert org.import_manual_journals(data)[0]["Narration"] == "Café"


def test_other_countries_have_their_own_words_for_no_tax(sim):
    us = sim.add_organisation("US", country="US", currency="USD")
    (made,) = us.import_manual_journals(file_of(*pair(rate="Tax Exempt")))
    assert made["LineAmountTypes"] == "NoTax"


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [
    HEADER.replace("*", ""), HEADER.lower(), HEADER + ",Extra", HEADER.rsplit(",", 1)[0],
    HEADER.replace("*Narration,*Date", "*Date,*Narration"),
])  # fmt: skip
def test_the_header_must_be_xeros(org, header):
    assert refused(org, *pair(), header=header) == [f"Line 1: The header must be {HEADER}"]


def test_a_file_has_at_most_300_lines(org):
    org.import_manual_journals(file_of(*pair() * 150))
    assert refused(org, *pair() * 150, row()) == ["The file has 301 lines; at most 300 can be imported at once."]


@pytest.mark.parametrize("data", [b"", HEADER.encode(), HEADER.encode() + b"\r\n,,,,,,,,,\r\n"])
def test_a_file_without_lines_is_refused(org, data):
    with pytest.raises(Invalid, match="no journal lines"):
        org.import_manual_journals(data)


@pytest.mark.parametrize(("wrong", "message"), [
    (row(narration=""), "*Narration is mandatory."),
    (row(day=""), "*Date is mandatory."),
    (row(code=""), "*AccountCode is mandatory."),
    (row(rate=""), "*TaxRate is mandatory."),
    (row(amount=""), "*Amount is mandatory."),
    (row(day="2026-03-31"), "The date '2026-03-31' is not in the format dd/mm/yyyy or dd mmm yyyy."),
    (row(day="03/31/2026"), "The date '03/31/2026' is not in the format dd/mm/yyyy or dd mmm yyyy."),
    (row(day="31 March 2026"), "The date '31 March 2026' is not in the format dd/mm/yyyy or dd mmm yyyy."),
    (row(rate="NONE"), "The tax rate 'NONE' does not exist."),
    (row(rate="no vat"), "The tax rate 'no vat' does not exist."),
    (row(rate="12.5% Hospitality (VAT on Income)"), "The tax rate '12.5% Hospitality (VAT on Income)' does not exist."),
    (row(amount="1e2"), "The amount '1e2' is not a number."),
    (row(amount='"1,000.00"'), "The amount '1,000.00' is not a number."),
    (row(code="610"), "Account code '610' is not a valid code for this document."),
    (row(code="810 - Deferred Revenue"),
     "Account code '810 - Deferred Revenue' is not a valid code for this document."),
    (row(code="499A"), "Account code '499A' has been archived, or has been deleted. "
                       "Each line item must reference a valid account."),
    (row(code="400", rate="20% (VAT on Income)"), "The TaxType code 'OUTPUT2' cannot be used with account code '400'."),
    (row(tracking="Region,West,,"), "The tracking category or option is not valid."),
    (row(tracking="Region,,,"), "TrackingName1 and TrackingOption1 go together."),
    (row(tracking=",,,Sales"), "TrackingName2 and TrackingOption2 go together."),
    (row(tracking="Region,North,Region,South"), "A tracking category can be used once a line only."),
    (row() + ",more", "The line has 11 columns instead of 10."),
    (row().rsplit(",", 2)[0], "The line has 8 columns instead of 10."),
    (row(text='"a" b'), "The file is not a CSV file: ',' expected after '\"'"),
])  # fmt: skip
def test_a_wrong_row_refuses_the_file_and_names_its_line(org, wrong, message):
    assert refused(org, *pair(narration="Good"), wrong, pair()[1]) == [f"Line 4: {message}"]


def test_an_unknown_account_is_refused_even_where_the_api_only_warns(org):
    org.journals_drop_unknown_accounts = True
    assert refused(org, row(code="4711"), pair()[1])[0].startswith("Line 2: Account code '4711' has been removed")


def test_every_wrong_line_is_named(org):
    wrong = [row(code="4711"), row(day="x"), row("", "", amount="")]
    assert [message.split(":")[0] for message in refused(org, *wrong)] == ["Line 2", "Line 3", "Line 4"]


def test_every_journal_must_balance_and_is_named_by_its_first_line(org):
    rows = [*pair(), row("Bad"), row("Bad", code="200", amount="-99"), row("Single")]
    assert refused(org, *rows) == [
        "Line 4: The total debits (100.00) must equal total credits (-99.00)",
        "Line 6: The JournalLines element must contain at least two individual JournalLine sub-elements.",
    ]


def test_a_locked_date_is_refused(org):
    org.set_lock_dates(period="2026-03-31")
    assert refused(org, *pair()) == [
        "Line 2: The document date cannot be before the period lock date, currently set at 31-Mar-2026"
    ]


def test_lines_are_counted_as_an_editor_counts_them(org):
    assert refused(org, row(text='"two\r\nlines"'), "", row(code="4711", amount="-100")) == [
        "Line 5: Account code '4711' is not a valid code for this document."
    ]
