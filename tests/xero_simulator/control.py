"""``/_simulator/…``: control for tests and scripts in other processes. Bodies are JSON objects."""

from werkzeug.wrappers import Response

from . import wire
from .api import json_answer
from .problems import Invalid, Refused, not_found
from .scopes import DESCRIPTIONS

ACTIONS = (
    "void_invoice", "edit_invoice", "approve_invoice", "pay_invoice", "remove_payments", "mark_sent", "add_invoice",
    "add_credit_note", "edit_credit_note", "approve_credit_note", "void_credit_note", "refund_credit_note",
    "add_overpayment", "add_prepayment", "void_overpayment", "void_prepayment", "refund_overpayment",
    "refund_prepayment", "allocate_credit", "allocate_overpayment", "allocate_prepayment", "remove_allocation",
    "remove_allocations", "delete_payment", "batch_pay", "delete_batch_payment", "reconcile_payment", "add_contact",
    "rename_contact", "archive_contact", "restore_contact", "merge_contact", "archive_account", "add_bank_account",
    "set_lock_dates", "disconnect", "deauthorise", "add_tracking_category", "add_item", "add_currency",
    "list_manual_journals", "add_manual_journal", "edit_manual_journal", "post_manual_journal", "void_manual_journal",
    "import_manual_journals", "trial_balance",
)  # fmt: skip
SETTINGS = (
    "tax_override_tolerance", "voided_numbers_are_free", "lock_dates_cover_drafts", "bills_match_by_number",
    "max_elements", "multicurrency", "approvals_a_month", "payments_name_credit_notes", "payments_before_document_date",
    "reconciled_payments_can_be_deleted", "journals_drop_unknown_accounts", "journal_import_encoding",
)  # fmt: skip


class Control:
    """Answers the control paths of one simulator."""

    def __init__(self, simulator):
        self.simulator = simulator

    def handle(self, request):
        """The answer to one control request; mistakes in it are 400 with a reason."""
        path = request.path.removeprefix("/_simulator/").strip("/").split("/")
        try:
            data = wire.loads(request.get_data()) if request.get_data() else {}
            with self.simulator.lock:
                body = self._dispatch(request.method, path, data)
        except Invalid as invalid:
            raise Refused(400, {"error": "refused", "messages": invalid.messages}) from invalid
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused(400, {"error": f"{type(error).__name__}: {error}"}) from error
        return body if isinstance(body, Response) else json_answer(body)

    def _dispatch(self, method, path, data):
        match method, *path:
            case "POST", "organisations", tenant, "act":
                return self._act(self.simulator.organisations[tenant], data)
            case "POST", "organisations", tenant, "settings":
                return self._set(self.simulator.organisations[tenant], data)
            case _, name:
                handler = getattr(self, f"_{method.lower()}_{name}", None)
                if handler is not None:
                    return handler(**data)
        raise not_found()

    def _get_state(self):
        """Everything: organisations with their books, apps, connections."""
        oauth = self.simulator.oauth
        return {
            "now": self.simulator.clock.now(),
            "apps": [{"client_id": app.client_id, "name": app.name} for app in oauth.apps.values()],
            "connections": [
                {"id": connection.id, "client_id": connection.app.client_id, "tenantId": connection.tenant_id}
                for connection in oauth.connections.values()
            ],
            "organisations": [details(org) for org in self.simulator.organisations.values()],
        }

    def _get_calls(self):
        return [call.as_json() for call in self.simulator.calls]

    def _delete_calls(self):
        self.simulator.calls.clear()
        return {"calls": 0}

    def _post_reset(self):
        self.simulator.reset()
        return {"reset": True}

    def _post_faults(self, kind, **options):
        """Options as of ``XeroSimulator.fault``."""
        fault = self.simulator.fault(kind, **_floats(options))
        return {"kind": fault.kind, "times": fault.times}

    def _delete_faults(self):
        self.simulator.faults.clear()
        return {"faults": 0}

    def _post_clock(self, advance):
        return {"now": self.simulator.clock.advance(float(advance))}

    def _post_apps(self, **options):
        app = self.simulator.add_app(**options)
        return {"client_id": app.client_id, "client_secret": app.client_secret, "name": app.name}

    def _post_organisations(self, **options):
        return summary(self.simulator.add_organisation(**options))

    def _post_grant(self, client_id, organisations, scopes=None):
        """Tokens of the client for organisations, given by their tenant ids."""
        app = self.simulator.oauth.apps[client_id]
        chosen = [self.simulator.organisations[tenant] for tenant in organisations]
        if unknown := [scope for scope in scopes or () if scope not in DESCRIPTIONS]:
            raise ValueError(f"unknown scopes: {unknown}")
        return self.simulator.grant(app, chosen, **({"scopes": scopes} if scopes else {}))

    @staticmethod
    def _act(org, data):
        action = data.pop("action")
        if action not in ACTIONS:
            raise ValueError(f"unknown action: {action}")
        result = getattr(org, action)(**data)
        answer = {"done": action}
        if isinstance(result, dict):
            answer["record"] = public(result)
        elif isinstance(result, list):
            answer["records"] = [public(record) for record in result]
        return answer

    @staticmethod
    def _set(org, data):
        """Settings of an organisation; ``limits`` is an object with ``minute``, ``day``, ``concurrent``."""
        for name, value in data.items():
            if name == "limits":
                for limit, number in value.items():
                    if limit not in ("minute", "day", "concurrent"):
                        raise ValueError(f"unknown limit: {limit}")
                    setattr(org.limits, limit, number)
            elif name in SETTINGS:
                setattr(org, name, value)
            else:
                raise ValueError(f"unknown setting: {name}")
        return summary(org)


def summary(org):
    """Who an organisation is."""
    return {"tenantId": org.id, "name": org.name, "shortCode": org.short_code, "currency": org.currency}


def details(org):
    """An organisation and its books."""
    tables = {
        "accounts": org.accounts, "tax_rates": org.tax_rates, "contacts": org.contacts, "invoices": org.invoices,
        "credit_notes": org.credit_notes, "payments": org.payments, "allocations": org.allocations,
        "overpayments": org.overpayments, "prepayments": org.prepayments, "batch_payments": org.batch_payments,
        "items": org.items, "tracking_categories": org.tracking_categories, "manual_journals": org.manual_journals,
    }  # fmt: skip
    return {
        **summary(org),
        "currencies": list(org.currencies),
        "period_lock_date": org.period_lock_date,
        "end_of_year_lock_date": org.end_of_year_lock_date,
        "counts": {name: len(table) for name, table in tables.items()},
        **{name: [public(record) for record in table.values()] for name, table in tables.items()},
    }


def public(record):
    """A record without what only the simulator needs."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def _floats(data):
    return {name: float(value) if name == "seconds" else value for name, value in data.items()}
