import json
from datetime import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from xero_simulator import XeroSimulator

from ..xero_api import oauth
from ..xero_api.client import XeroClient
from ..xero_api.errors import (
    XeroError,
    XeroForbidden,
    XeroGrantLost,
    XeroNotSent,
    XeroRateLimited,
    XeroRefused,
    XeroUnanswered,
    XeroUnauthorised,
)

CONTACT = '{"Contacts": [{"Name": "Ridgeway Ünïversity 🎓"}]}'


@tagged("post_install", "-at_install")
class TestTransport(BaseCase):
    """One call is one call, and what went wrong is told apart by whether Xero may have done it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = XeroSimulator().start()
        cls.addClassCleanup(cls.simulator.stop)

    def setUp(self):
        super().setUp()
        self.simulator.reset()
        self.organisation = self.simulator.add_organisation("Demo Company (UK)")
        self.app = self.simulator.add_app()
        self.tokens = self.simulator.grant(self.app, [self.organisation])
        self.renewed = []
        self.limits = []

    def _client(self, **options):
        def token(renew):
            if renew:
                self.renewed.append(True)
                self.tokens = self.simulator.grant(self.app, [self.organisation])
            return self.tokens["access_token"]

        return XeroClient(self.simulator.url, self.organisation.id, token, self.limits.append, **options)

    def _put(self, client=None, key="key-1"):
        return (client or self._client()).send(
            "PUT", "/Contacts", body=CONTACT, query={"summarizeErrors": "false"}, idempotency_key=key
        )

    def _fails(self, kind, call, **fault):
        """Make ``call`` under a fault and return the error, after checking its kind and that there was one try."""
        self.simulator.calls.clear()
        fault = self.simulator.fault(fault.pop("fault", "status"), times=None, **fault)
        with self.assertRaises(XeroError) as caught:
            call()
        fault.remove()
        self.assertIs(type(caught.exception), kind, caught.exception)
        self.assertNotIn(self.tokens["access_token"], str(caught.exception))
        return caught.exception

    # -- One try ----------------------------------------------------------------------------------------------------

    def test_a_write_whose_connection_drops_is_tried_once_whatever_the_sdk_would_do(self):
        for fault in ("drop_before", "drop_after", "truncate"):
            error = self._fails(XeroUnanswered, lambda: self._put(key=None), fault=fault)
            self.assertEqual(len(self.simulator.calls), 1, fault)
            self.assertIn("lost", str(error))
        self.assertEqual(len(self.organisation.contacts), 1, "drop_after did it, truncate found the name taken")

    def test_a_read_whose_connection_drops_is_tried_once(self):
        self._fails(XeroUnanswered, lambda: self._client().get("/Organisation"), fault="drop_before")
        self.assertEqual(len(self.simulator.calls), 1)

    def test_a_pause_asked_for_by_xero_is_handed_on_and_not_slept_through(self):
        started = datetime.now()
        self._fails(XeroRateLimited, self._put, status=429, headers={"Retry-After": "30"})
        self._fails(XeroUnanswered, self._put, status=503, headers={"Retry-After": "30"})
        self.assertLess((datetime.now() - started).total_seconds(), 10)
        self.assertEqual(len(self.simulator.calls), 1)

    def test_a_redirect_is_not_followed(self):
        headers = {"Location": f"{self.simulator.url}/connections"}
        self._fails(XeroUnanswered, self._put, status=302, headers=headers)
        self.assertEqual([call.path for call in self.simulator.calls], ["/api.xro/2.0/Contacts"])

    def test_an_answer_that_takes_too_long_is_given_up_and_may_have_been_carried_out(self):
        client = self._client(read_seconds=1)
        self.simulator.fault("delay", seconds=2.0, match="Contacts", times=2)
        with self.assertRaises(XeroUnanswered) as caught:
            self._put(client)
        self.assertIn("in time", str(caught.exception))
        with self.assertRaises(XeroUnanswered):
            client.get("/Contacts")

    def test_a_xero_that_cannot_be_reached_was_certainly_not_asked(self):
        gone = XeroSimulator().start()
        url = gone.url
        gone.stop()
        client = XeroClient(url, self.organisation.id, lambda renew: "token")
        with self.assertRaises(XeroNotSent):
            client.get("/Organisation")
        with self.assertRaises(XeroNotSent):
            oauth.refresh(url, client_id="a", client_secret="b", refresh_token="c")

    # -- What is sent -----------------------------------------------------------------------------------------------

    def test_a_call_names_organisation_token_and_key_and_asks_for_gzip(self):
        self._put()
        call = self.simulator.calls[-1]
        self.assertEqual(call.tenant, self.organisation.id)
        self.assertEqual(call.token, self.tokens["access_token"])
        self.assertEqual(call.idempotency_key, "key-1")
        self.assertEqual(call.query, "summarizeErrors=false")
        self.assertIn("gzip", call.headers["Accept-Encoding"])
        self.assertEqual(json.loads(call.body), json.loads(CONTACT))

    def test_a_compressed_answer_is_read(self):
        for number in range(30):
            self.organisation.add_contact(f"Contact {number}")
        contacts = self._client().get("/Contacts").data["Contacts"]
        self.assertEqual(len(contacts), 30)

    def test_a_repeated_write_has_the_same_bytes_and_key_and_does_nothing_twice(self):
        client = self._client()
        first, second = self._put(client), self._put(client)
        calls = self.simulator.calls
        self.assertEqual(calls[0].body, calls[1].body)
        self.assertTrue(calls[1].replayed)
        self.assertEqual(first.data["Contacts"][0]["ContactID"], second.data["Contacts"][0]["ContactID"])
        self.assertEqual(len(self.organisation.contacts), 1)

    def test_modified_since_is_utc_to_the_second_without_zone(self):
        self._client().get("/Contacts", modified_since=datetime(2026, 3, 1, 4, 5, 6, 789))
        self.assertEqual(self.simulator.calls[-1].headers["If-Modified-Since"], "2026-03-01T04:05:06")
        self._client().get("/Contacts")
        self.assertNotIn("If-Modified-Since", self.simulator.calls[-1].headers)

    def test_amounts_of_an_answer_are_decimals(self):
        contact = self.organisation.add_contact("Bayside Club")
        self.organisation.add_invoice(
            Type="ACCREC", Contact={"ContactID": contact["ContactID"]}, Date="2026-03-10", DueDate="2026-04-09",
            Status="AUTHORISED", LineAmountTypes="Exclusive",
            LineItems=[{"Description": "Ball", "Quantity": "3", "UnitAmount": "0.1", "AccountCode": "200",
                        "TaxType": "NONE"}],
        )  # fmt: skip
        invoice = self._client().get("/Invoices").data["Invoices"][0]
        self.assertIs(type(invoice["Total"]), Decimal)
        self.assertEqual(invoice["Total"], Decimal("0.3"))

    def test_calls_left_are_told_with_answers_and_refusals_alike(self):
        self._client().get("/Organisation")
        self.assertEqual((self.limits[-1].minute, self.limits[-1].day), (59, 4999))
        self.organisation.limits.minute = 1
        error = self._fails(XeroRateLimited, lambda: self._client().get("/Organisation"), fault="delay", seconds=0)
        self.assertEqual((error.problem, error.limits.minute), ("minute", 0))
        self.assertTrue(1 <= error.retry_after <= 60)
        self.assertEqual(self.limits[-1], error.limits)

    # -- What came back ---------------------------------------------------------------------------------------------

    def test_each_status_is_told_apart_by_what_may_be_done_next(self):
        kinds = {
            400: XeroRefused, 403: XeroForbidden, 404: XeroRefused, 408: XeroUnanswered, 412: XeroRefused,
            413: XeroRefused, 429: XeroRateLimited, 500: XeroUnanswered, 502: XeroUnanswered, 503: XeroUnanswered,
            504: XeroUnanswered,
        }  # fmt: skip
        for status, kind in kinds.items():
            error = self._fails(kind, self._put, status=status, body={"Message": f"words of {status}"})
            self.assertEqual((error.status, str(error)), (status, f"words of {status}"))
            self.assertEqual(len(self.simulator.calls), 1, status)

    def test_an_error_page_that_is_not_json_is_still_told_by_its_status(self):
        for body in ("<html>Bad gateway</html>", "", "[1, 2]", '"text"', '{"Elements": null}'):
            error = self._fails(XeroUnanswered, self._put, status=502, body=body)
            self.assertEqual(str(error), "Xero answered 502")

    def test_a_refusal_repeats_xeros_own_words_for_every_element(self):
        body = {
            "ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
            "Elements": [{"ValidationErrors": [{"Message": "Name is needed."}, {"Message": "Email is bad."}]},
                         {"ValidationErrors": [{"Message": "Name is needed."}]}],
        }  # fmt: skip
        error = self._fails(XeroRefused, self._put, status=400, body=body)
        self.assertEqual(str(error), "Name is needed.; Email is bad.")
        self.assertEqual(len(error.elements), 2)

    def test_a_429_says_which_limit_and_how_long(self):
        for problem, header, seconds in (("minute", "12", 12), ("day", "70000", 70000), ("concurrent", None, 60)):
            headers = {"X-Rate-Limit-Problem": problem, **({"Retry-After": header} if header else {})}
            error = self._fails(XeroRateLimited, self._put, status=429, headers=headers)
            self.assertEqual((error.problem, error.retry_after), (problem, seconds))

    def test_an_unreadable_answer_proves_nothing(self):
        for fault in ("garbage", "garbage_before", "html"):
            error = self._fails(XeroUnanswered, lambda: self._put(key=None), fault=fault)
            self.assertEqual(error.status, 200, fault)
        self._fails(XeroUnanswered, self._put, status=200, body=[1, 2])
        self._fails(
            XeroUnanswered, self._put, status=200, body="\udcff".encode("utf-8", "surrogateescape").decode("latin1")
        )

    def test_a_refused_token_is_renewed_once_and_the_call_repeated(self):
        self.simulator.fault("expire_token")
        self._put()
        self.assertEqual(self.renewed, [True])
        self.assertEqual([call.status for call in self.simulator.calls], [401, 200])
        self.assertEqual(len(self.organisation.contacts), 1)

    def test_a_token_that_stays_refused_is_not_asked_for_without_end(self):
        self._fails(XeroUnauthorised, self._put, status=401)
        self.assertEqual((len(self.renewed), len(self.simulator.calls)), (1, 2))

    # -- Sign-in service --------------------------------------------------------------------------------------------

    def _refresh(self, **changes):
        values = {
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
            "refresh_token": self.tokens["refresh_token"],
            **changes,
        }
        return oauth.refresh(self.simulator.url, **values)

    def test_failures_of_the_sign_in_service_are_told_apart_too(self):
        cases = (
            (XeroGrantLost, {"status": 400, "body": {"error": "invalid_grant"}}),
            (XeroGrantLost, {"status": 401, "body": {"error": "invalid_client"}}),
            (XeroError, {"status": 400, "body": {"error": "invalid_request"}}),
            (XeroError, {"status": 400, "body": "<html>no</html>"}),
            (XeroRateLimited, {"status": 429, "headers": {"Retry-After": "7"}}),
            (XeroUnanswered, {"status": 503}),
            (XeroUnanswered, {"fault": "drop_before"}),
            (XeroUnanswered, {"fault": "truncate"}),
            (XeroUnanswered, {"fault": "html"}),
            (XeroUnanswered, {"status": 200, "body": {}}),
            (XeroUnanswered, {"status": 200, "body": []}),
        )
        for kind, fault in cases:
            self._fails(kind, self._refresh, **fault)
            self.assertEqual(len(self.simulator.calls), 1, fault)

    def test_no_failure_of_the_sign_in_service_repeats_a_secret(self):
        with self.assertRaises(XeroGrantLost) as caught:
            self._refresh(client_secret="s3cret-wrong")
        self.assertNotIn("s3cret-wrong", repr(caught.exception) + str(vars(caught.exception)))

    def test_two_clients_used_from_threads_never_send_each_others_token(self):
        from concurrent.futures import ThreadPoolExecutor

        other_org = self.simulator.add_organisation("Harbour & Sons")
        other_app = self.simulator.add_app()
        grants = [
            (self.organisation.id, self.tokens["access_token"]),
            (other_org.id, self.simulator.grant(other_app, [other_org])["access_token"]),
        ]
        for organisation in (self.organisation, other_org):
            organisation.limits.off()

        def ask(number):
            tenant, access_token = grants[number % 2]
            client = XeroClient(self.simulator.url, tenant, lambda renew: access_token)
            return [client.get("/Organisation").data["Organisations"][0]["OrganisationID"] for _time in range(5)]

        self.simulator.calls.clear()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ask, range(12)))
        for number, found in enumerate(answers):
            self.assertEqual(set(found), {grants[number % 2][0]})
        self.assertEqual(len(self.simulator.calls), 60)
        self.assertTrue(all((call.tenant, call.token) in grants for call in self.simulator.calls))

    def test_two_clients_of_one_thread_used_by_turns_never_send_each_others_token(self):
        other_org = self.simulator.add_organisation("Harbour & Sons")
        other = self.simulator.grant(self.simulator.add_app(), [other_org])["access_token"]
        first, second = self._client(), XeroClient(self.simulator.url, other_org.id, lambda renew: other)
        for _turn in range(3):
            for client, organisation in ((first, self.organisation), (second, other_org)):
                found = client.get("/Organisation").data["Organisations"][0]
                self.assertEqual(found["OrganisationID"], organisation.id)
