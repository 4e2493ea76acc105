from . import xero_preview
from . import xero_journal_export_wizard
from . import xero_journal_export_notes
from . import xero_charge_period
