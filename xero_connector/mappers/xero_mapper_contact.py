import re

from odoo import api, models
from odoo.tools import email_normalize

from .xero_mapper import Mapped

# Field lengths of Xero's Contacts, from its API reference.
NAME, ADDRESS_LINE, CITY, POSTCODE, COUNTRY, PHONE, NUMBER = 255, 500, 255, 50, 50, 50, 50

# Xero refuses a whole contact for an address without one.
_DOTTED_DOMAIN = re.compile(r"@[^@.]+(\.[^@.]+)+$")


class XeroMapperContact(models.AbstractModel):
    _name = "xero.mapper.contact"
    _inherit = ["xero.mapper"]
    _description = "Partner to Xero Contact"

    @api.model
    def _contact_number(self, partner):
        """Return our own key of this contact: unlike names and addresses, it never changes.

        It carries the database's id, because two databases may well share one organisation over time.
        """
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        return f"odoo-{uuid[:8]}-{partner.id}"

    @api.model
    def _to_xero(self, connection, partner):
        """Return the ``Mapped`` contact of a commercial partner.

        An e-mail address that is not one is left out (Xero would refuse the whole contact) and reported in
        ``expected['warning']``.
        """
        # Xero joins repeated spaces itself, and compares names without them.
        name = self._text(" ".join((partner.name or "").split()), NAME)
        if not name:
            return Mapped(problems=[("contact", self.env._("The partner has no name: Xero needs one."))])
        email = self._email(partner)
        warning = (
            self.env._("The e-mail address “%s” is not valid and was left out.", partner.email)
            if partner.email and not email
            else ""
        )
        payload = {
            "Name": name,
            **({} if warning else {"EmailAddress": email}),
            "TaxNumber": self._text(partner.vat, NUMBER),
            "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": self._text(partner.phone, PHONE)}],
            "Addresses": [self._address(partner)],
        }
        if not partner.is_company:
            first, _space, last = name.rpartition(" ")
            payload.update({"FirstName": first or last, "LastName": last if first else ""})
        return Mapped(payload=payload, expected={"warning": warning})

    @api.model
    def _email(self, partner):
        """Return the first address that Xero takes: ASCII only, with a dot in its domain, 255 characters at most."""
        email = email_normalize(partner.email, strict=False) or ""
        return email if email.isascii() and len(email) <= NAME and _DOTTED_DOMAIN.search(email) else ""

    @api.model
    def _address(self, partner):
        """Return the partner's address as Xero's billing address (type POBOX)."""
        # Names of states and countries must not change with the language of whoever is responsible.
        partner = partner.with_context(lang="en_US")
        return {
            "AddressType": "POBOX",
            "AddressLine1": self._text(partner.street, ADDRESS_LINE),
            "AddressLine2": self._text(partner.street2, ADDRESS_LINE),
            "City": self._text(partner.city, CITY),
            "Region": self._text(partner.state_id.name, CITY),
            "PostalCode": self._text(partner.zip, POSTCODE),
            "Country": self._text(partner.country_id.name, COUNTRY),
        }
