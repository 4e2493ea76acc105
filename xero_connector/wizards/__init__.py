from . import (
    xero_contact_link,
    xero_preview,
    xero_setup,
    xero_setup_line,
    xero_setup_step,
    xero_setup_trial,
)
