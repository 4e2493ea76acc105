import logging

from odoo import fields

from ..xero_api.errors import XeroRefused

_logger = logging.getLogger(__name__)


class References:
    """Refreshes the copies of what Xero owns: organisation, accounts, tax rates and currencies."""

    def __init__(self, work):
        self.work = work

    def refresh(self):
        """Read everything (4 calls), then write it in one transaction, so that no half-read chart is ever used."""
        client = self.work.client
        organisation = client.organisation()
        accounts = client.list("/Accounts")
        rates = client.list("/TaxRates")
        currencies = self._currencies(client)
        # Begun anew: whoever edited the connection during these calls is not in our way.
        self.work.commit()
        env, connection = self.work.env, self.work.connection
        connection.write(connection._organisation_values(organisation))
        env["xero.account"]._mirror(connection, accounts)
        env["xero.tax.rate"]._mirror(connection, rates)
        if currencies is not None:
            env["xero.currency"]._mirror(connection, currencies)
        env["xero.binding"]._retry_blocked(connection.company_id)
        self.work.commit()
        connection._write_run_facts({"references_refreshed_at": fields.Datetime.now()})

    def _currencies(self, client):
        """Return the organisation's currencies, or ``None`` where Xero will not list them.

        They only serve to find a missing currency before Xero does, so their absence must not hold up the rest.
        """
        try:
            return client.list("/Currencies")
        except XeroRefused as error:
            _logger.info("Xero does not list currencies of %s: %s", self.work.connection.code, error)
            return None
