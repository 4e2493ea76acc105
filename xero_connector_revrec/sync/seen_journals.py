from decimal import Decimal

from odoo.addons.xero_connector.xero_api.payload import ENDED, to_datetime


def note_journals(work, answers):
    """Note what Xero's manual journals were seen to be, on the links of ours among them.

    What people change in Xero is told, never undone: which side is right is for a person to say.

    :param answers: a page of manual journals, with their lines
    :return: no links: what differs from Odoo is told at once
    """
    by_id = {answer["ManualJournalID"]: answer for answer in answers}
    bindings = work.env["xero.binding"].search(
        [
            ("connection_id", "=", work.connection.id),
            ("xero_type", "=", "ManualJournal"),
            ("xero_id", "in", list(by_id)),
            ("state", "=", "synced"),
        ]
    )
    journals = work.env["xero.manual.journal"].browse(bindings.mapped("res_id")).exists()
    journal_by_id = {journal.id: journal for journal in journals}
    for binding in bindings:
        journal, answer = journal_by_id.get(binding.res_id, journals.browse()), by_id[binding.xero_id]
        values = {
            "xero_status": answer.get("Status") or False,
            "remote_updated_at": to_datetime(answer.get("UpdatedDateUTC")) or False,
            "warning": _warning(work.env, journal, answer) or False,
        }
        changed = {name: value for name, value in values.items() if binding[name] != value}
        if changed:
            binding.write(changed)
    return work.env["xero.binding"]


def _warning(env, journal, answer):
    if not journal or journal.withdrawn:
        return ""
    if answer.get("Status") in ENDED:
        return env._(
            "It was deleted or voided in Xero, but its days count as exported. Press Push to Xero to make it again "
            "there, or undo the export."
        )
    booked_on = to_datetime(answer.get("Date"))
    parts = {
        env._("date"): booked_on and booked_on.date() != journal.date,
        env._("lines"): booked_in_xero(answer, journal) != booked(journal),
    }
    changed = [name for name, differs in parts.items() if differs]
    if not changed:
        return ""
    return env._(
        "It was changed in Xero: %(what)s. Odoo's schedule is as it was exported. If Odoo is right, undo the export "
        "and make it again.",
        what=", ".join(changed),
    )


def booked_in_xero(answer, journal):
    """Return the lines of an answer as a sorted list of (account, amount); blank ones are left out.

    Xero may name an account by its code alone.
    """
    accounts = journal.debit_account_id | journal.credit_account_id
    by_code = {account.code: account.xero_id for account in accounts}
    found = []
    for line in answer.get("JournalLines") or []:
        if line.get("LineAmount") is not None and not line.get("IsBlank"):
            account = line.get("AccountID") or by_code.get(line.get("AccountCode"), "")
            found.append((account, Decimal(str(line["LineAmount"]))))
    return sorted(found)


def booked(journal):
    """Return the lines of a journal likewise."""
    amount = Decimal(str(journal.amount))
    return sorted([(journal.debit_account_id.xero_id, amount), (journal.credit_account_id.xero_id, -amount)])
