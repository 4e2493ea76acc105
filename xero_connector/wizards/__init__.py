from . import xero_contact_link, xero_preview
