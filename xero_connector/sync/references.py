import logging

from odoo import fields

from ..xero_api.errors import XeroRefused

_logger = logging.getLogger(__name__)


class References:
    """Refreshes the copies of what Xero owns: organisation, accounts, tax rates, currencies and tracking."""

    def __init__(self, work):
        self.work = work

    def refresh(self):
        """Read everything (5 calls), then write it in one transaction, so that no half-read chart is ever used."""
        client = self.work.client
        organisation = client.organisation()
        accounts = client.list("/Accounts")
        rates = client.list("/TaxRates")
        currencies = self._if_listed(client, "/Currencies")
        tracking = self._if_listed(client, "/TrackingCategories")
        # Begun anew: whoever edited the connection during these calls is not in our way.
        self.work.commit()
        env, connection = self.work.env, self.work.connection
        connection.write(connection._organisation_values(organisation))
        env["xero.account"]._mirror(connection, accounts)
        env["xero.tax.rate"]._mirror(connection, rates)
        if tracking is not None:
            env["xero.tracking.category"]._mirror(connection, tracking)
        if currencies is not None:
            env["xero.currency"]._mirror(connection, currencies)
        env["xero.binding"]._retry_blocked(connection.company_id)
        self.work.commit()
        connection._write_run_facts({"references_refreshed_at": fields.Datetime.now()})

    def _if_listed(self, client, path):
        """Return the elements of a list, or ``None`` where Xero will not give it.

        Without them a missing currency is found by Xero instead of before it, and journals have no tracking: their
        absence must not hold up the rest.
        """
        try:
            return client.list(path)
        except XeroRefused as error:
            _logger.info("Xero does not list %s of %s: %s", path, self.work.connection.code, error)
            return None
