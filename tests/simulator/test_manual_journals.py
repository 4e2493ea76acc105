"""Manual journals over the API: fields, rules, statuses, lists."""

from decimal import Decimal

import pytest

from .client import journal, journal_line, parsed

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
BAD_MODIFICATION = "Journal not of valid status for modification"


@pytest.fixture
def saved(api):
    """A posted journal."""
    return api.put("ManualJournals", journal())[0]


def two(amount="100", debit=None, credit=None, **fields):
    """Two lines of one amount, between deferred revenue and sales."""
    return [
        journal_line(amount, "810", **fields) | (debit or {}),
        journal_line(f"-{amount}", "200", **fields) | (credit or {}),
    ]


def wrong(api, **fields):
    """The messages that a new journal causes."""
    return api.refused("PUT", "ManualJournals", journal(**fields))


def wrong_line(api, **fields):
    """The messages that one wrong line causes."""
    return wrong(api, lines=two(debit=fields))


# -- what is kept and shown -------------------------------------------------------------------------------------------


def test_a_journal_comes_back_with_defaults(org, api):
    (shown,) = api.put("ManualJournals", {"Narration": " March ", "JournalLines": two()})
    assert shown["Narration"] == "March"
    assert (shown["Status"], shown["LineAmountTypes"], shown["StatusAttributeString"]) == ("DRAFT", "NoTax", "OK")
    assert (shown["ShowOnCashBasisReports"], shown["HasAttachments"]) == (True, False)
    assert "Url" not in shown
    record = org.manual_journals[shown["ManualJournalID"]]
    assert record["Date"] == org.today()


def test_lines_come_back_with_account_tax_and_tracking(org, api):
    tracking = [{"Name": "region", "Option": "north"}, {"Name": "Department", "Option": "Sales"}]
    lines = two(debit={"Tracking": tracking, "Description": "Licence"})
    (shown,) = api.put("ManualJournals", journal(lines, Url="https://shop.example/1", ShowOnCashBasisReports="false"))
    debit, credit = shown["JournalLines"]
    assert [(part["Name"], part["Option"]) for part in debit["Tracking"]] == [
        ("Region", "North"), ("Department", "Sales"),
    ]  # fmt: skip
    assert (debit["LineAmount"], debit["AccountCode"], debit["Description"]) == (100, "810", "Licence")
    assert debit["AccountID"] == org.account_by_code("810")["AccountID"]
    assert (credit["LineAmount"], credit["TaxType"], credit["TaxAmount"]) == (-100, "NONE", 0)
    assert (credit["IsBlank"], credit["Tracking"]) == (False, [])
    assert (shown["Url"], shown["ShowOnCashBasisReports"]) == ("https://shop.example/1", False)


def test_an_account_without_code_is_named_by_its_id(org, api):
    account = org.account_by_name("Sundry Income")["AccountID"]
    lines = [journal_line("5", "810"), {"LineAmount": "-5", "AccountID": account.upper()}]
    shown = api.put("ManualJournals", journal(lines))[0]["JournalLines"][1]
    assert shown["AccountID"] == account
    assert "AccountCode" not in shown


def test_amounts_are_rounded_to_two_decimals_before_they_are_compared(api):
    lines = [journal_line("33.335", "810"), journal_line("66.664", "810"), journal_line("-100", "200")]
    shown = api.put("ManualJournals", journal(lines))[0]["JournalLines"]
    assert [line["LineAmount"] for line in shown] == [Decimal("33.34"), Decimal("66.66"), Decimal("-100.00")]
    lines[0]["LineAmount"] = "33.334"
    assert wrong(api, lines=lines) == ["The total debits (99.99) must equal total credits (-100.00)"]


def test_a_rounded_negative_zero_has_no_sign(api):
    answer = api.call("PUT", "ManualJournals", journal([*two(), journal_line("-0.004", "850")]))
    assert '"-0.00"' not in answer.text
    assert "-0.00," not in answer.text


def test_other_system_accounts_may_be_used(api):
    lines = [journal_line("1", "840"), journal_line("1", "820"), journal_line("-2", "860")]
    assert api.put("ManualJournals", journal(lines))[0]["Status"] == "POSTED"


def test_a_blank_line_is_kept(api):
    blank = {"IsBlank": True, "Description": "see the contract"}
    shown = api.put("ManualJournals", journal([*two(), blank]))[0]["JournalLines"]
    assert shown[2] == {"Description": "see the contract", "Tracking": [], "IsBlank": True}


def test_a_line_of_zero_is_kept_beside_others(api):
    assert len(api.put("ManualJournals", journal([*two(), journal_line("0", "850")]))[0]["JournalLines"]) == 3


# -- tax --------------------------------------------------------------------------------------------------------------


def test_without_tax_the_tax_type_is_that_of_no_tax(api):
    shown = api.put("ManualJournals", journal(two(credit={"TaxType": "OUTPUT2"})))[0]["JournalLines"][1]
    assert (shown["TaxType"], shown["TaxAmount"]) == ("NONE", 0)


def test_the_tax_type_is_the_accounts_unless_told_otherwise(api):
    lines = [journal_line("120", "850"), journal_line("-100", "200")]
    shown = api.put("ManualJournals", journal(lines, LineAmountTypes="Exclusive"))[0]["JournalLines"]
    assert [(line["TaxType"], line["TaxAmount"]) for line in shown] == [("NONE", 0), ("OUTPUT2", -20)]
    lines = two(credit={"TaxType": "ZERORATEDOUTPUT"})
    shown = api.put("ManualJournals", journal(lines, LineAmountTypes="Exclusive"))[0]["JournalLines"][1]
    assert (shown["TaxType"], shown["TaxAmount"]) == ("ZERORATEDOUTPUT", 0)


def test_exclusive_amounts_balance_with_their_tax(api):
    assert wrong(api, LineAmountTypes="Exclusive") == ["The total debits (100.00) must equal total credits (-120.00)"]


def test_inclusive_amounts_balance_as_they_are(api):
    shown = api.put("ManualJournals", journal(two("120"), LineAmountTypes="Inclusive"))[0]["JournalLines"]
    assert [(line["LineAmount"], line["TaxAmount"]) for line in shown] == [(120, 0), (-120, -20)]


def test_a_tax_amount_that_was_sent_is_not_read(api):
    lines = two("120", credit={"TaxAmount": "-7"})
    shown = api.put("ManualJournals", journal(lines, LineAmountTypes="Inclusive"))[0]["JournalLines"][1]
    assert shown["TaxAmount"] == -20


def test_another_kind_of_line_amounts_computes_the_tax_anew(api):
    (saved,) = api.put("ManualJournals", journal(two("120"), LineAmountTypes="Inclusive", Status="DRAFT"))
    change = {"ManualJournalID": saved["ManualJournalID"], "LineAmountTypes": "Exclusive"}
    assert api.refused("POST", "ManualJournals", change) == [
        "The total debits (120.00) must equal total credits (-144.00)"
    ]
    (changed,) = api.post("ManualJournals", change | {"LineAmountTypes": "NoTax"})
    assert [line["TaxAmount"] for line in changed["JournalLines"]] == [0, 0]


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("narration", [None, "", "  "])
def test_a_narration_is_needed(api, narration):
    assert wrong(api, Narration=narration) == ["The Narration field is mandatory"]


@pytest.mark.parametrize("lines", [[], two()[:1], [*two()[:1], {"IsBlank": True}]])
def test_two_lines_are_needed(api, lines):
    assert wrong(api, lines=lines) == [
        "The JournalLines element must contain at least two individual JournalLine sub-elements."
    ]


def test_lines_are_needed(api):
    sent = journal()
    del sent["JournalLines"]
    assert len(api.refused("PUT", "ManualJournals", sent)) == 1


@pytest.mark.parametrize("status", ["DRAFT", "POSTED"])
def test_debits_must_equal_credits_in_drafts_too(api, status):
    lines = [journal_line("100", "810"), journal_line("-99.99", "200")]
    assert wrong(api, lines=lines, Status=status) == ["The total debits (100.00) must equal total credits (-99.99)"]


def test_a_journal_of_zeros_is_refused(api):
    assert wrong(api, lines=[journal_line("0", "810"), journal_line("0", "200")]) == [
        "At least two journal lines must have an amount other than zero."
    ]


@pytest.mark.parametrize("code", ["090", "610", "800", "960", "630", "4711"])
def test_bank_receivable_payable_earnings_inventory_and_unknown_accounts_are_refused(api, code):
    assert wrong_line(api, AccountCode=code) == [f"Account code '{code}' is not a valid code for this document."]


def test_a_bank_account_without_code_is_refused_by_name(org, api):
    account = org.account_by_name("Savings Account")["AccountID"]
    assert wrong_line(api, AccountID=account) == [
        "Account code 'Savings Account' is not a valid code for this document."
    ]


def test_an_archived_account_is_refused(org, api):
    org.archive_account("810")
    assert wrong(api) == [
        "Account code '810' has been archived, or has been deleted. Each line item must reference a valid account."
    ]


@pytest.mark.parametrize(("fields", "message"), [
    ({"AccountCode": None}, "Account code must be specified"),
    ({"AccountID": ZERO_GUID}, "Account must be valid."),
    ({"AccountID": "nonsense"}, "Account must be valid."),
    ({"LineAmount": None}, "The LineAmount field is mandatory"),
    ({"LineAmount": "many"}, "LineAmount is not a valid number."),
    ({"IsBlank": True}, "A blank journal line cannot have an amount."),
    ({"IsBlank": "perhaps"}, "IsBlank is not a valid boolean."),
    ({"Description": "x" * 4_001}, "The Description field has a maximum length of 4000 characters."),
    ({"TaxType": "NONSENSE"},
     "The TaxType code 'NONSENSE' does not exist or cannot be used for this type of transaction."),
    ({"TaxType": "OUTPUT"},
     "The TaxType code 'OUTPUT' does not exist or cannot be used for this type of transaction."),
    ({"AccountCode": "200", "TaxType": "INPUT2"},
     "The TaxType code 'INPUT2' cannot be used with account code '200'."),
    ({"Tracking": [{"Name": "Region", "Option": "West"}]}, "The tracking category or option is not valid."),
    ({"Tracking": [{"Name": "Planet", "Option": "North"}]}, "The tracking category or option is not valid."),
    ({"Tracking": [{"Name": "Region", "Option": "North"}, {"Name": "Region", "Option": "South"}]},
     "A tracking category can be used once a line only."),
])  # fmt: skip
def test_a_wrong_line_is_refused(api, fields, message):
    assert message in wrong_line(api, **fields)


def test_archived_tracking_is_refused(org, api):
    category = next(iter(org.tracking_categories.values()))
    north = {"Tracking": [{"Name": "Region", "Option": "North"}]}
    options = [option | {"Status": "ARCHIVED"} for option in category["Options"][:1]] + category["Options"][1:]
    org.tracking_categories.put({**category, "Options": options})
    assert wrong_line(api, **north) == ["The tracking category or option is not valid."]
    org.tracking_categories.put({**category, "Status": "ARCHIVED"})
    assert wrong_line(api, **north) == ["The tracking category or option is not valid."]


def test_a_line_has_at_most_two_tracking_entries(api):
    entries = [{"Name": "Region", "Option": "North"}, {"Name": "Department", "Option": "Sales"}] * 2
    assert "A line item can have at most two tracking categories." in wrong_line(api, Tracking=entries[:3])


@pytest.mark.parametrize(("fields", "message"), [
    ({"Date": "31/03/2026"}, "Date is not a valid date."),
    ({"LineAmountTypes": "Net"}, "LineAmountTypes 'Net' is not valid."),
    ({"Url": "shop"}, "Url must be a valid http or https address."),
    ({"Url": "https://shop.example/xero"}, "Url must not contain the word 'Xero'."),
    ({"ShowOnCashBasisReports": "perhaps"}, "ShowOnCashBasisReports is not a valid boolean."),
    ({"JournalLines": "x"}, "JournalLines is not a valid list."),
    ({"Narration": "x" * 4_001}, "The Narration field has a maximum length of 4000 characters."),
    ({"ManualJournalID": ZERO_GUID[:-1] + "7"},
     "A manual journal with this ManualJournalID cannot be created: use POST to update it."),
])  # fmt: skip
def test_a_wrong_field_is_refused(org, api, fields, message):
    assert message in wrong(api, **fields)
    assert not org.manual_journals


def test_all_messages_of_a_journal_come_at_once(api):
    lines = [journal_line("1", "4711"), journal_line("-1", "090")]
    assert wrong(api, lines=lines, Narration="", Date="x") == [
        "The Narration field is mandatory", "Date is not a valid date.",
        "Account code '4711' is not a valid code for this document.",
        "Account code '090' is not a valid code for this document.",
    ]  # fmt: skip


# -- the warning of Xero's OpenAPI description ------------------------------------------------------------------------


def test_an_unknown_account_can_be_dropped_with_a_warning(org, api):
    org.journals_drop_unknown_accounts = True
    lines = [journal_line("1", "476"), journal_line("-1", "200")]
    (shown,) = api.put("ManualJournals", journal(lines, Status="DRAFT"))
    message = "Account code '476' has been removed as it does not match a recognised account."
    assert (shown["StatusAttributeString"], shown["Warnings"]) == ("WARNING", [{"Message": message}])
    assert "AccountCode" not in shown["JournalLines"][0]
    change = {"ManualJournalID": shown["ManualJournalID"], "Status": "POSTED"}
    assert api.refused("POST", "ManualJournals", change) == ["Account code must be specified"]
    assert wrong(api, lines=lines) == ["Account code must be specified"]


# -- updates and statuses ---------------------------------------------------------------------------------------------


def test_post_without_an_id_makes_a_new_journal_every_time(org, api):
    api.post("ManualJournals", journal())
    api.post("ManualJournals", journal(ManualJournalID=ZERO_GUID))
    assert len(org.manual_journals) == 2


def test_post_with_an_id_changes_what_was_sent(org, api, saved):
    (changed,) = api.post("ManualJournals", {"ManualJournalID": saved["ManualJournalID"].upper(), "Narration": "New"})
    assert changed["Narration"] == "New"
    assert changed["JournalLines"] == saved["JournalLines"]
    assert (changed["Date"], changed["Status"]) == (saved["Date"], "POSTED")
    assert len(org.manual_journals) == 1


def test_a_posted_journal_gets_new_lines_with_a_post_to_its_url(org, api, saved):
    path = f"ManualJournals/{saved['ManualJournalID']}"
    (changed,) = api.post("ManualJournals", {"JournalLines": two("7"), "Date": "2026-04-30"}, path=path)
    assert [line["LineAmount"] for line in changed["JournalLines"]] == [7, -7]
    assert str(org.manual_journals[saved["ManualJournalID"]]["Date"]) == "2026-04-30"
    assert api.get(path)["ManualJournals"][0]["JournalLines"] == changed["JournalLines"]


def test_a_change_must_keep_the_rules(api, saved):
    path = f"ManualJournals/{saved['ManualJournalID']}"
    for change in ({"Narration": ""}, {"JournalLines": two()[:1]}, {"JournalLines": []}):
        assert len(api.refused("POST", "ManualJournals", change, path=path)) == 1
    assert api.get(path)["ManualJournals"][0]["JournalLines"] == saved["JournalLines"]


def test_ids_that_fit_nothing_are_refused(api, saved):
    other = ZERO_GUID[:-1] + "7"
    assert api.refused("POST", "ManualJournals", journal(ManualJournalID=other)) == [
        f"The manual journal with ManualJournalID {other} could not be found."
    ]
    path = f"ManualJournals/{saved['ManualJournalID']}"
    assert api.refused("POST", "ManualJournals", {"ManualJournalID": other}, path=path) == [
        "The ManualJournalID of the body is not the one of the URL."
    ]
    for key in (other, "nonsense"):
        assert api.call("GET", f"ManualJournals/{key}").status_code == 404
        assert api.call("POST", f"ManualJournals/{key}", journal()).status_code == 404


@pytest.mark.parametrize("status", ["DELETED", "VOIDED", "ARCHIVED", "AUTHORISED", "posted"])
def test_a_new_journal_is_a_draft_or_posted(api, status):
    assert wrong(api, Status=status) == ["Journal not of valid status for creation"]


@pytest.mark.parametrize(("old", "new", "allowed"), [
    ("DRAFT", "DRAFT", True), ("DRAFT", "POSTED", True), ("DRAFT", "DELETED", True), ("DRAFT", "VOIDED", False),
    ("DRAFT", "ARCHIVED", False), ("POSTED", "POSTED", True), ("POSTED", "VOIDED", True), ("POSTED", "DRAFT", False),
    ("POSTED", "DELETED", False), ("POSTED", "ARCHIVED", False), ("DELETED", "DELETED", False),
    ("DELETED", "DRAFT", False), ("DELETED", "POSTED", False), ("VOIDED", "VOIDED", False), ("VOIDED", "POSTED", False),
])  # fmt: skip
def test_a_status_changes_only_along_xeros_paths(org, api, old, new, allowed):
    identifier = org.add_manual_journal(**journal(Status="DRAFT" if old in ("DRAFT", "DELETED") else "POSTED"))
    identifier = identifier["ManualJournalID"]
    if old in ("DELETED", "VOIDED"):
        org.void_manual_journal(identifier)
    change = {"ManualJournalID": identifier, "Status": new}
    if allowed:
        assert api.post("ManualJournals", change)[0]["Status"] == new
    else:
        assert api.refused("POST", "ManualJournals", change) == [BAD_MODIFICATION]


@pytest.mark.parametrize("status", ["DRAFT", "POSTED"])
def test_an_ended_journal_cannot_be_changed(org, api, status):
    identifier = org.add_manual_journal(**journal(Status=status))["ManualJournalID"]
    org.void_manual_journal(identifier)
    change = {"ManualJournalID": identifier, "Narration": "x"}
    assert api.refused("POST", "ManualJournals", change) == [BAD_MODIFICATION]


# -- lock dates -------------------------------------------------------------------------------------------------------

LOCKED = "The document date cannot be before the {} lock date, currently set at 31-Mar-2026"


@pytest.mark.parametrize(("lock", "words"), [("period", "period"), ("end_of_year", "end of year")])
def test_a_locked_date_is_refused(org, api, lock, words):
    org.set_lock_dates(**{lock: "2026-03-31"})
    for status in ("DRAFT", "POSTED"):
        assert wrong(api, Status=status) == [LOCKED.format(words)]
    assert api.put("ManualJournals", journal(Date="2026-04-01"))[0]["Status"] == "POSTED"


def test_a_locked_journal_is_neither_voided_nor_changed_nor_moved_out(org, api, saved):
    org.set_lock_dates(period="2026-03-31")
    for change in ({"Status": "VOIDED"}, {"Narration": "x"}, {"Date": "2026-04-30"}):
        sent = {"ManualJournalID": saved["ManualJournalID"], **change}
        assert api.refused("POST", "ManualJournals", sent) == [LOCKED.format("period")]


def test_a_journal_is_not_moved_into_a_locked_period(org, api):
    (saved,) = api.put("ManualJournals", journal(Date="2026-04-30"))
    org.set_lock_dates(period="2026-03-31")
    sent = {"ManualJournalID": saved["ManualJournalID"], "Date": "2026-03-31"}
    assert api.refused("POST", "ManualJournals", sent) == [LOCKED.format("period")]


def test_lock_dates_may_leave_drafts_alone(org, api):
    org.lock_dates_cover_drafts = False
    org.set_lock_dates(period="2026-03-31")
    (saved,) = api.put("ManualJournals", journal(Status="DRAFT"))
    change = {"ManualJournalID": saved["ManualJournalID"]}
    assert api.refused("POST", "ManualJournals", {**change, "Status": "POSTED"}) == [LOCKED.format("period")]
    assert api.post("ManualJournals", {**change, "Status": "DELETED"})[0]["Status"] == "DELETED"


# -- batches, keys, lists ---------------------------------------------------------------------------------------------


def test_a_batch_of_fifty_tells_how_each_fared(org, api):
    sent = [journal(Narration=f"N{index}") for index in range(50)]
    sent[7] |= {"JournalLines": [], "Status": "DRAFT"}
    answers = api.put("ManualJournals", *sent, summarizeErrors="false")
    assert [answer["Narration"] for answer in answers] == [f"N{index}" for index in range(50)]
    assert [answer["StatusAttributeString"] for answer in answers].count("OK") == 49
    refused = answers[7]
    assert (refused["ManualJournalID"], refused["StatusAttributeString"]) == (ZERO_GUID, "ERROR")
    assert refused["ValidationErrors"][0]["Message"].startswith("The JournalLines element")
    assert len(org.manual_journals) == 49


def test_by_default_one_bad_journal_refuses_all(org, api):
    api.refused("PUT", "ManualJournals", journal(), journal([]))
    assert not org.manual_journals


def test_a_refused_change_shows_the_journals_own_id(api, saved):
    sent = {"ManualJournalID": saved["ManualJournalID"].upper(), "Status": "DRAFT"}
    (answer,) = api.post("ManualJournals", sent, summarizeErrors="false")
    assert (answer["ManualJournalID"], answer["StatusAttributeString"]) == (saved["ManualJournalID"], "ERROR")


def test_the_same_request_with_the_same_key_makes_one_journal(org, api):
    first, second = (api.call("PUT", "ManualJournals", journal(), headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.content == second.content
    assert len(org.manual_journals) == 1
    assert parsed(first)["ManualJournals"][0]["ManualJournalID"] in org.manual_journals


@pytest.fixture
def many(sim, org):
    """Five journals ``N0`` to ``N4``, a minute apart; ``N1`` changed last."""
    made = []
    for index in range(5):
        made.append(org.add_manual_journal(**journal(Narration=f"N{index}", Date=f"2026-03-0{5 - index}")))
        sim.clock.advance(60)
    org.void_manual_journal(made[1]["ManualJournalID"])
    return made


def narrations(body):
    """The narrations of an answer."""
    return [record["Narration"] for record in body["ManualJournals"]]


def test_without_page_all_journals_come_without_lines_the_last_changed_last(api, many):
    body = api.get("ManualJournals")
    assert narrations(body) == ["N0", "N2", "N3", "N4", "N1"]
    assert "pagination" not in body
    assert all(record["JournalLines"] == [] for record in body["ManualJournals"])


def test_pages_come_with_lines(api, many):
    body = api.get("ManualJournals", page=2, pageSize=2)
    assert narrations(body) == ["N3", "N4"]
    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 3, "itemCount": 5}
    assert all(len(record["JournalLines"]) == 2 for record in body["ManualJournals"])
    assert api.call("GET", "ManualJournals", page=1, pageSize=1_001).status_code == 400


@pytest.mark.parametrize(("where", "expected"), [
    ('Narration=="N2"', ["N2"]), ('Status=="VOIDED"', ["N1"]), ("Date>=DateTime(2026,3,4)", ["N0", "N1"]),
    ('Status=="POSTED" AND Date<DateTime(2026,3,2)', ["N4"]), ("ShowOnCashBasisReports==false", []),
])  # fmt: skip
def test_where(api, many, where, expected):
    assert narrations(api.get("ManualJournals", where=where)) == expected


def test_where_by_id(api, many):
    where = f'ManualJournalID==guid("{many[3]["ManualJournalID"]}")'
    assert narrations(api.get("ManualJournals", where=where)) == ["N3"]


def test_order(api, many):
    assert narrations(api.get("ManualJournals", order="Date")) == ["N4", "N3", "N2", "N1", "N0"]
    assert narrations(api.get("ManualJournals", order="UpdatedDateUTC DESC"))[0] == "N1"
    assert api.call("GET", "ManualJournals", order="Total").status_code == 400
    assert api.call("GET", "ManualJournals", where='AccountCode=="200"').status_code == 400


def test_if_modified_since_gives_new_and_changed_journals(org, api, many):
    since = many[4]["UpdatedDateUTC"].strftime("%Y-%m-%dT%H:%M:%S")
    assert narrations(api.get("ManualJournals", headers={"If-Modified-Since": since})) == ["N4", "N1"]
    assert narrations(api.get("ManualJournals", headers={"If-Modified-Since": "2099-01-01T00:00:00"})) == []


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_person_lists_edits_posts_and_voids(sim, org, api):
    (draft,) = api.put("ManualJournals", journal(Status="DRAFT"))
    identifier = draft["ManualJournalID"]
    assert [record["ManualJournalID"] for record in org.list_manual_journals("DRAFT")] == [identifier]
    assert org.list_manual_journals("POSTED") == []
    before = org.manual_journals[identifier]["UpdatedDateUTC"]
    sim.clock.advance(5)
    assert org.post_manual_journal(identifier)["UpdatedDateUTC"] > before
    org.edit_manual_journal(identifier, JournalLines=two("40"))
    assert api.get(f"ManualJournals/{identifier}")["ManualJournals"][0]["JournalLines"][0]["LineAmount"] == 40
    assert org.void_manual_journal(identifier)["Status"] == "VOIDED"
    assert len(org.list_manual_journals()) == 1


def test_a_person_deletes_a_draft(org):
    identifier = org.add_manual_journal(**journal(Status="DRAFT"))["ManualJournalID"]
    assert org.void_manual_journal(identifier)["Status"] == "DELETED"
