import json
import uuid
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from odoo import fields

from ..xero_api.errors import XeroError, XeroRefused, XeroUnanswered
from ..xero_api.payload import has_id, plain, to_text
from .marks import Marks
from .resources import resource_of, value_at
from .verdict import Verdict

# A call's body must stay below 3.5 MB.
BATCH_BYTES = 3_000_000

# Of the 6 minutes or so that Xero remembers an idempotency key, one is kept as a margin.
KEY_LIVES = timedelta(minutes=5)
# After this many 5xx answers a document is sent alone, so that it cannot hold up others.
ALONE_AFTER = 2
ALONE_TRIES = 8


@dataclass
class Element:
    """One record in a call: what to do, what to send, and what to note when Xero did it.

    :param key: our own key in the payload (number or name), to check that answers are matched to the right element
    :param previous: the binding's state before, for when Xero certainly did nothing
    :param path: where it goes, if not to the resource's own path
    :param words: Xero's own, when it refused it
    :param money: fingerprint of the amounts alone (see ``synced_money`` of the binding)
    """

    binding_id: int
    intent: str
    payload: dict
    key: str = ""
    hash: str = ""
    mark_ids: list = field(default_factory=list)
    expected: dict = field(default_factory=dict)
    previous: str = "new"
    rung: str = ""
    res_name: str = ""
    attempts: int = 0
    path: str = ""
    money: str = ""
    words: str = ""

    def stored(self):
        """What the request keeps of this element; the payload is in the request's body already."""
        return plain({name: value for name, value in asdict(self).items() if name not in ("payload", "words")})


def elements_of(request):
    """Return the ``Element`` list of a stored request, as it was when it was prepared."""
    payloads = resource_of(request.path).payloads(request.body)
    return [
        Element(payload=payload, **stored) for payload, stored in zip(payloads, request._element_list(), strict=True)
    ]


class Outbox:
    """Stores a call, makes it, and applies Xero's verdict to each of its elements."""

    def __init__(self, work):
        self.work = work
        # Set by ``Recovery``: finds out what Xero did about a request, returns the bindings of which it has nothing.
        self.look_up = None
        self._set_aside_before = False

    def send(self, resource, method, elements, label):
        """Send elements in as few calls as Xero's limits allow.

        :param resource: name of a resource, for example ``Invoices``; elements may name a path of their own
        :return: elements that Xero refused for a reason that the caller may resolve (``Verdict`` says which)
        :raises XeroError: a fault of the whole call; what was sent before it is settled
        """
        unresolved = []
        for path, batch in self._batches(elements, f"/{resource}"):
            # What was refused is settled before the slice ends, or it would only be refused again.
            if unresolved and self.work.must_stop():
                break
            self.work.check_time()
            wanted = self._still_asked(batch)
            if wanted:
                unresolved += self._send_batch(path, method, wanted, label)
        return unresolved

    def _still_asked(self, batch):
        """Leave out what a person stopped meanwhile, as if it had never been taken up."""
        wanted = Marks(self.work).still_asked(batch)
        left = [element.binding_id for element in batch if element not in wanted]
        bindings = self.work.env["xero.binding"].browse(left).exists()
        bindings.filtered(lambda binding: binding.state == "new" and not binding.xero_id).unlink()
        return wanted

    def _batches(self, elements, usual_path):
        """Yield (path, elements of one call): as many as Xero takes; what failed again and again goes alone."""
        by_path = defaultdict(list)
        for element in elements:
            by_path[element.path or usual_path].append(element)
        for path, some in by_path.items():
            most = resource_of(path).batch
            batch, size = [], 0
            for element in some:
                if element.attempts >= ALONE_AFTER:
                    continue
                length = len(to_text(element.payload).encode())
                if batch and (len(batch) == most or size + length > BATCH_BYTES):
                    yield path, batch
                    batch, size = [], 0
                batch.append(element)
                size += length
            if batch:
                yield path, batch
            for element in some:
                if element.attempts >= ALONE_AFTER:
                    yield path, [element]

    def _send_batch(self, path, method, batch, label):
        request = self.prepare(path, method, batch, label)
        try:
            answer = self.deliver(request)
        except XeroRefused as error:
            if request.tries:
                # The answer to the first try was lost: this one says nothing of what that did.
                self._note_try(request, error)
                self.look_up(request)
                return []
            return self._refused_whole(request, path, method, batch, label, error)
        except XeroUnanswered as error:
            if len(batch) == 1 and batch[0].attempts >= ALONE_AFTER and error.status:
                self._set_aside(request, batch[0], error)
                return []
            raise
        return self.apply(request, answer.data)

    def prepare(self, path, method, batch, label):
        """Store a call and commit it: from here on the call can be found again after a crash."""
        env = self.work.env
        resource = resource_of(path)
        bindings = env["xero.binding"].browse([element.binding_id for element in batch])
        request = env["xero.request"].create(
            {
                "connection_id": self.work.connection.id,
                "label": label,
                "idempotency_key": str(uuid.uuid4()),
                "method": method,
                "path": path,
                "query": json.dumps(resource.query),
                "body": resource.body([element.payload for element in batch]),
                "elements": [element.stored() for element in batch],
                "element_count": len(batch),
                "binding_ids": bindings.ids,
                "sent_at": fields.Datetime.now(),
            }
        )
        bindings.write({"state": "in_flight"})
        self.work.commit()
        return request

    def deliver(self, request, again=False):
        """Make the call of a stored request, with its exact bytes and key; once more at once if the answer is lost.

        A second try with the same key cannot do it twice: Xero answers what it answered the first time.

        :param again: the request may have been carried out already
        :raises XeroError: the request is settled when Xero certainly did nothing, and stays ``prepared`` when it may
            have done it
        """
        try:
            return self._call(request)
        except XeroUnanswered as error:
            self._note_try(request, error)
            # Xero remembers a 5xx like any other answer: repeating the key would only repeat it. And who waited a
            # whole slice for an answer does not wait for another one: the next run repeats the call.
            if again or (error.status and error.status >= 500) or self.work.must_stop():
                raise
        except XeroRefused:
            raise
        except XeroError as error:
            # Not sent, limited, not allowed: Xero did nothing this time, so nothing at all if this was the first.
            if again:
                self._note_try(request, error)
            else:
                self.give_back(request, error)
            raise
        return self.deliver(request, again=True)

    def _call(self, request):
        answer = self.work.client.send(
            request.method,
            request.path,
            body=request.body,
            query=request._query_dict(),
            idempotency_key=request.idempotency_key,
        )
        request.write({"tries": request.tries + 1, "http_status": answer.status, "duration": answer.seconds})
        return answer

    def _note_try(self, request, error):
        request.write({"tries": request.tries + 1, "http_status": error.status or 0, "answer": str(error)})
        self.work.commit()

    def give_back(self, request, error):
        """Settle a request that Xero certainly did not carry out; its records are as they were, marks included."""
        for element in request._element_list():
            self.work.env["xero.binding"].browse(element["binding_id"]).exists().write({"state": element["previous"]})
        request.write({"state": "answered", "http_status": error.status or 0, "answer": str(error)})
        self.work.commit()

    def _refused_whole(self, request, path, method, batch, label, error):
        """Xero refused a call as a whole: find the bad element by halving, so that it stops no other."""
        if error.status == 404 and resource_of(path).ends:
            # Somebody removed it in Xero before us: the caller looks.
            request.write({"state": "answered", "http_status": error.status, "answer": str(error)})
            self.work.env["xero.binding"].browse(batch[0].binding_id).write({"state": batch[0].previous})
            self.work.commit()
            return [("lookup", batch[0])]
        if error.status == 404 and path != resource_of(path).path:
            # The record of this path is gone in Xero: that is no matter of the other paths.
            request.write({"state": "answered", "http_status": error.status, "answer": str(error)})
            verdict = Verdict(self.work)
            for element in batch:
                verdict.refused(element, [str(error)])
            request.write({"refused_count": len(batch)})
            self.work.commit()
            return verdict.unresolved
        if error.status not in (400, 413):
            # Not about what was sent (a wrong address, for instance): halving would only repeat it.
            self.give_back(request, error)
            raise error
        if len(batch) == 1:
            request.write({"state": "answered", "http_status": error.status, "answer": str(error), "refused_count": 1})
            verdict = Verdict(self.work)
            verdict.refused(batch[0], [str(error)])
            self.work.commit()
            return verdict.unresolved
        self.give_back(request, error)
        half = len(batch) // 2
        return self._send_batch(path, method, batch[:half], label) + self._send_batch(path, method, batch[half:], label)

    def _set_aside(self, request, element, error):
        """A document on which Xero itself fails again and again waits alone; after some tries a person is told.

        What Xero did in spite of its error is looked up first. When a second document fares the same in one slice,
        it is Xero that fails, not the document, and the whole connection waits.
        """
        binding = self.work.env["xero.binding"].browse(element.binding_id)
        if binding not in self.look_up(request, again=False):
            return
        verdict = Verdict(self.work)
        if self._set_aside_before:
            raise error
        self._set_aside_before = True
        if element.attempts >= ALONE_TRIES:
            text = self.work.env._(
                "Xero itself fails whenever this is sent (%s). Change it, or press Retry later.", error
            )
            verdict.fail(binding, "refused", text)
        else:
            verdict.unknown(
                element,
                # Not what it was before: a record that had failed would not be taken up again by itself.
                "synced" if binding.xero_id else "new",
                attempts=element.attempts + 1,
                next_try=fields.Datetime.now() + timedelta(minutes=2**element.attempts),
            )
        verdict.drop_marks(element, "failed")
        self.work.commit()

    # -- Verdict -----------------------------------------------------------------------------------------------

    def apply(self, request, data):
        """Apply Xero's answer to every element, and commit.

        :return: elements whose refusal the caller may resolve
        """
        elements = elements_of(request)
        found = self._correlate(request, elements, data)
        strangers = self._linked_to_others(request, elements, found)
        verdict = Verdict(self.work)
        verdict.read_together(elements)
        for element, answer in zip(elements, found, strict=True):
            messages = [item["Message"] for item in (answer or {}).get("ValidationErrors") or [] if item.get("Message")]
            if messages or (answer or {}).get("StatusAttributeString") == "ERROR":
                verdict.refused(element, messages)
            elif not answer or not has_id(answer.get(self._id_name(request))):
                # Never trust silence: without an id nothing proves that it is there.
                verdict.silent(element)
            elif answer[self._id_name(request)] in strangers:
                verdict.mistaken(element, strangers[answer[self._id_name(request)]])
            else:
                strangers[answer[self._id_name(request)]] = verdict.binding(element)
                verdict.accepted(element, answer, answer[self._id_name(request)])
        request.write({"state": "answered", **verdict.finish()})
        self.work.commit()
        return verdict.unresolved

    def _linked_to_others(self, request, elements, answers):
        """Return dict of Xero id → binding, of answers that name a record which is linked to another of ours.

        Xero should never answer a creation so; were it to, two records would fight for one twin.
        """
        ids = {answer.get(self._id_name(request)) for answer in answers if answer}
        bindings = self.work.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_id", "in", [xero_id for xero_id in ids if has_id(xero_id)]),
                ("id", "not in", [element.binding_id for element in elements]),
            ]
        )
        return {binding.xero_id: binding for binding in bindings}

    @staticmethod
    def _id_name(request):
        return resource_of(request.path).id_name

    def _correlate(self, request, elements, data):
        """Match answers to elements by position, checked by our own keys; by the keys alone where that is off.

        An answer is never given to two elements, and none where keys do not tell elements apart: bills of two
        suppliers may have one number, and an invoice may have two payments.
        """
        resource = resource_of(request.path)
        answers = resource.answers(data)

        def identity(record):
            return next((_key(found) for found in (value_at(record, name) for name in resource.keys) if found), "")

        def belongs(element, answer, unnamed):
            for name in resource.keys:
                sent, got = value_at(element.payload, name), value_at(answer, name)
                if sent and has_id(got):
                    return _key(sent) == _key(got) and self._figures_agree(resource, element.payload, answer)
            return unnamed

        if len(answers) == len(elements) and all(
            belongs(element, answer, True) for element, answer in zip(elements, answers, strict=True)
        ):
            return answers
        rest = list(answers)
        keys = Counter(identity(element.payload) for element in elements)

        def take(element):
            if keys[identity(element.payload)] > 1:
                return None
            found = next((answer for answer in rest if belongs(element, answer, False)), None)
            if found:
                rest.remove(found)
            return found

        return [take(element) for element in elements]

    @staticmethod
    def _figures_agree(resource, payload, answer):
        pairs = [(payload.get(name), answer.get(name)) for name in resource.figures]
        return all(_plain(sent) == _plain(got) for sent, got in pairs if sent is not None and got is not None)


def _plain(value):
    """Return a figure or a text as it compares with what Xero makes of it."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return _key(str(value))


def _key(text):
    """Xero trims keys, joins their spaces and compares them without regard to case."""
    return " ".join(text.split()).casefold()
