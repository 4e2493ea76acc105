from odoo import fields

# Held records that a change in Xero may release.
_RELEASED = ["account", "tax", "currency", "lock_date", "totals"]


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
        currencies = client.list("/Currencies")
        env, connection = self.work.env, self.work.connection
        connection.write(connection._organisation_values(organisation))
        env["xero.account"]._mirror(connection, accounts)
        env["xero.tax.rate"]._mirror(connection, rates)
        env["xero.currency"]._mirror(connection, currencies)
        env["xero.binding"]._retry_blocked(connection.company_id, _RELEASED)
        self.work.commit()
        connection._write_run_facts({"references_refreshed_at": fields.Datetime.now()})
