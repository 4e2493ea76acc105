from odoo import models
from odoo.tools import SQL, format_amount, format_date

from odoo.addons.xero_connector.sync.resources import BATCH_SIZE
from odoo.addons.xero_connector.xero_api.payload import ENDED

_SPANS = SQL("xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id")


class XeroJournalExportWizard(models.TransientModel):
    """What the user should know before the export, in words."""

    _inherit = "xero.journal.export.wizard"

    def _notes(self):
        """Return a list of texts, the gravest first."""
        notes = [
            self._not_in_xero_note(),
            self._foreign_note(),
            self._locked_note(),
            self._left_out_note(),
            self._other_connection_note(),
            self._older_note(),
            self._tracking_note(),
            self._api_note() if self.destination == "api" else self._not_ascii_note(),
        ]
        return [note for note in notes if note]

    def _count(self, condition):
        """Return the number of charges among what is chosen that meet ``condition`` on ``span`` and ``charge``."""
        query = SQL("SELECT count(DISTINCT charge.id) FROM %s WHERE %s AND %s", _SPANS, self._chosen(), condition)
        return self.env.execute_query(query)[0][0]

    def _not_in_xero_note(self):
        absent = SQL(
            """
            charge.move_id IS NOT NULL AND charge.state = 'running' AND NOT EXISTS (
                SELECT 1 FROM xero_binding binding
                 WHERE binding.connection_id = %s AND binding.res_model = 'account.move' AND binding.role = 'main'
                   AND binding.res_id = charge.move_id AND binding.xero_id IS NOT NULL
                   AND COALESCE(binding.xero_status, '') NOT IN %s)
            """,
            self.connection_id.id,
            ENDED,
        )
        count = self._count(absent)
        return count and self.env._(
            "Charges of invoices that are not in Xero: %s. Their journals would move revenue that Xero does not have. "
            "Push these invoices first.",
            count,
        )

    def _foreign_note(self):
        if self.connection_id.currency_rates == "odoo":
            return ""
        count = self._count(SQL("charge.currency_id <> charge.company_currency_id"))
        return count and self.env._(
            "Charges in a foreign currency: %s. Xero books their invoices at its own rate of the day, journals are at "
            "Odoo's: a difference stays on the deferred account. Choose Odoo's rate under Exchange Rates in the "
            "connection, for invoices to come.",
            count,
        )

    def _locked_note(self):
        lock, first = self.connection_id._locked_up_to(), self._first()
        if not lock or (first and first > lock) or not self._count(SQL("span.clip_from <= %s", lock)):
            return ""
        return self.env._(
            "Xero is locked up to %s: it takes no journals of these days. Export from the day after, with Include "
            "Earlier Days left unticked, or change the lock date in Xero.",
            format_date(self.env, lock),
        )

    def _left_out_note(self):
        count = self._left_out()
        return count and self.env._(
            "Charges without a deferred or recognised account are left out: %s. Open them under Xero → Revenue "
            "Recognition → Charges, filter Account missing, and choose the account.",
            count,
        )

    def _other_connection_note(self):
        """Charges keep the accounts that they were made with, of a connection that is no longer used for instance."""
        query = SQL(
            """
            SELECT count(DISTINCT charge.id), MIN(connection.name)
              FROM %s JOIN xero_connection connection ON connection.id = charge.connection_id
             WHERE charge.company_id IN %s AND charge.connection_id <> %s AND span.export_id IS NULL
               AND span.clip_from <= %s
            """,
            _SPANS,
            tuple(self._companies().ids) or (0,),
            self.connection_id.id,
            self.date_to,
        )
        count, name = self.env.execute_query(query)[0]
        return count and self.env._(
            "Charges with accounts of the connection %(connection)s are left out: %(count)s. If it is not used any "
            "more, delete it; then accounts of this one can be chosen on them.",
            connection=name,
            count=count,
        )

    def _older_note(self):
        count, amount = self._older()
        if not count or self.include_older:
            return ""
        return self.env._(
            "Before this period %(amount)s of %(count)s charges were never exported. Tick Include Earlier Days to "
            "export them too, on their own dates.",
            amount=format_amount(self.env, amount, self.company_currency_id),
            count=count,
        )

    def _tracking_note(self):
        archived = SQL(
            """
            SELECT MIN(option.name) FROM %s
              JOIN xero_recognition_charge_xero_tracking_option_rel tracking
                ON tracking.xero_recognition_charge_id = charge.id
              JOIN xero_tracking_option option ON option.id = tracking.xero_tracking_option_id
              JOIN xero_tracking_category category ON category.id = option.category_id
             WHERE %s AND NOT (option.active AND category.active)
            """,
            _SPANS,
            self._chosen(),
        )
        name = self.env.execute_query(archived)[0][0]
        return name and self.env._(
            "Tracking that is archived in Xero, which takes no more of it, is left out: %s, for instance.", name
        )

    def _not_ascii_note(self):
        """Return a note with a name that has letters outside ASCII, if there is one among what would be exported."""
        text = SQL("concat_ws(' ', charge.partner_name, charge.product_name, charge.move_name, charge.name)")
        query = SQL("SELECT %s FROM %s WHERE %s AND %s ~ '[^\\x01-\\x7F]' LIMIT 1", text, _SPANS, self._chosen(), text)
        found = self.env.execute_query(query)
        words = [word for word in (found[0][0].split() if found else []) if not word.isascii()]
        return words and self.env._(
            "Names with letters outside ASCII (%s, for instance) may arrive garbled in Xero's import: open the draft "
            "journals there before you post them.",
            words[0],
        )

    def _api_note(self):
        calls = -(-self.journal_count // BATCH_SIZE)
        status = dict(self.connection_id._fields["journal_status"]._description_selection(self.env))
        text = self.env._(
            "%(count)s journals are made in Xero as %(status)s, in about %(calls)s calls.",
            count=self.journal_count,
            status=status[self.connection_id.journal_status],
            calls=calls,
        )
        left = max(self.connection_id.day_calls_left - self.connection_id.day_reserve, 0)
        if calls > left:
            text += " " + self.env._(
                "Only %s calls may still be used today; the rest follows by itself later. A monthly aggregation needs "
                "far fewer.",
                left,
            )
        return text
