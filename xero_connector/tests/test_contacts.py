from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.xero_connector.sync.runner import Runner

from .common import XeroCase


class TestContacts(XeroCase):
    """A partner and its contact in Xero: found before it is made, never shared, kept equal."""

    # -- Helpers -----------------------------------------------------------------------------------------------

    def push(self, *partners):
        for partner in partners:
            partner._xero_mark()
        self.run_sync()

    def in_xero(self, partner):
        return self.organisation.contacts[self.binding(partner).xero_id]

    def own_number(self, partner):
        return self.env["xero.mapper.contact"]._contact_number(partner)

    def wizard(self, partner):
        return self.env["xero.contact.link"].browse(partner.action_link_xero_contact()["res_id"])

    def refresh_contacts(self):
        """Have the engine look Xero's contacts up again, as it does before it makes one."""
        self.push(self.new_partner(f"Look-up {len(self.organisation.contacts)}"))

    # -- Matching (K3) -----------------------------------------------------------------------------------------

    def test_match_order_is_own_number_then_reference_then_email_then_name(self):
        partner = self.new_partner("Ridgeway University", ref="C-77", email="pay@ridgeway.example")
        by_name = self.organisation.add_contact("ridgeway  university")
        by_email = self.organisation.add_contact("Bursar", EmailAddress="Pay@Ridgeway.example")
        by_reference = self.organisation.add_contact("Ridgeway (old system)", AccountNumber="C-77")
        own = self.organisation.add_contact("Renamed in Xero", ContactNumber=self.own_number(partner))
        for expected in (own, by_reference, by_email, by_name):
            self.push(partner)
            self.assertEqual(self.binding(partner).xero_id, expected["ContactID"], expected["Name"])
            self.binding(partner).sudo().unlink()
            self.organisation.archive_contact(expected["ContactID"])
        self.assertEqual(len(self.organisation.contacts), 4, "something was created although a contact matched")

    def test_a_reference_matches_a_contact_number_of_another_system_too(self):
        contact = self.organisation.add_contact("Legacy", ContactNumber="C-78")
        partner = self.new_partner("Ridgeway University", ref="C-78")
        self.push(partner)
        self.assertEqual(self.binding(partner).xero_id, contact["ContactID"])

    def test_a_stored_link_wins_over_every_match(self):
        partner = self.new_partner(email="pay@ridgeway.example")
        self.push(partner)
        linked = self.binding(partner).xero_id
        self.organisation.add_contact("Someone else", EmailAddress="pay@ridgeway.example")
        partner.phone = "+44 20 7946 0000"
        self.run_sync()
        self.assertEqual(self.binding(partner).xero_id, linked)
        self.assertEqual(len(self.organisation.contacts), 2)

    def test_linking_to_a_contact_that_is_there_changes_nothing_in_xero(self):
        contact = self.organisation.add_contact(
            "Ridgeway University", TaxNumber="GB123456789", EmailAddress="a@b.example"
        )
        partner = self.new_partner()
        self.push(partner)
        self.assertEqual(self.in_xero(partner), contact)
        self.assertFalse(self.calls("PUT") + self.calls("POST"))

    def test_several_contacts_with_one_email_are_told_apart_by_name(self):
        self.organisation.add_contact("Ridgeway Library", EmailAddress="pay@ridgeway.example")
        right = self.organisation.add_contact("Ridgeway University", EmailAddress="pay@ridgeway.example")
        partner = self.new_partner(email="pay@ridgeway.example")
        self.push(partner)
        self.assertEqual(self.binding(partner).xero_id, right["ContactID"])

    def test_partners_with_one_email_never_share_a_contact(self):
        self.organisation.add_contact("Shared Services", EmailAddress="ap@group.example")
        first, second = (self.new_partner(name, email="ap@group.example") for name in ("Group North", "Group South"))
        self.push(first, second)
        ids = {self.binding(first).xero_id, self.binding(second).xero_id}
        self.assertEqual(len(ids - {False}), 2)

    def test_an_archived_contact_is_no_match(self):
        contact = self.organisation.add_contact("Ridgeway University")
        self.organisation.archive_contact(contact["ContactID"])
        partner = self.new_partner()
        self.push(partner)
        self.assertNotEqual(self.binding(partner).xero_id, contact["ContactID"])
        self.assertEqual(self.binding(partner).state, "synced")

    def test_paging_finds_the_match_among_more_than_1000_contacts(self):
        for index in range(1003):
            last = self.organisation.add_contact(f"Contact {index}")
        partner = self.new_partner("Contact 1002")
        self.push(partner)
        self.assertEqual(self.binding(partner).xero_id, last["ContactID"])
        # 1,000 a page: two calls, and nothing is made.
        self.assertEqual([call.method for call in self.calls(path="/Contacts")], ["GET", "GET"])

    def test_one_look_up_and_one_creation_serve_many_partners(self):
        for index in range(10):
            self.organisation.add_contact(f"Known {index}")
        names = [f"Known {index}" for index in range(10)] + [f"New {index}" for index in range(20)]
        for name in names:
            self.new_invoice(self.new_partner(name))
        self.run_sync()
        self.assertEqual(
            [(call.method, call.path.rpartition("/")[2]) for call in self.calls()],
            [("GET", "Contacts"), ("PUT", "Contacts"), ("PUT", "Invoices")],
        )
        self.assertEqual(len(self.organisation.contacts), 30)
        self.assertEqual(len(self.organisation.invoices), 30)

    # -- Ambiguous: a person chooses -----------------------------------------------------------------------------

    def ambiguous(self):
        """A partner with two possible contacts, and its held invoice."""
        contacts = [
            self.organisation.add_contact(name, EmailAddress="pay@ridgeway.example") for name in ("Bursary", "Library")
        ]
        partner = self.new_partner(email="pay@ridgeway.example")
        invoice = self.new_invoice(partner)
        self.run_sync()
        return partner, invoice, contacts

    def test_an_ambiguous_partner_is_held_with_the_choice_and_its_invoice_waits(self):
        partner, invoice, contacts = self.ambiguous()
        binding = self.binding(partner)
        self.assertEqual((binding.state, binding.reason), ("blocked", "choice"))
        self.assertEqual(set(binding.candidate_ids.mapped("xero_id")), {contact["ContactID"] for contact in contacts})
        for name in ("Bursary", "Library"):
            self.assertIn(name, partner.xero_message)
        held = self.binding(invoice)
        self.assertEqual((held.state, held.reason, held.depends_on_id), ("blocked", "contact", binding))
        self.assertIn("Ridgeway University", held.message)
        self.assertFalse(self.calls("PUT"), "nothing may be made while it is not clear which contact it is")

    def test_choosing_from_the_list_releases_the_invoices(self):
        partner, invoice, contacts = self.ambiguous()
        wizard = self.wizard(partner)
        self.assertEqual(len(wizard.candidate_ids), 2)
        wizard.contact_id = wizard.candidate_ids.filtered(lambda contact: contact.name == "Library")
        wizard.action_link()
        self.run_sync()
        self.assertEqual(self.binding(partner).xero_id, contacts[1]["ContactID"])
        self.assertFalse(self.binding(partner).candidate_ids)
        self.assertEqual(self.binding(invoice).state, "synced")
        self.assertEqual(self.organisation.invoice_by_number(invoice.name)["ContactID"], contacts[1]["ContactID"])

    def test_a_pasted_id_or_address_links(self):
        partner, _invoice, contacts = self.ambiguous()
        first, second = (contact["ContactID"] for contact in contacts)
        pasted = {
            f" {first.upper()} ": first,
            f"https://go.xero.com/app/!x1/contacts/contact/{second}?from=list#top": second,
            f"https://go.xero.com/Contacts/View/{first}/": first,
        }
        for text, expected in pasted.items():
            wizard = self.wizard(partner)
            wizard.xero_id = text
            wizard.action_link()
            self.env.invalidate_all()
            self.assertEqual(self.binding(partner).xero_id, expected, text)

    def test_an_id_that_xero_does_not_know_is_told_and_stops_nothing_else(self):
        partner, _invoice, contacts = self.ambiguous()
        for text in ("11111111-2222-3333-4444-555555555555", "not an id"):
            wizard = self.wizard(partner)
            wizard.xero_id = text
            with self.assertRaises(UserError):
                wizard.action_link()
            self.env.invalidate_all()
            self.assertFalse(self.connection.next_try, "a typing error must not put the connection on hold")
            self.assertFalse(self.connection.last_error)
        self.assertFalse(self.binding(partner).xero_id)

    def test_a_contact_of_another_partner_cannot_be_chosen_however_it_is_named(self):
        other = self.new_partner("First come")
        self.push(other)
        taken = self.binding(other)
        partner = self.new_partner("Second come")
        wizard = self.wizard(partner)
        for values in (
            {"contact_id": self.env["xero.contact"].search([("xero_id", "=", taken.xero_id)]).id},
            {"xero_id": taken.xero_id},
            {"xero_id": taken.xero_id.upper()},
            {"xero_id": f"https://go.xero.com/Contacts/View/{taken.xero_id}"},
        ):
            wizard.write({"contact_id": False, "xero_id": False, **values})
            with self.assertRaises(UserError) as refusal:
                wizard.action_link()
            self.assertIn("First come", str(refusal.exception))
        self.env.invalidate_all()
        self.assertFalse(self.binding(partner).xero_id)
        self.assertEqual(self.binding(other).xero_id, taken.xero_id)

    def test_the_engine_itself_refuses_to_link_two_partners_to_one_contact(self):
        other, partner = self.new_partner("First come"), self.new_partner("Second come")
        self.push(other)
        result = Runner(self.connection).run(link=(partner.id, self.binding(other).xero_id), for_person=True)
        self.assertIn("First come", result.problem)
        self.env.invalidate_all()
        self.assertFalse(self.binding(partner).xero_id)

    def test_namesakes_are_held_with_the_reason_and_renaming_releases(self):
        first, second = self.new_partner("John Smith"), self.new_partner("John Smith")
        invoices = [self.new_invoice(first), self.new_invoice(second)]
        self.run_sync(times=2)
        self.assertEqual([self.binding(invoice).state for invoice in invoices], ["synced", "blocked"])
        self.assertEqual((self.binding(second).state, self.binding(second).reason), ("blocked", "choice"))
        self.assertIn("rename", second.xero_message)
        second.name = "John Smith (Leeds)"
        self.run_sync(times=2)
        self.assertEqual(self.binding(invoices[1]).state, "synced")
        self.assertEqual(self.in_xero(second)["Name"], "John Smith (Leeds)")
        self.assertEqual(len(self.organisation.contacts), 2)

    def test_a_contact_made_in_xero_between_look_up_and_creation_is_linked(self):
        partner = self.new_partner()
        invoice = self.new_invoice(partner)
        made = []

        def meanwhile(call):
            if call.method == "PUT" and call.path.endswith("/Contacts"):
                made.append(self.organisation.add_contact("Ridgeway University", EmailAddress="x@y.example"))
                return True
            return False

        self.simulator.fault("delay", match=meanwhile)
        self.run_sync(times=2)
        self.assertEqual(self.binding(partner).xero_id, made[0]["ContactID"])
        self.assertEqual(self.binding(invoice).state, "synced")
        self.assertEqual(len(self.organisation.contacts), 1)

    def test_an_archived_contact_that_bears_our_number_is_explained_before_any_call(self):
        partner = self.new_partner()
        contact = self.organisation.add_contact("Ridgeway University", ContactNumber=self.own_number(partner))
        self.organisation.archive_contact(contact["ContactID"])
        self.push(partner)
        binding = self.binding(partner)
        self.assertEqual(binding.state, "blocked")
        self.assertIn("archived", binding.message)
        self.assertFalse(self.calls("PUT"))
        self.organisation.restore_contact(contact["ContactID"])
        binding.action_retry()
        self.run_sync()
        self.assertEqual(self.binding(partner).xero_id, contact["ContactID"])

    # -- Archived in Xero ----------------------------------------------------------------------------------------

    def test_an_archived_contact_is_explained_by_preflight_and_restoring_it_helps(self):
        partner = self.new_partner()
        self.push(partner)
        self.organisation.archive_contact(self.binding(partner).xero_id)
        self.refresh_contacts()
        self.simulator.calls.clear()
        invoice = self.new_invoice(partner)
        self.run_sync()
        self.assertEqual((self.binding(invoice).state, self.binding(invoice).reason), ("blocked", "contact"))
        self.assertIn("archived", invoice.xero_message)
        self.assertFalse(self.calls("PUT"), "found before any call")
        self.organisation.restore_contact(self.binding(partner).xero_id)
        self.binding(invoice).action_retry()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_an_archived_contact_that_only_xero_knows_of_is_explained_in_its_words(self):
        partner = self.new_partner()
        self.push(partner)
        self.organisation.archive_contact(self.binding(partner).xero_id)
        invoice = self.new_invoice(partner)
        self.run_sync()
        binding = self.binding(invoice)
        self.assertEqual((binding.state, binding.reason), ("failed", "contact"))
        self.assertIn("must be un-archived", binding.message)
        self.assertIn("Restore it there", binding.message)

    # -- When a contact is created (K4) ----------------------------------------------------------------------------

    def test_a_partner_without_documents_is_not_exported(self):
        partner = self.new_partner()
        partner.write({"phone": "1", "name": "Changed"})
        self.new_invoice(partner, post=False)
        self.run_sync()
        self.assertFalse(self.binding(partner))
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.calls())

    def test_the_checkbox_creates_the_contact_on_create_and_on_write(self):
        created = self.new_partner("Ticked at once", xero_create=True)
        written = self.new_partner("Ticked later")
        written.xero_create = True
        self.run_sync()
        for partner in (created, written):
            self.assertEqual(self.in_xero(partner)["Name"], partner.name)

    def test_the_button_creates_the_contact_and_answers_at_once(self):
        partner = self.new_partner()
        notice = partner.action_push_to_xero()["params"]
        self.env.invalidate_all()
        self.assertEqual(notice["type"], "success")
        self.assertEqual(partner.xero_sync_state, "synced")
        self.assertIn(self.binding(partner).xero_id, partner.xero_url)
        self.assertEqual(partner.action_open_in_xero()["url"], partner.xero_url)

    def test_contact_persons_never_become_contacts_their_company_does(self):
        company = self.new_partner()
        person = self.env["res.partner"].create(
            {"name": "Ada Byron", "parent_id": company.id, "email": "ada@ridgeway.example", "xero_create": True}
        )
        invoice = self.new_invoice(person)
        person.action_push_to_xero()
        self.run_sync(times=2)
        self.assertFalse(self.binding(person))
        self.assertEqual([contact["Name"] for contact in self.organisation.contacts.values()], ["Ridgeway University"])
        self.assertEqual(self.organisation.invoice_by_number(invoice.name)["ContactID"], self.binding(company).xero_id)

    def test_a_partner_that_becomes_a_contact_person_keeps_its_contact_but_sends_nothing_more(self):
        company, person = self.new_partner(), self.new_partner("Ada Byron", is_company=False)
        self.push(company, person)
        contact = self.in_xero(person)
        person.parent_id = company
        person.email = "ada@ridgeway.example"
        self.simulator.calls.clear()
        self.run_sync()
        self.assertEqual(self.organisation.contacts[contact["ContactID"]], contact)
        self.assertFalse(self.calls())
        self.assertFalse(self.waiting_marks())

    # -- Fields and updates (K6) -----------------------------------------------------------------------------------

    def test_each_mapped_field_reaches_xero(self):
        partner = self.new_partner()
        self.push(partner)
        uk = self.env.ref("base.uk")
        county = self.env["res.country.state"].create({"name": "Rutland", "code": "RTL", "country_id": uk.id})
        address = {
            "street": ("AddressLine1", "1 High Street", "1 High Street"),
            "street2": ("AddressLine2", "Floor 2", "Floor 2"),
            "city": ("City", "Oakham", "Oakham"),
            "zip": ("PostalCode", "LE15 6AA", "LE15 6AA"),
            "state_id": ("Region", county.id, "Rutland"),
            "country_id": ("Country", uk.id, "United Kingdom"),
        }
        for field, (name, value, expected) in address.items():
            partner[field] = value
            self.run_sync()
            self.assertEqual(self.in_xero(partner)["Addresses"]["POBOX"].get(name), expected, field)
        fields = {
            "name": ("Name", "Ridgeway College"),
            "email": ("EmailAddress", "pay@ridgeway.example"),
            "vat": ("TaxNumber", "GB180729624"),
        }
        for field, (name, value) in fields.items():
            partner[field] = value
            self.run_sync()
            self.assertEqual(self.in_xero(partner)[name], value, field)
        partner.phone = "+44 1572 770000"
        self.run_sync()
        self.assertEqual(self.in_xero(partner)["Phones"]["DEFAULT"]["PhoneNumber"], "+44 1572 770000")
        self.assertEqual(len(self.organisation.contacts), 1)
        self.assertFalse(self.waiting_marks())

    def test_ten_edits_of_a_partner_cost_one_call_and_other_fields_none(self):
        partner = self.new_partner()
        self.push(partner)
        self.simulator.calls.clear()
        for index in range(10):
            partner.phone = f"+44 1572 77000{index}"
        self.run_sync()
        self.assertEqual(len(self.calls()), 1)
        self.assertEqual(self.in_xero(partner)["Phones"]["DEFAULT"]["PhoneNumber"], "+44 1572 770009")
        self.simulator.calls.clear()
        partner.write({"comment": "<p>Good customer</p>", "website": "https://ridgeway.example", "lang": "en_US"})
        self.assertFalse(self.waiting_marks())
        partner.write({"ref": "C-9", "active": False})
        self.run_sync()
        self.assertFalse(self.calls())

    def test_a_change_that_is_undone_before_it_is_sent_costs_no_call(self):
        partner = self.new_partner(phone="1")
        self.push(partner)
        self.simulator.calls.clear()
        partner.phone = "2"
        partner.phone = "1"
        self.run_sync()
        self.assertFalse(self.calls())
        self.assertEqual(partner.xero_sync_state, "synced")

    def test_the_switch_for_contact_updates_leaves_linked_contacts_alone(self):
        partner = self.new_partner()
        self.push(partner)
        self.connection.contact_updates = False
        self.simulator.calls.clear()
        partner.phone = "+44 1572 770000"
        self.new_invoice(partner)
        self.run_sync()
        self.assertEqual([call.path.rpartition("/")[2] for call in self.calls()], ["Invoices"])
        self.assertFalse(self.in_xero(partner)["Phones"]["DEFAULT"])

    def test_an_invalid_email_is_left_out_with_a_warning(self):
        # The last two are addresses elsewhere; Xero takes ASCII only and wants a dot in the domain.
        for index, email in enumerate(("nonsense", "ann@", "jürgen@example.com", "ann@localhost")):
            partner = self.new_partner(f"Customer {index}", email=email)
            self.push(partner)
            self.assertEqual(self.binding(partner).state, "synced", email)
            self.assertEqual(self.in_xero(partner)["EmailAddress"], "")
            self.assertIn(email, partner.xero_warning)

    def test_an_email_that_becomes_invalid_does_not_wipe_the_one_in_xero(self):
        partner = self.new_partner(email="pay@ridgeway.example")
        self.push(partner)
        partner.email = "pay(at)ridgeway"
        self.run_sync()
        self.assertEqual(self.in_xero(partner)["EmailAddress"], "pay@ridgeway.example")
        self.assertIn("pay(at)ridgeway", partner.xero_warning)
        partner.email = False
        self.run_sync()
        self.assertEqual(self.in_xero(partner)["EmailAddress"], "")
        self.assertFalse(partner.xero_warning)

    def test_an_edit_sends_only_what_changed_so_that_xeros_own_data_stays(self):
        contact = self.organisation.add_contact(
            "Ridgeway University",
            EmailAddress="old@ridgeway.example",
            TaxNumber="GB123",
            Addresses=[{"AddressType": "POBOX", "AddressLine1": "1 Main Road", "City": "Ridge Heights"}],
        )
        partner = self.new_partner()
        self.push(partner)
        self.assertEqual(self.binding(partner).xero_id, contact["ContactID"])
        partner.phone = "+44 1572 770001"
        self.run_sync()
        in_xero = self.in_xero(partner)
        self.assertEqual((in_xero["EmailAddress"], in_xero["TaxNumber"]), ("old@ridgeway.example", "GB123"))
        self.assertIn("1 Main Road", str(in_xero["Addresses"]))
        self.assertIn("770001", str(in_xero["Phones"]))

    def test_of_several_emails_the_first_is_sent(self):
        partner = self.new_partner(email="Accounts <ap@ridgeway.example>; boss@ridgeway.example")
        self.push(partner)
        self.assertEqual(self.in_xero(partner)["EmailAddress"], "ap@ridgeway.example")

    def test_too_long_values_are_cut_to_what_xero_takes(self):
        partner = self.new_partner(
            "N" * 300,
            street="S" * 600,
            city="C" * 300,
            zip="Z" * 60,
            phone="1" * 60,
            vat="V" * 60,
            email=f"{'e' * 250}@x.example",
        )
        self.push(partner)
        self.assertEqual(self.binding(partner).state, "synced", self.binding(partner).message)
        contact = self.in_xero(partner)
        address = contact["Addresses"]["POBOX"]
        self.assertEqual(contact["Name"], "N" * 254 + "…")
        self.assertEqual(address["AddressLine1"], "S" * 499 + "…")
        self.assertEqual(address["City"], "C" * 254 + "…")
        self.assertEqual(address["PostalCode"], "Z" * 49 + "…")
        self.assertEqual(contact["TaxNumber"], "V" * 49 + "…")

    def test_a_persons_name_is_split_and_a_company_has_none(self):
        person = self.new_partner("Ada King Byron", is_company=False)
        single = self.new_partner("Sappho", is_company=False)
        company = self.new_partner("Analytical Engines")
        self.push(person, single, company)
        names = [(self.in_xero(p)["FirstName"], self.in_xero(p)["LastName"]) for p in (person, single, company)]
        self.assertEqual(names, [("Ada King", "Byron"), ("Sappho", ""), ("", "")])

    def test_a_company_that_becomes_a_person_gets_first_and_last_name(self):
        partner = self.new_partner("Ada Byron")
        self.push(partner)
        partner.is_company = False
        self.run_sync()
        self.assertEqual((self.in_xero(partner)["FirstName"], self.in_xero(partner)["LastName"]), ("Ada", "Byron"))

    def test_repeated_spaces_in_a_name_cost_no_extra_call(self):
        partner = self.new_partner("Ridgeway   University ")
        self.push(partner)
        self.assertEqual(self.in_xero(partner)["Name"], "Ridgeway University")
        self.assertEqual([call.method for call in self.calls()], ["GET", "PUT"])

    def test_a_name_that_xero_refuses_is_told_in_its_words_and_stops_no_other(self):
        bad, good = self.new_partner("<b>Acme</b>"), self.new_partner("Bolt Ltd")
        invoices = [self.new_invoice(bad), self.new_invoice(good)]
        self.run_sync(times=2)
        self.assertEqual((self.binding(bad).state, self.binding(good).state), ("failed", "synced"))
        self.assertIn("cannot contain the characters < or >", bad.xero_message)
        self.assertEqual([self.binding(invoice).state for invoice in invoices], ["blocked", "synced"])
        self.assertIn("cannot contain the characters", self.binding(invoices[0]).message)
        bad.name = "Acme"
        self.run_sync(times=2)
        self.assertEqual(self.binding(invoices[0]).state, "synced")

    def test_strange_text_reaches_xero_as_text(self):
        partner = self.new_partner(
            "Müller 🚀 & Söhne\x0b", street='"1" O\'Neill\x00'.replace("\x00", "") + "\x1f", city="東京"
        )
        self.push(partner)
        contact = self.in_xero(partner)
        self.assertEqual(contact["Name"], "Müller 🚀 & Söhne")
        self.assertEqual(contact["Addresses"]["POBOX"]["AddressLine1"], '"1" O\'Neill')
        self.assertEqual(contact["Addresses"]["POBOX"]["City"], "東京")

    # -- The end of a partner --------------------------------------------------------------------------------------

    def test_deleting_a_partner_leaves_the_contact_and_frees_it(self):
        partner = self.new_partner()
        self.push(partner)
        contact_id = self.binding(partner).xero_id
        binding = self.binding(partner)
        self.simulator.calls.clear()
        partner.unlink()
        self.assertTrue(binding.exists(), "the engine alone writes links")
        self.run_sync()
        self.assertFalse(binding.exists())
        self.assertFalse(self.calls())
        self.assertFalse(self.waiting_marks())
        successor = self.new_partner()
        self.push(successor)
        self.assertEqual(self.binding(successor).xero_id, contact_id)

    def test_an_excluded_partner_is_left_alone_and_its_invoices_say_so(self):
        partner = self.new_partner()
        self.push(partner)
        self.binding(partner).action_exclude()
        partner.phone = "+44 1572 770000"
        invoice = self.new_invoice(partner)
        self.simulator.calls.clear()
        self.run_sync()
        self.assertFalse(self.calls())
        self.assertEqual(partner.xero_sync_state, "excluded")
        self.assertIn("excluded", self.binding(invoice).message)
        self.binding(partner).action_include()
        self.run_sync(times=2)
        self.assertEqual(self.binding(invoice).state, "synced")
        self.assertEqual(self.in_xero(partner)["Phones"]["DEFAULT"]["PhoneNumber"], "+44 1572 770000")

    def test_an_invoice_never_edits_its_contact(self):
        partner = self.new_partner(email="pay@ridgeway.example")
        self.push(partner)
        self.organisation.rename_contact(self.binding(partner).xero_id, "Renamed in Xero")
        invoice = self.new_invoice(partner)
        self.run_sync()
        self.assertEqual(self.in_xero(partner)["Name"], "Renamed in Xero")
        (call,) = self.calls("PUT", "/Invoices")
        self.assertEqual(call.body_json["Invoices"][0]["Contact"], {"ContactID": self.binding(partner).xero_id})
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_another_company_s_partner_goes_to_its_own_organisation_only(self):
        other = self.env["res.company"].create({"name": "No Xero here", "currency_id": self.company.currency_id.id})
        partner = self.new_partner(company_id=other.id, xero_create=True)
        self.assertFalse(self.env["xero.mark"].search([("res_id", "=", partner.id)]))
        partner.write({"phone": "1"})
        self.run_sync()
        self.assertFalse(self.calls())

    def test_a_document_for_a_partner_of_the_whole_database_is_pushed_with_it(self):
        partner = self.env["res.partner"].create({"name": "Shared", "category_id": [Command.create({"name": "Tag"})]})
        invoice = self.new_invoice(partner)
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")
