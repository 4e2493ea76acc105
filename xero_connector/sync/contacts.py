import logging
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..xero_api.errors import XeroRefused
from ..xero_api.payload import digest, plain
from .outbox import Element
from .verdict import Verdict, own_values

_logger = logging.getLogger(__name__)

# Xero stamps changes to the second and does not stamp all of them: read a little twice.
OVERLAP = timedelta(minutes=5)


class Contacts:
    """Partners → Xero contacts: linked when one is found, created when none is, updated when ours changed."""

    def __init__(self, work, outbox):
        self.work = work
        self.outbox = outbox

    @property
    def env(self):
        return self.work.env

    def sync(self, partner_ids, marks):
        """Bring marked partners to Xero; partners that are gone just lose their marks."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        gone = set(partner_ids) - set(partners.ids)
        marks.delete({mark: "synced" for partner_id in gone for mark in marks.of("res.partner", partner_id)})
        self._drop_links(gone)
        # A partner that became the contact person of another has no contact of its own any more.
        children = partners.filtered(lambda partner: partner.commercial_partner_id != partner)
        marks.delete({mark: "synced" for partner in children for mark in marks.of("res.partner", partner.id)})
        self.ensure(partners - children, marks)

    def _drop_links(self, partner_ids):
        """Forget the links of deleted partners; their contacts stay in Xero with their documents."""
        self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", list(partner_ids)),
            ]
        ).unlink()

    def ensure(self, partners, marks, update=True):
        """Link or create a contact for each of these commercial partners, and send what changed of linked ones.

        :param update: also send what changed of those that were marked or asked for

        Afterwards each partner's binding is ``synced`` with an id, or says why not.
        """
        bindings = self.bindings(partners)
        excluded = partners.filtered(lambda partner: bindings[partner.id].state == "excluded")
        marks.delete({mark: "synced" for partner in excluded for mark in marks.of("res.partner", partner.id)})
        partners -= excluded
        wanting = partners.filtered(lambda partner: not bindings[partner.id].xero_id)
        linked = (partners - wanting).filtered(lambda partner: update and marks.has("res.partner", partner.id))
        if wanting or self.archived(bindings.values()):
            self._refresh_for(marks)
        self._match_or_create(wanting, marks)
        self._update(linked, marks)

    def bindings(self, partners):
        """Return dict of partner id → binding, made where there is none yet."""
        return bindings_of(self.work, partners, "Contact", None)

    def archived(self, bindings):
        """Return dict of Xero id → name of those linked contacts that were last seen archived in Xero."""
        contacts = self.env["xero.contact"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("active", "=", False),
                ("xero_id", "in", [binding.xero_id for binding in bindings if binding.xero_id]),
            ]
        )
        return {contact.xero_id: contact.name for contact in contacts}

    # -- Look-up -----------------------------------------------------------------------------------------------

    def _refresh_for(self, marks):
        """Read what changed in Xero's contacts, unless that was done after these records were marked.

        A look-up made after a change serves it as well as one made for it, so one listing serves any number of
        partners that were marked together.
        """
        refreshed_at = self.work.connection.contacts_refreshed_at
        if self.work.rehearsal:
            # What was last seen must do: reading all contacts may take many calls.
            return
        if not refreshed_at or not marks.latest or refreshed_at <= marks.latest:
            self.refresh()

    def refresh(self):
        """Read the contacts that changed since the last time (all of them, the first time)."""
        connection = self.work.connection
        since = connection.contacts_modified_since
        # By the database's clock, which the marks carry too: a host's clock may differ by seconds.
        [(started,)] = self.env.execute_query(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))
        latest, query = since, {"includeArchived": "true"}
        for elements in self.work.client.pages("/Contacts", "ContactID", query=query, modified_since=since):
            copies = self.env["xero.contact"]._mirror(connection, elements, complete=False)
            latest = max(filter(None, [latest, *copies.mapped("updated_at")]), default=None)
            self.work.commit()
        facts = {"contacts_refreshed_at": started}
        if latest:
            facts["contacts_modified_since"] = latest - OVERLAP if latest != since else since
        connection._write_run_facts(facts)

    def _candidates(self, partner):
        """Return ``(contact, None)`` when one contact is this partner, else ``(None, possible contacts)``.

        Order: our own ContactNumber, the partner's reference as contact or account number, e-mail, name. Several
        with the same e-mail are told apart by name. An e-mail that several customers share identifies none of them.
        A contact of another partner is nobody else's.
        """
        contacts = self.env["xero.contact"]
        own = self._free([("code", "=", self._number(partner))])
        if own:
            return own[:1], contacts
        if partner.ref:
            by_ref = self._free(["|", ("code", "=", partner.ref), ("account_number", "=", partner.ref)])
            if by_ref:
                return self._only(by_ref, partner)
        email = contacts._key(self._payload(partner).get("EmailAddress"))
        if email and not self._shares_email(partner):
            by_email = self._free([("email_key", "=", email)])
            if by_email:
                return self._only(by_email, partner)
        return self._only(self._free([("name_key", "=", self._name_key(partner))]), partner)

    def _free(self, domain):
        """Return the active contacts of a domain that are linked to no partner yet."""
        found = self.env["xero.contact"].search(
            [("connection_id", "=", self.work.connection.id), ("active", "=", True), *domain]
        )
        linked = self._linked(found.mapped("xero_id"))
        return found.filtered(lambda contact: contact.xero_id not in linked)

    def _linked(self, xero_ids):
        """Return those of these ids of contacts that are linked to a partner."""
        if not xero_ids:
            return set()
        bindings = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", "Contact"),
                ("xero_id", "in", xero_ids),
            ]
        )
        return set(bindings.mapped("xero_id"))

    def _shares_email(self, partner):
        """Whether other customers use this address too, so that it does not tell whose contact it is."""
        others = [
            ("email_normalized", "=", partner.email_normalized),
            ("commercial_partner_id", "!=", partner.commercial_partner_id.id),
        ]
        return bool(self.env["res.partner"].search_count(others, limit=1))

    def _only(self, found, partner):
        named = found.filtered(lambda contact: contact.name_key == self._name_key(partner))
        if len(found) == 1:
            return found, found.browse()
        if len(named) == 1:
            return named, found.browse()
        return found.browse(), found

    def _obstacle(self, partner):
        """Return ``(reason, text, contacts)`` where Xero has what keeps this partner's contact from being made.

        Xero keeps numbers for ever, and names while their contact is active.
        """
        found = (
            self.env["xero.contact"]
            .with_context(active_test=False)
            .search(
                [
                    ("connection_id", "=", self.work.connection.id),
                    "|",
                    "&",
                    ("active", "=", False),
                    ("code", "=", self._number(partner)),
                    "&",
                    ("active", "=", True),
                    ("name_key", "=", self._name_key(partner)),
                ]
            )
        )
        archived = found.filtered(lambda contact: not contact.active)
        if archived:
            text = self.env._(
                "The contact “%s” that belongs to this partner is archived in Xero. Restore it there (Contacts → "
                "Archived), then press Retry.",
                archived[0].name,
            )
            return "contact", text, archived.browse()
        return ("choice", self._choice_text(partner, found), found) if found else None

    def _number(self, partner):
        return self.env["xero.mapper.contact"]._contact_number(partner)

    def _name_key(self, partner):
        return self.env["xero.contact"]._key(self._payload(partner).get("Name"))

    def _payload(self, partner):
        return self.env["xero.mapper.contact"]._to_xero(self.work.connection, partner).payload

    # -- Linking, creating, updating ---------------------------------------------------------------------------

    def _match_or_create(self, partners, marks):
        bindings = self.bindings(partners)
        verdict = Verdict(self.work)
        elements = []
        done = {}
        for partner in partners:
            binding = bindings[partner.id]
            contact, possible = self._candidates(partner)
            obstacle = None if contact or possible else self._obstacle(partner)
            if contact:
                self._link(binding, partner, contact)
                done |= dict.fromkeys(marks.of("res.partner", partner.id), "synced")
            elif possible:
                verdict.block(binding, [("choice", self._choice_text(partner, possible))], candidates=possible)
                done |= dict.fromkeys(marks.of("res.partner", partner.id), "blocked")
            elif obstacle:
                reason, text, candidates = obstacle
                verdict.block(binding, [(reason, text)], candidates=candidates)
                done |= dict.fromkeys(marks.of("res.partner", partner.id), "blocked")
            else:
                element = self._element(partner, binding, "create", marks)
                if element:
                    elements.append(element)
                else:
                    done |= dict.fromkeys(marks.of("res.partner", partner.id), "blocked")
        marks.delete(done)
        self.work.commit()
        unresolved = self.outbox.send("Contacts", "PUT", elements, self.env._("Create contacts"))
        self.resolve(unresolved)

    def _link(self, binding, partner, contact, sent=None):
        """Link to a contact that is there already; its own data stays as it is until the partner changes.

        :param sent: the values that were sent before, when the partner may have changed since
        """
        values = sent or self._payload(partner)
        binding.write(
            {
                "xero_id": contact.xero_id,
                "xero_number": contact.code,
                "xero_status": "ACTIVE" if contact.active else "ARCHIVED",
                "state": "synced",
                "reason": False,
                "message": False,
                "candidate_ids": [(5, 0, 0)],
                "synced_hash": digest(values),
                "synced_values": plain(values),
                "synced_at": fields.Datetime.now(),
                "attempts": 0,
                "next_try": False,
            }
        )
        Verdict(self.work).release_dependents(binding)

    def _element(self, partner, binding, intent, marks):
        try:
            mapped = self.env["xero.mapper.contact"]._to_xero(self.work.connection, partner)
            fingerprint = digest(mapped.payload)
        except Exception as error:  # pylint: disable=broad-except
            # A partner that we cannot read is our fault, and must not stop the others.
            _logger.exception("%s could not be mapped for Xero", partner.display_name)
            text = self.env._("It could not be prepared for Xero: %s", error)
            Verdict(self.work).fail(binding, "unsupported", text)
            return None
        if mapped.problems:
            Verdict(self.work).block(binding, mapped.problems)
            return None
        payload = plain(mapped.payload)
        if intent == "create":
            payload["ContactNumber"] = self._number(partner)
        else:
            # Only what changed here: the rest may have been filled in or corrected in Xero.
            known = binding.synced_values or {}
            payload = {name: value for name, value in payload.items() if name not in known or known[name] != value}
            payload["ContactID"] = binding.xero_id
        return Element(
            binding_id=binding.id,
            intent=intent,
            payload=payload,
            key=mapped.payload["Name"],
            hash=fingerprint,
            mark_ids=marks.of("res.partner", partner.id),
            expected={"warning": mapped.expected.get("warning", "")},
            previous=previous_state(binding),
            res_name=partner.display_name,
            attempts=binding.attempts,
        )

    def _update(self, partners, marks):
        bindings = self.bindings(partners)
        done, elements = {}, []
        for partner in partners:
            binding = bindings[partner.id]
            element = None
            if self.work.connection.contact_updates:
                element = self._element(partner, binding, "update", marks)
            if element and element.hash != binding.synced_hash and own_values(element.payload):
                elements.append(element)
            else:
                if element:
                    self._settle_unchanged(binding, element)
                done |= dict.fromkeys(marks.of("res.partner", partner.id), "synced")
        marks.delete(done)
        self.work.commit()
        unresolved = self.outbox.send("Contacts", "POST", elements, self.env._("Update contacts"))
        for _situation, element in unresolved:
            self._fail(element, self.env._("Xero gave no id for this contact. Press Retry."))
        self.work.commit()

    def _settle_unchanged(self, binding, element):
        """Note that Xero has all of ours already, and what of it could not be sent."""
        warning = element.expected["warning"] or False
        if binding.state != "synced" or binding.synced_hash != element.hash or binding.warning != warning:
            binding.write(
                {
                    "state": "synced",
                    "reason": False,
                    "message": False,
                    "warning": warning,
                    "next_try": False,
                    "synced_hash": element.hash,
                }
            )
        Verdict(self.work).release_dependents(binding)

    def resolve(self, unresolved):
        """Settle refused creations by looking again: the contact may have come into being meanwhile."""
        if not unresolved:
            return
        self.refresh()
        verdict = Verdict(self.work)
        for _situation, element in unresolved:
            binding = self.env["xero.binding"].browse(element.binding_id)
            partner = self.env["res.partner"].browse(binding.res_id).exists()
            contact, possible = self._candidates(partner)
            if contact:
                self._link(binding, partner, contact, own_values(element.payload))
                verdict.drop_marks(element, "synced")
                continue
            obstacle = ("choice", self._choice_text(partner, possible), possible) if possible else None
            obstacle = obstacle or self._obstacle(partner)
            if not obstacle:
                self._fail(element, self.env._("Xero neither made this contact nor said why. Press Retry."))
                continue
            reason, text, candidates = obstacle
            verdict.block(binding, [(reason, text)], candidates=candidates)
            verdict.drop_marks(element, "blocked")
        self.work.commit()

    def adopt(self, elements):
        """Link the contacts that a call whose answer was lost did make; return the elements of which there is none."""
        self.refresh()
        verdict = Verdict(self.work)
        absent = []
        for element in elements:
            binding = self.env["xero.binding"].browse(element.binding_id).exists()
            partner = self.env["res.partner"].browse(binding.res_id).exists()
            contact = partner and self.env["xero.contact"].search(
                [("connection_id", "=", self.work.connection.id), ("code", "=", element.payload["ContactNumber"])],
                limit=1,
            )
            if contact and not self._linked([contact.xero_id]):
                self._link(binding, partner, contact, own_values(element.payload))
                verdict.drop_marks(element, "synced")
            else:
                absent.append(element)
        return absent

    def _fail(self, element, text):
        verdict = Verdict(self.work)
        verdict.fail(self.env["xero.binding"].browse(element.binding_id), "refused", text)
        verdict.drop_marks(element, "failed")

    def _choice_text(self, partner, possible):
        linked = possible.filtered("partner_id")
        if linked and linked == possible:
            return self.env._(
                "Xero has a contact “%(name)s” already, linked to the partner %(other)s. Contact names are unique in "
                "Xero: rename this partner, or merge the two partners.",
                name=possible[0].name,
                other=linked[0].partner_id.display_name,
            )
        return self.env._(
            "“%(partner)s” may be one of %(count)s contacts in Xero: %(names)s. Choose which one.",
            partner=partner.display_name,
            count=len(possible),
            names=", ".join(possible[:5].mapped("display_name")),
        )

    def link_by_hand(self, partner, xero_id):
        """Link a partner to the contact that a person chose; return why that cannot be, or an empty text.

        A wrong ID is that person's affair: it is told to them, and does not put the connection on hold.
        """
        unknown = self.env._("Xero has no contact with this ID.")
        try:
            elements = self.work.client.list(f"/Contacts/{xero_id}")
        except XeroRefused as error:
            return unknown if error.status == 404 else str(error)
        if not elements:
            return unknown
        contact = self.env["xero.contact"]._mirror(self.work.connection, elements[:1], complete=False)
        binding = self.bindings(partner)[partner.id]
        if contact.partner_id and contact.partner_id != partner:
            return self.env._("This contact is linked to the partner %s already.", contact.partner_id.display_name)
        self._link(binding, partner, contact)
        self.work.commit()
        return ""


def bindings_of(work, records, xero_type, xero_subtype, role="main"):
    """Return dict of record id → binding of the work's connection, made where there is none yet."""
    domain = [
        ("connection_id", "=", work.connection.id),
        ("res_model", "=", records._name),
        ("res_id", "in", records.ids),
        ("role", "=", role),
    ]
    bindings = {binding.res_id: binding for binding in work.env["xero.binding"].search(domain)}
    missing = records.filtered(lambda record: record.id not in bindings)
    created = work.env["xero.binding"].create(
        [
            {
                "connection_id": work.connection.id,
                "res_model": record._name,
                "res_id": record.id,
                "res_name": record.display_name,
                "role": role,
                "xero_type": xero_type,
                "xero_subtype": xero_subtype,
            }
            for record in missing
        ]
    )
    bindings.update({binding.res_id: binding for binding in created})
    return bindings


def previous_state(binding):
    """The state to return to when a call certainly did nothing."""
    return binding.state if binding.state != "in_flight" else "synced" if binding.xero_id else "new"
