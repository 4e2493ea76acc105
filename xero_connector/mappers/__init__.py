from . import (
    xero_mapper,
    xero_mapper_contact,
    xero_mapper_tax,
    xero_mapper_line,
    xero_mapper_document,
    xero_mapper_settlement,
)
