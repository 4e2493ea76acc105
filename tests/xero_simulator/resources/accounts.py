"""Accounts: read only."""

from ..dates import microsoft
from ..ids import is_guid, normal_guid
from ..listing import filtered, plain
from ..problems import not_found

FIELDS = plain(
    "AccountID", "Code", "Name", "Type", "Status", "Class", "TaxType", "SystemAccount", "EnablePaymentsToAccount",
    "BankAccountType", "CurrencyCode", "UpdatedDateUTC",
)  # fmt: skip


def listed(context):
    """GET: the whole chart, archived accounts included; there are no pages."""
    return {"Accounts": [show(record) for record in filtered(context, context.organisation.accounts.values(), FIELDS)]}


def read(context, account_id):
    """GET of one account by its id."""
    record = context.organisation.accounts.get(normal_guid(account_id)) if is_guid(account_id) else None
    if record is None:
        raise not_found()
    return {"Accounts": [show(record)]}


def show(record):
    """An account; a missing code is left out."""
    answer = {name: value for name, value in record.items() if name not in ("UpdatedDateUTC", "SystemAccount", "Code")}
    if record["Code"]:
        answer["Code"] = record["Code"]
    if record["SystemAccount"]:
        answer["SystemAccount"] = record["SystemAccount"]
    answer["HasAttachments"] = answer["AddToWatchlist"] = False
    answer["UpdatedDateUTC"] = microsoft(record["UpdatedDateUTC"])
    return answer


ROUTES = {("GET",): listed, ("GET", "*"): read}
