import logging

from odoo import fields

from ..xero_api.errors import XeroRefused, XeroUnanswered
from .lookups import Lookup
from .outbox import KEY_LIVES, elements_of
from .resources import resource_of
from .verdict import Verdict

_logger = logging.getLogger(__name__)

_DOCUMENTS = ("Invoices", "CreditNotes")
_SETTLEMENTS = ("Payments", "Allocations")
_ADDITIONS = ("TaxRates", "Currencies")


class Recovery:
    """Finishes calls whose answer was never applied: the process died, or the answer was lost.

    Whoever holds the connection's lock knows that nobody else is waiting for these answers. While Xero remembers
    the idempotency key the same bytes are sent again, which gives the first answer and does nothing twice. After
    that, or when Xero answered 5xx (which it remembers just as well), what it did is looked up by number.
    """

    def __init__(self, work, outbox, contacts, additions, settlements, more=()):
        self.work = work
        self.outbox = outbox
        self.contacts = contacts
        self.additions = additions
        self.settlements = settlements
        self.more = {name: engine for engine in more for name in engine.resources}
        self.lookup = Lookup(work)
        outbox.look_up = self.look_up

    def run(self):
        """Settle every open call of the connection, oldest first."""
        requests = self.work.env["xero.request"].search(
            [("connection_id", "=", self.work.connection.id), ("state", "=", "prepared")], order="id"
        )
        for request in requests:
            _logger.info("Recovering Xero call %s (%s)", request.idempotency_key, request.label)
            self._settle(request)

    def _settle(self, request):
        key_lives = request.sent_at + KEY_LIVES > fields.Datetime.now()
        if key_lives and request.http_status < 500:
            try:
                answer = self.outbox.deliver(request, again=True)
            except XeroRefused:
                _logger.info("Xero refused to repeat %s; looking up instead", request.idempotency_key)
            except XeroUnanswered:
                # Still no answer: the request stays open, and the runner says when to go on.
                raise
            else:
                self._resolve(request, self.outbox.apply(request, answer.data))
                return
        self.look_up(request)

    def _resolve(self, request, unresolved):
        resource = resource_of(request.path)
        if resource.ends:
            self.settlements.settle_removals(unresolved)
        elif request.method == "PUT" and resource.name == "Contacts":
            self.contacts.resolve(unresolved)
        elif request.method == "PUT" and resource.name in _DOCUMENTS:
            self.lookup.resolve(unresolved)
        elif request.method == "PUT" and resource.name in _SETTLEMENTS:
            self.settlements.lookup.resolve(unresolved)
        elif resource.name in self.more:
            self.more[resource.name].resolve(unresolved)
        elif unresolved:
            self._release([element for _situation, element in unresolved])

    def look_up(self, request, again=True):
        """Find out what Xero did, adopt it, and let the rest be planned anew.

        :param again: mark the rest again where nothing else brings it back
        :return: the bindings of which Xero has nothing, or nothing new
        """
        elements = elements_of(request)
        resource = resource_of(request.path)
        if resource.ends:
            # Before the documents are read: what they say is due tells of it already.
            elements = self.settlements.confirm_removals(elements)
        elif request.method == "PUT" and resource.name in _DOCUMENTS:
            elements = self.lookup.resolve([("lookup", element) for element in elements], lost_answer=True)
        elif request.method == "PUT" and resource.name in _SETTLEMENTS:
            unknown = [("lookup", element) for element in elements]
            elements = self.settlements.lookup.resolve(unknown, lost_answer=True)
        elif request.method == "PUT" and resource.name == "Contacts":
            elements = self.contacts.adopt(elements)
        elif request.method == "PUT" and resource.name in self.more:
            elements = self.more[resource.name].adopt(request, elements)
        elif request.method == "PUT" and resource.name in _ADDITIONS:
            elements = self.additions.adopt(request, elements)
        # An update or a void makes Xero equal to Odoo however often it is done, and so a removal: plan it again.
        self._release(elements, again)
        request.write({"state": "unknown"})
        self.work.commit()
        return self.work.env["xero.binding"].browse([element.binding_id for element in elements]).exists()

    def _release(self, elements, again=True):
        """Return records to what they were; their marks still stand, so the engine plans them again."""
        verdict = Verdict(self.work)
        for element in elements:
            binding = verdict.binding(element).exists()
            verdict.unknown(element, element.previous, attempts=binding.attempts + 1)
            if again and binding and not self._still_marked(element):
                binding._mark()

    def _still_marked(self, element):
        return bool(self.work.env["xero.mark"].browse(element.mark_ids).exists())
