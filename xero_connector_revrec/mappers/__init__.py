from . import xero_mapper_line
from . import xero_mapper_manual_journal
