"""GET of many: pages, filters, order, what is shown."""

from email.utils import format_datetime

import pytest

from .client import bill, invoice, line


@pytest.fixture
def many(org, contact):
    """Seven draft invoices ``N-0`` to ``N-6``."""
    return [
        org.add_invoice(
            Type="ACCREC", Contact={"ContactID": contact}, InvoiceNumber=f"N-{index}", Date=f"2026-03-0{index + 1}",
            LineItems=[line(str(10 * index))],
        )
        for index in range(7)
    ]  # fmt: skip


def numbers(body):
    """The invoice numbers of an answer."""
    return [record["InvoiceNumber"] for record in body["Invoices"]]


def names(body):
    """The contact names of an answer."""
    return [record["Name"] for record in body["Contacts"]]


# -- pages ------------------------------------------------------------------------------------------------------------


def test_without_page_all_invoices_come_without_lines(api, many):
    body = api.get("Invoices")
    assert len(body["Invoices"]) == 7
    assert "pagination" not in body
    assert all(record["LineItems"] == [] for record in body["Invoices"])


def test_pages_come_with_lines_and_pagination(api, many):
    body = api.get("Invoices", page=2, pageSize=3)
    assert numbers(body) == ["N-3", "N-4", "N-5"]
    assert body["pagination"] == {"page": 2, "pageSize": 3, "pageCount": 3, "itemCount": 7}
    assert all(len(record["LineItems"]) == 1 for record in body["Invoices"])
    assert api.get("Invoices", page=4, pageSize=3)["Invoices"] == []


def test_a_page_has_100_records_by_default(org, api):
    for index in range(101):
        org.add_contact(f"C{index:03}")
    body = api.get("Contacts", page=1)
    assert len(body["Contacts"]) == 100
    assert body["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 2, "itemCount": 101}
    assert names(api.get("Contacts", page=2)) == ["C100"]
    assert len(api.get("Contacts")["Contacts"]) == 101


@pytest.mark.parametrize(
    "params",
    [{"page": 0}, {"page": "x"}, {"page": 1, "pageSize": 1001}, {"page": 1, "pageSize": 0}, {"pageSize": "-5"}],
)
def test_bad_pages_are_refused(api, params):
    assert api.call("GET", "Invoices", **params).status_code == 400


def test_a_page_may_have_1000_records(api, many):
    assert api.get("Invoices", page=1, pageSize=1000)["pagination"]["pageSize"] == 1000


def test_summary_only_leaves_out_lines_and_contact_details(api, many):
    body = api.get("Invoices", summaryOnly="true")
    assert body["pagination"]["itemCount"] == 7
    assert body["Invoices"][0]["LineItems"] == []
    assert set(body["Invoices"][0]["Contact"]) == {"ContactID", "Name"}
    assert "Payments" not in body["Invoices"][0]


def test_summary_only_contacts_have_no_addresses(org, api):
    org.add_contact("x", Addresses=[{"AddressType": "STREET", "City": "Leeds"}])
    assert api.get("Contacts", summaryOnly="true")["Contacts"][0]["Addresses"] == []
    assert api.get("Contacts")["Contacts"][0]["Addresses"][1]["City"] == "Leeds"


# -- explicit filters -------------------------------------------------------------------------------------------------


def test_invoices_by_ids(api, many):
    wanted = [many[4]["InvoiceID"], many[1]["InvoiceID"], "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"]
    assert sorted(numbers(api.get("Invoices", IDs=",".join(wanted)))) == ["N-1", "N-4"]
    assert api.call("GET", "Invoices", IDs="nonsense").status_code == 400


def test_invoices_by_numbers_statuses_and_contacts(org, api, many):
    org.void_invoice(many[0]["InvoiceID"])
    other = org.add_contact("Other")["ContactID"]
    org.add_invoice(Type="ACCREC", Contact={"ContactID": other}, InvoiceNumber="O-1")
    assert numbers(api.get("Invoices", InvoiceNumbers="n-2,N-3,nothing")) == ["N-2", "N-3"]
    assert numbers(api.get("Invoices", Statuses="DELETED")) == ["N-0"]
    assert numbers(api.get("Invoices", ContactIDs=other)) == ["O-1"]
    assert numbers(api.get("Invoices", ContactIDs=other, Statuses="DELETED,DRAFT", InvoiceNumbers="O-1,N-1")) == ["O-1"]
    assert api.call("GET", "Invoices", Statuses="GONE").status_code == 400


def test_invoices_created_by_my_app(org, api, contact, many):
    api.put("Invoices", invoice(contact))
    assert numbers(api.get("Invoices", createdByMyApp="true")) == ["INV/1"]


def test_invoices_by_search_term(api, contact, many):
    api.put("Invoices", invoice(contact, Reference="Purchase order 77"))
    assert numbers(api.get("Invoices", searchTerm="ORDER 7")) == ["INV/1"]
    assert numbers(api.get("Invoices", searchTerm="n-6")) == ["N-6"]


def test_an_invoice_is_read_by_id_or_number(api, contact):
    (saved,) = api.put("Invoices", invoice(contact, "INV-7"))
    for key in (saved["InvoiceID"], "inv-7"):
        (shown,) = api.get(f"Invoices/{key}")["Invoices"]
        assert shown["InvoiceID"] == saved["InvoiceID"]
        assert len(shown["LineItems"]) == 1
        assert shown["Contact"]["Addresses"]
    assert api.call("GET", "Invoices/nothing").status_code == 404


def test_archived_contacts_are_listed_on_request(org, api, contact):
    org.archive_contact(contact)
    org.add_contact("Active")
    assert names(api.get("Contacts")) == ["Active"]
    assert names(api.get("Contacts", includeArchived="true")) == ["Bayside Club", "Active"]
    assert api.get(f"Contacts/{contact}")["Contacts"][0]["ContactStatus"] == "ARCHIVED"


def test_contacts_by_ids_and_search_term(org, api, contact):
    other = org.add_contact("Other", EmailAddress="sales@bay.example")["ContactID"]
    assert names(api.get("Contacts", IDs=f"{other},{contact.upper()}")) == ["Other", "Bayside Club"]
    assert names(api.get("Contacts", searchTerm="BAY")) == ["Bayside Club", "Other"]
    assert names(api.get("Contacts", searchTerm="sales@")) == ["Other"]


def test_flags_are_true_or_false(api):
    assert api.call("GET", "Contacts", includeArchived="yes").status_code == 400


# -- If-Modified-Since ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S"), lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda moment: moment.isoformat(), lambda moment: str(moment),
    lambda moment: format_datetime(moment.replace(microsecond=0), usegmt=True),
])  # fmt: skip
def test_if_modified_since_is_utc_to_the_second(sim, org, api, write):
    org.add_contact("Old")
    sim.clock.advance(10)
    new = org.add_contact("New")
    moment = new["UpdatedDateUTC"]
    assert names(api.get("Contacts", headers={"If-Modified-Since": write(moment)})) == ["New"]


def test_a_change_at_that_very_second_is_included(org, api, contact):
    moment = org.contacts[contact]["UpdatedDateUTC"].replace(microsecond=0)
    org.contacts.put({**org.contacts[contact], "UpdatedDateUTC": moment})
    assert names(api.get("Contacts", headers={"If-Modified-Since": moment.isoformat()})) == ["Bayside Club"]


def test_nothing_new_is_an_empty_list_and_not_304(sim, org, api, contact):
    later = org.contacts[contact]["UpdatedDateUTC"].replace(year=2099).strftime("%Y-%m-%dT%H:%M:%S")
    for resource in ("Contacts", "Invoices", "Accounts", "Items"):
        answer = api.call("GET", resource, headers={"If-Modified-Since": later})
        assert (answer.status_code, answer.json()[resource]) == (200, [])


def test_a_bad_if_modified_since_is_refused(api):
    assert api.call("GET", "Contacts", headers={"If-Modified-Since": "yesterday"}).status_code == 400


def test_an_edit_moves_the_timestamp(sim, org, api, contact):
    sim.clock.advance(10)
    since = sim.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
    sim.clock.advance(2)
    assert names(api.get("Contacts", headers={"If-Modified-Since": since})) == []
    org.rename_contact(contact, "Renamed")
    assert names(api.get("Contacts", headers={"If-Modified-Since": since})) == ["Renamed"]


def test_becoming_a_customer_does_not_move_the_timestamp(sim, org, api, contact):
    sim.clock.advance(10)
    since = sim.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
    sim.clock.advance(2)
    api.put("Invoices", invoice(contact))
    assert org.contacts[contact]["IsCustomer"]
    assert names(api.get("Contacts", headers={"If-Modified-Since": since})) == []


# -- order ------------------------------------------------------------------------------------------------------------


def test_order_by_fields(org, api):
    for name, email in (("b", "1@x.example"), ("A", "2@x.example"), ("c", "1@x.example")):
        org.add_contact(name, EmailAddress=email)
    assert names(api.get("Contacts", order="Name")) == ["A", "b", "c"]
    assert names(api.get("Contacts", order="Name DESC")) == ["c", "b", "A"]
    assert names(api.get("Contacts", order="EmailAddress ASC, Name DESC")) == ["c", "b", "A"]


def test_order_puts_empty_values_first(api, contact):
    api.put("Invoices", invoice(contact, "A", Status="DRAFT", DueDate=None), invoice(contact, "B"))
    assert numbers(api.get("Invoices", order="DueDate")) == ["A", "B"]
    assert numbers(api.get("Invoices", order="DueDate DESC")) == ["B", "A"]


@pytest.mark.parametrize("order", ["Nothing", "Name UP", "Name ASC DESC", "", " "])
def test_a_bad_order_is_refused(api, contact, order):
    answer = api.call("GET", "Contacts", order=order)
    assert answer.status_code == (400 if order else 200)


def test_contact_balances_are_shown_for_a_single_contact(sim, org, api, contact):
    far = "2099-01-01"
    api.put(
        "Invoices",
        invoice(contact, DueDate=far),
        invoice(contact, "INV/2", DueDate="2020-01-01"),
        bill(contact, DueDate=far),
    )
    balances = api.get(f"Contacts/{contact}")["Contacts"][0]["Balances"]
    assert balances == {
        "AccountsReceivable": {"Outstanding": 240, "Overdue": 120},
        "AccountsPayable": {"Outstanding": 120, "Overdue": 0},
    }
