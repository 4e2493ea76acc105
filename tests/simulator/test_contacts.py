"""Contacts: what Xero accepts, and how it matches."""

import pytest

TAKEN = (
    "The contact name {} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)


def test_a_contact_needs_a_name(api):
    assert api.refused("PUT", "Contacts", {"EmailAddress": "a@example.com"}) == ["Contact Name cannot be empty."]
    assert api.refused("PUT", "Contacts", {"Name": "   "}) == ["Contact Name cannot be empty."]


def test_names_are_unique_among_active_contacts_whatever_the_case(org, api, contact):
    assert api.refused("PUT", "Contacts", {"Name": "BAYSIDE club"}) == [TAKEN.format("BAYSIDE club")]
    org.archive_contact(contact)
    assert api.put("Contacts", {"Name": "Bayside Club"})[0]["ContactID"] != contact


def test_renaming_to_a_taken_name_is_refused(org, api, contact):
    other = org.add_contact("Other")["ContactID"]
    assert api.refused("POST", "Contacts", {"ContactID": other, "Name": "Bayside Club"}) == [
        TAKEN.format("Bayside Club")
    ]


def test_archived_contact_cannot_be_edited(org, api, contact):
    org.archive_contact(contact)
    message = ["Archived contacts cannot currently be edited via the API."]
    assert api.refused("POST", "Contacts", {"ContactID": contact, "EmailAddress": "a@example.com"}) == message
    assert api.refused("POST", "Contacts", {"ContactID": contact, "ContactStatus": "ACTIVE"}) == message


def test_a_contact_can_be_archived(org, api, contact):
    api.post("Contacts", {"ContactID": contact, "ContactStatus": "ARCHIVED"})
    assert org.contacts[contact]["ContactStatus"] == "ARCHIVED"
    assert api.refused("PUT", "Contacts", {"Name": "New", "ContactStatus": "ARCHIVED"})


def test_contact_numbers_are_unique_even_against_archived_contacts(org, api):
    first = org.add_contact("First", ContactNumber="42")["ContactID"]
    org.archive_contact(first)
    assert api.refused("PUT", "Contacts", {"Name": "Second", "ContactNumber": "42"}) == [
        "The contact number 42 is already assigned to another contact. "
        "The contact number must be unique across all contacts."
    ]


def test_account_numbers_are_unique(org, api):
    org.add_contact("First", AccountNumber="A1")
    assert "AccountNumber a1" in api.refused("PUT", "Contacts", {"Name": "Second", "AccountNumber": "a1"})[0]


def test_post_updates_by_contact_id(org, api, contact):
    (answer,) = api.post("Contacts", {"ContactID": contact, "EmailAddress": "new@example.com"})
    assert (answer["Name"], answer["EmailAddress"]) == ("Bayside Club", "new@example.com")
    assert len(org.contacts) == 1


def test_post_updates_by_contact_number(org, api):
    identifier = org.add_contact("First", ContactNumber="42")["ContactID"]
    (answer,) = api.post("Contacts", {"ContactNumber": "42", "Name": "Renamed"})
    assert (answer["ContactID"], answer["Name"]) == (identifier, "Renamed")


def test_post_updates_by_name(api, contact):
    (answer,) = api.post("Contacts", {"Name": "bayside club", "ContactNumber": "42"})
    assert (answer["ContactID"], answer["ContactNumber"]) == (contact, "42")


def test_post_with_another_external_key_does_not_take_a_contact_over(org, api):
    org.add_contact("Same name", ContactNumber="1")
    assert api.refused("POST", "Contacts", {"Name": "Same name", "ContactNumber": "2"}) == [TAKEN.format("Same name")]


def test_post_creates_what_it_does_not_find(org, api, contact):
    assert api.post("Contacts", {"Name": "New"})[0]["ContactID"] != contact
    assert len(org.contacts) == 2


def test_an_unknown_contact_id_is_refused(api):
    unknown = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"
    assert "could not be found" in api.refused("POST", "Contacts", {"ContactID": unknown, "Name": "x"})[0]
    assert "not a valid GUID" in api.refused("POST", "Contacts", {"ContactID": "7", "Name": "x"})[0]
    assert api.call("POST", f"Contacts/{unknown}", {"Name": "x"}).status_code == 404


def test_put_never_updates(api, contact):
    assert "cannot be created" in api.refused("PUT", "Contacts", {"ContactID": contact, "Name": "Other"})[0]


def test_one_contact_is_updated_by_its_url(org, api, contact):
    api.post("Contacts", {"FirstName": "Ann"}, path=f"Contacts/{contact}")
    assert org.contacts[contact]["FirstName"] == "Ann"
    other = org.add_contact("Other")["ContactID"]
    assert (
        "not the one of the URL" in api.refused("POST", "Contacts", {"ContactID": other}, path=f"Contacts/{contact}")[0]
    )


@pytest.mark.parametrize(
    "email", ["nonsense", "a@b", "a b@example.com", "müller@example.com", "a@example.com, b@example.com"]
)
def test_email_address_must_be_valid(api, email):
    assert api.refused("PUT", "Contacts", {"Name": "x", "EmailAddress": email}) == ["Email address must be valid."]


@pytest.mark.parametrize("email", ["", "a@example.com", "first.last+tag@sub.example.co.uk", "o'brien@example.ie"])
def test_valid_and_empty_email_addresses_are_taken(api, email):
    assert api.put("Contacts", {"Name": "x", "EmailAddress": email})[0]["EmailAddress"] == email


@pytest.mark.parametrize(("field", "limit"), [
    ("Name", 255), ("ContactNumber", 50), ("AccountNumber", 50), ("FirstName", 255), ("LastName", 255),
    ("TaxNumber", 50), ("CompanyNumber", 50),
])  # fmt: skip
def test_texts_have_a_maximum_length(api, field, limit):
    element = {"Name": "x", field: "y" * (limit + 1)}
    assert api.refused("PUT", "Contacts", element) == [f"The {field} field has a maximum length of {limit} characters."]
    assert api.put("Contacts", element | {field: "y" * limit})[0][field] == "y" * limit


@pytest.mark.parametrize(("field", "limit"), [
    ("AddressLine1", 500), ("AddressLine4", 500), ("City", 255), ("Region", 255), ("PostalCode", 50), ("Country", 50),
    ("AttentionTo", 255),
])  # fmt: skip
def test_address_fields_have_a_maximum_length(api, field, limit):
    element = {"Name": "x", "Addresses": [{"AddressType": "STREET", field: "y" * (limit + 1)}]}
    assert api.refused("PUT", "Contacts", element) == [f"The {field} field has a maximum length of {limit} characters."]


@pytest.mark.parametrize(("field", "limit"), [("PhoneNumber", 50), ("PhoneAreaCode", 10), ("PhoneCountryCode", 20)])
def test_phone_fields_have_a_maximum_length(api, field, limit):
    element = {"Name": "x", "Phones": [{"PhoneType": "MOBILE", field: "1" * (limit + 1)}]}
    assert api.refused("PUT", "Contacts", element) == [f"The {field} field has a maximum length of {limit} characters."]


@pytest.mark.parametrize("kind", ["DELIVERY", "HOME", None])
def test_address_types_are_fixed(api, kind):
    element = {"Name": "x", "Addresses": [{"AddressType": kind, "City": "y"}]}
    assert api.refused("PUT", "Contacts", element) == [f"AddressType '{kind}' is not valid for contacts."]


def test_phone_types_are_fixed(api):
    element = {"Name": "x", "Phones": [{"PhoneType": "OFFICE", "PhoneNumber": "1"}]}
    assert api.refused("PUT", "Contacts", element) == ["PhoneType 'OFFICE' is not valid for contacts."]


def test_a_type_can_be_sent_once(api):
    element = {"Name": "x", "Phones": [{"PhoneType": "FAX"}, {"PhoneType": "FAX"}]}
    assert api.refused("PUT", "Contacts", element) == ["PhoneType 'FAX' was specified more than once."]


def test_answers_show_all_address_and_phone_types(api):
    (answer,) = api.put("Contacts", {"Name": "x", "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "555"}]})
    assert [address["AddressType"] for address in answer["Addresses"]] == ["POBOX", "STREET"]
    assert {phone["PhoneType"]: phone["PhoneNumber"] for phone in answer["Phones"]} == {
        "DEFAULT": "", "DDI": "", "MOBILE": "555", "FAX": "",
    }  # fmt: skip


def test_fields_that_are_not_sent_stay_and_empty_ones_are_cleared(org, api):
    street = {"AddressType": "STREET", "City": "Leeds"}
    identifier = org.add_contact("x", FirstName="Ann", LastName="Lee", Addresses=[street])["ContactID"]
    api.post("Contacts", {"ContactID": identifier, "FirstName": "", "LastName": None})
    record = org.contacts[identifier]
    assert (record["FirstName"], record["LastName"]) == ("", "Lee")
    api.post("Contacts", {"ContactID": identifier, "Addresses": [{"AddressType": "POBOX", "City": "York"}]})
    assert org.contacts[identifier]["Addresses"] == {"POBOX": {"City": "York"}, "STREET": {"City": "Leeds"}}


def test_contact_persons_need_a_contact_with_an_email_address(org, api, contact):
    persons = [{"FirstName": "Ann"}]
    assert api.refused("POST", "Contacts", {"ContactID": contact, "ContactPersons": persons}) == [
        "Additional people cannot be added when the primary person has no email address set."
    ]
    api.post("Contacts", {"ContactID": contact, "EmailAddress": "a@example.com", "ContactPersons": persons})


def test_contact_persons_are_replaced_and_at_most_five(org, api, contact):
    api.post("Contacts", {"ContactID": contact, "EmailAddress": "a@example.com"})
    persons = [{"FirstName": f"P{index}"} for index in range(6)]
    wrong = [{"EmailAddress": "nonsense"}]
    assert api.refused("POST", "Contacts", {"ContactID": contact, "ContactPersons": wrong}) == [
        "Email address must be valid."
    ]
    assert "at most 5" in api.refused("POST", "Contacts", {"ContactID": contact, "ContactPersons": persons})[0]
    api.post("Contacts", {"ContactID": contact, "ContactPersons": persons[:5]})
    (answer,) = api.post("Contacts", {"ContactID": contact, "ContactPersons": persons[5:]})
    assert [person["FirstName"] for person in answer["ContactPersons"]] == ["P5"]


def test_names_are_trimmed_and_angle_brackets_refused(api):
    assert api.put("Contacts", {"Name": "  Two   words "})[0]["Name"] == "Two words"
    assert "characters < or >" in api.refused("PUT", "Contacts", {"Name": "a <b>"})[0]


def test_defaults_must_exist_in_the_organisation(api):
    assert api.refused("PUT", "Contacts", {"Name": "x", "DefaultCurrency": "JPY"}) == [
        "Organisation is not subscribed to currency JPY"
    ]
    assert api.refused("PUT", "Contacts", {"Name": "x", "AccountsReceivableTaxType": "NOPE"})
    assert api.refused("PUT", "Contacts", {"Name": "x", "SalesDefaultAccountCode": "9999"})
    assert api.put("Contacts", {"Name": "x", "DefaultCurrency": "EUR"})[0]["DefaultCurrency"] == "EUR"


def test_payment_terms_are_checked_and_returned(api):
    terms = {"Sales": {"Day": 30, "Type": "DAYSAFTERBILLDATE"}}
    assert api.put("Contacts", {"Name": "x", "PaymentTerms": terms})[0]["PaymentTerms"] == terms
    terms["Sales"]["Type"] = "SOMEDAY"
    assert api.refused("PUT", "Contacts", {"Name": "y", "PaymentTerms": terms})


@pytest.mark.parametrize("element", [
    {"Name": {"x": 1}}, {"Name": "x", "Addresses": "y"}, {"Name": "x", "Phones": ["y"]}, {"Name": True},
    {"Name": "x", "ContactStatus": "GONE"}, {"Name": "x", "PaymentTerms": []}, {"Name": "x", "EmailAddress": [1]},
])  # fmt: skip
def test_fields_of_a_wrong_kind_are_refused(org, api, element):
    assert api.refused("PUT", "Contacts", element)
    assert not org.contacts


def test_a_contact_is_read_by_id_or_number(org, api):
    identifier = org.add_contact("x", ContactNumber="odoo-7")["ContactID"]
    for key in (identifier, identifier.upper(), "ODOO-7"):
        assert api.get(f"Contacts/{key}")["Contacts"][0]["ContactID"] == identifier
    assert api.call("GET", "Contacts/nobody").status_code == 404


def test_merging_archives_and_moves_documents(org, api, contact):
    other = org.add_contact("Other")["ContactID"]
    made = org.add_invoice(Type="ACCREC", Contact={"ContactID": contact})
    org.merge_contact(contact, other)
    merged = api.get(f"Contacts/{contact}")["Contacts"][0]
    assert (merged["ContactStatus"], merged["MergedToContactID"]) == ("ARCHIVED", other)
    assert org.invoices[made["InvoiceID"]]["ContactID"] == other
