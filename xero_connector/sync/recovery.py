import logging

from odoo import fields

from ..xero_api.errors import XeroRefused, XeroUnanswered
from .outbox import KEY_LIVES, elements_of
from .verdict import Verdict

_logger = logging.getLogger(__name__)


class Recovery:
    """Finishes calls whose answer was never applied: the process died, or the answer was lost.

    Whoever holds the connection's lock knows that nobody else is waiting for these answers. While Xero remembers
    the idempotency key the same bytes are sent again, which gives the first answer and does nothing twice. After
    that, or when Xero answered 5xx (which it remembers just as well), what it did is looked up by number.
    """

    def __init__(self, work, outbox, contacts, documents):
        self.work = work
        self.outbox = outbox
        self.contacts = contacts
        self.documents = documents

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
        self._look_up(request)

    def _resolve(self, request, unresolved):
        if request.path == "/Contacts" and request.method == "PUT":
            self.contacts.resolve(unresolved)
        elif request.path == "/Invoices" and request.method == "PUT":
            self.documents.resolve(unresolved)
        elif unresolved:
            self._release(request, [element for _situation, element in unresolved])

    def _look_up(self, request):
        """Find out what Xero did, adopt it, and let the rest be planned anew."""
        elements = elements_of(request)
        if request.method == "PUT" and request.path == "/Invoices":
            pending = [("lookup", element) for element in elements]
            self._release(request, self.documents.resolve(pending, lost_answer=True))
        elif request.method == "PUT" and request.path == "/Contacts":
            self._release(request, self.contacts.adopt(elements))
        else:
            # An update or a void makes Xero equal to Odoo however often it is done: plan it again.
            self._release(request, elements)
        request.write({"state": "unknown"})
        self.work.commit()

    def _release(self, request, elements):
        """Return records to what they were; their marks still stand, so the engine plans them again."""
        verdict = Verdict(self.work)
        for element in elements:
            binding = self.work.env["xero.binding"].browse(element.binding_id).exists()
            verdict.unknown(element, element.previous, attempts=binding.attempts + 1)
            if binding and not self._still_marked(element):
                binding._mark()

    def _still_marked(self, element):
        return bool(self.work.env["xero.mark"].browse(element.mark_ids).exists())
