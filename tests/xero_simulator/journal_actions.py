"""What people do with manual journals in Xero's own screens."""

from .journal_import import import_journals
from .journal_rules import save_manual_journal
from .person import action


class JournalActions:
    """Actions on manual journals."""

    def list_manual_journals(self, status=None):
        """The journals, oldest first: all of them, or those of one status, a tab of the screen."""
        return [record for record in self.manual_journals.values() if status in (None, record["Status"])]

    @action
    def add_manual_journal(self, **fields):
        """Type in a journal; fields are those of the API."""
        return save_manual_journal(self, fields, "create")[0]

    @action
    def edit_manual_journal(self, manual_journal_id, **fields):
        """Change a draft or posted journal under the rules that apply to everybody."""
        return save_manual_journal(self, fields, "upsert", manual_journal_id)[0]

    @action
    def post_manual_journal(self, manual_journal_id):
        """Post a draft to the ledger."""
        return self.edit_manual_journal(manual_journal_id, Status="POSTED")

    @action
    def void_manual_journal(self, manual_journal_id):
        """Void a posted journal, delete a draft."""
        posted = self.manual_journals[manual_journal_id]["Status"] == "POSTED"
        return self.edit_manual_journal(manual_journal_id, Status="VOIDED" if posted else "DELETED")

    @action
    def import_manual_journals(self, data):
        """Upload a CSV file of journals, as bytes or text, and return the drafts; see ``journal_import``."""
        return import_journals(self, data)
