from odoo import api, models

from odoo.addons.xero_connector.mappers.xero_mapper import Mapped

_NARRATION = 4000


class XeroMapperManualJournal(models.AbstractModel):
    """A journal of an export → Xero's ManualJournal."""

    _name = "xero.mapper.manual.journal"
    _inherit = ["xero.mapper"]
    _description = "Manual Journal to Xero"

    @api.model
    def _to_xero(self, connection, journal):
        """Return a ``Mapped`` of the journal: a positive ``LineAmount`` is a debit, a negative one a credit.

        (Xero's API reference, *Manual Journals*.) Amounts are in the organisation's currency, with two decimals.
        """
        problems = self.env["xero.mapper.document"]._lock_problem(connection, journal.date)
        rate = connection._journal_tax_rate()
        if not rate:
            text = self.env._("Choose the Tax Rate of Journals in the connection.")
            problems = [*problems, ("tax", text)]
        for account in journal.debit_account_id | journal.credit_account_id:
            problem = account._line_problem(connection)
            if problem:
                problems = [*problems, ("account", f"{problem}.")]
        if problems:
            return Mapped(problems=problems)
        amount = self._money(journal.amount, journal.company_currency_id)
        lines = [(journal.debit_account_id, amount), (journal.credit_account_id, -amount)]
        payload = {
            "Narration": self._text(journal.narration, _NARRATION),
            "Date": journal.date,
            "LineAmountTypes": "NoTax",
            "Status": journal.export_id.journal_status or connection.journal_status,
            "JournalLines": [self._line(journal, account, signed, rate) for account, signed in lines],
        }
        return Mapped(payload=payload)

    @api.model
    def _line(self, journal, account, amount, rate):
        line = {"LineAmount": amount, "AccountCode": account.code, "TaxType": rate.code}
        if journal.description:
            line["Description"] = self._text(journal.description, _NARRATION)
        tracking = [{"Name": option.category_id.name, "Option": option.name} for option in journal._tracking_options()]
        return {**line, "Tracking": tracking} if tracking else line
