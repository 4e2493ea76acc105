import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import requests
from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import XeroCase

CALLBACK = "/xero/oauth/callback"


class TestOAuth(XeroCase, HttpCase):
    """Signing in at Xero and coming back: every outcome is a page in words, and nothing is taken on trust."""

    starts_connected = False

    def setUp(self):
        super().setUp()
        self.connection = self._new_connection(name="Main", code="main")
        # A Xero Administrator who administers nothing else.
        self.admin = new_test_user(
            self.env, "xero_admin", "base.group_user,xero_connector.group_xero_manager",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        self.authenticate(self.admin.login, self.admin.login)

    # -- The way a browser goes -------------------------------------------------------------------------------------

    def _consent(self, *organisations, connection=None, user=None, decision="allow"):
        """Press Connect, answer Xero's page, and return the query that Xero sends back."""
        connection = (connection or self.connection).with_user(user or self.admin)
        page = requests.get(connection.action_connect()["url"], timeout=10)
        self.assertEqual(page.status_code, 200, page.text)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text).group(1)
        form = [("ticket", ticket), ("decision", decision)]
        form += [("organisation", organisation.id) for organisation in organisations or [self.organisation]]
        answer = requests.post(
            f"{self.simulator.url}/identity/connect/authorize", data=form, allow_redirects=False, timeout=10
        )
        self.assertEqual(answer.status_code, 302, answer.text)
        self.assertTrue(answer.headers["Location"].startswith(connection.redirect_uri))
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def _back(self, query):
        """Follow Xero's redirect; return (title, text, page) after checking that it is a page in words."""
        response = self.url_open(f"{CALLBACK}?{urlencode(query)}")
        return self._read(response, query)

    def _read(self, response, secrets=()):
        self.assertEqual(response.status_code, 200, response.text[:500])
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        page = html.fromstring(response.text)
        title, text = page.findtext(".//h1"), page.findtext('.//p[@class="mt-3"]')
        self.assertTrue(text.strip())
        for secret in (self.app.client_secret, *(secrets.get(name) for name in ("code", "state") if secrets)):
            if secret and len(secret) > 20:
                self.assertNotIn(secret, response.text)
        self.env.invalidate_all()
        return title, text, page

    def _sign_in(self, *organisations, **options):
        return self._back(self._consent(*organisations, **options))

    def _choose(self, page, tenant_id, **changes):
        form = {
            "csrf_token": page.find('.//input[@name="csrf_token"]').get("value"),
            "connection_id": page.find('.//input[@name="connection_id"]').get("value"),
            "tenant_id": tenant_id,
            **changes,
        }
        return self._read(self.url_open("/xero/oauth/choose", data=form))

    def _other_company(self, name="Harbour & Sons"):
        company = self.env["res.company"].create({"name": name, "currency_id": self.company.currency_id.id})
        self.admin.company_ids |= company
        self.env.user.company_ids |= company
        return company

    def _assert_not_connected(self, outcome, *words, state="draft"):
        title, text, _page = outcome
        self.assertEqual(title, "Not connected")
        for word in words:
            self.assertIn(word, text)
        self.assertEqual(self.connection.state, state)

    def _token_calls(self):
        return [call for call in self.simulator.calls if call.path == "/connect/token"]

    # -- Success ----------------------------------------------------------------------------------------------------

    def test_after_consent_the_page_says_connected_and_names_company_and_organisation(self):
        title, text, page = self._sign_in()
        self.assertEqual(title, "Connected")
        self.assertIn(f"{self.company.name} is connected to Demo Company (UK)", text)
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.tenant_id, self.organisation.id)
        self.assertEqual(self.connection.organisation_name, "Demo Company (UK)")
        self.assertEqual(self.connection.organisation_currency, self.company.currency_id.name)
        link = page.find('.//a[@class="btn btn-primary mt-3"]').get("href")
        self.assertEqual(link, f"/xero/setup/{self.connection.id}", "on to the assistant")
        back = page.find('.//a[@class="btn mt-3 btn-link"]').get("href")
        self.assertEqual(back, f"/odoo/xero.connection/{self.connection.id}")
        self.assertNotIn("demo company", html.tostring(page, encoding="unicode").replace("Demo Company (UK)", ""))

    def test_set_up_leads_from_the_page_to_the_assistant(self):
        _title, _text, page = self._sign_in()
        link = page.find('.//a[@class="btn btn-primary mt-3"]').get("href")
        answer = self.url_open(link, allow_redirects=False)
        setup = self.env["xero.setup"].search([("connection_id", "=", self.connection.id)])
        path = f"/odoo/xero.connection/{self.connection.id}/xero.setup/{setup.id}"
        self.assertEqual(urlsplit(answer.headers["Location"]).path, path)
        self.assertTrue(setup.line_ids)

    def test_set_up_of_a_deleted_connection_or_without_the_right_is_a_page_in_words(self):
        title, text, _page = self._read(self.url_open("/xero/setup/999999"))
        self.assertEqual((title, "was deleted" in text), ("Not set up", True))
        new_test_user(self.env, "clerk", "base.group_user,xero_connector.group_xero_user",
                      company_id=self.company.id, company_ids=self.company.ids)  # fmt: skip
        self.authenticate("clerk", "clerk")
        with mute_logger("odoo.addons.base.models.ir_model"):
            title, _text, _page = self._read(self.url_open(f"/xero/setup/{self.connection.id}"))
        self.assertEqual(title, "Not set up")

    def test_a_demo_company_is_shown_as_such_on_return(self):
        demo = self.simulator.add_organisation("Trial", currency=self.company.currency_id.name, demo=True)
        _title, _text, page = self._sign_in(demo)
        self.assertIn("This is a demo company", page.findtext('.//div[@class="alert alert-warning"]'))
        self.assertTrue(self.connection.is_demo)

    def test_only_the_granular_scopes_of_what_is_switched_on_are_asked_for(self):
        query = parse_qs(urlsplit(self.connection.action_connect()["url"]).query)
        self.assertEqual(
            set(query["scope"][0].split()),
            {"offline_access", "openid", "profile", "email", "accounting.settings", "accounting.contacts",
             "accounting.invoices", "accounting.payments"},
        )  # fmt: skip
        self.assertEqual(query["redirect_uri"], [self.connection.redirect_uri])
        self.assertEqual(query["response_type"], ["code"])
        self.assertNotIn(self.app.client_secret, self.connection.action_connect()["url"])

    def test_the_state_is_not_kept_in_a_form_that_could_be_used(self):
        state = parse_qs(urlsplit(self.connection.action_connect()["url"]).query)["state"][0]
        self.assertNotIn(state.split(".")[1], str(self.connection._token_row().read()))

    def test_connect_says_what_is_missing_before_it_leaves_odoo(self):
        self.connection.client_id = False
        with self.assertRaisesRegex(UserError, "client ID and client secret.*oauth/callback"):
            self.connection.action_connect()

    # -- Refusals ---------------------------------------------------------------------------------------------------

    def test_denying_access_changes_nothing_and_uses_the_sign_in_up(self):
        query = self._consent(decision="cancel")
        self._assert_not_connected(self._back(query), "did not allow access")
        self.assertFalse(self._token_calls())
        self.assertFalse(self.connection._token_row().refresh_token)
        self._assert_not_connected(self._back(query), "already used")

    def test_an_error_that_xero_reports_is_passed_on_in_words(self):
        state = self._consent()["state"]
        self._assert_not_connected(self._back({"state": state, "error": "temporarily_unavailable"}),
                                   "temporarily_unavailable", "Connect")  # fmt: skip

    def test_a_state_that_odoo_did_not_make_is_refused_without_asking_xero(self):
        query = self._consent()
        number, nonce, signature = query["state"].split(".")
        other = self._new_connection(name="Other", code="other", company_id=self._other_company().id)
        other.with_user(self.admin).action_connect()
        forged = (
            "", "x", "..", "1.2.3", f"{number}.{nonce}", f"{number}.{nonce}.{signature[:-1]}", f"{number}.{nonce}.é",
            f"{number}.{nonce[:-1]}.{signature}", f"{other.id}.{nonce}.{signature}", f"999999.{nonce}.{signature}",
            f"99999999999999999999.{nonce}.{signature}", f"²{number}.{nonce}.{signature}", f"-1.{nonce}.{signature}",
            f"{number}.{nonce}.{signature}.x",
        )  # fmt: skip
        for state in forged:
            with self.subTest(state=state):
                self._assert_not_connected(self._back({**query, "state": state}), "not started from this Odoo")
        self._assert_not_connected(self._back({"code": query["code"]}), "not started from this Odoo")
        self.assertFalse(self._token_calls())
        self.assertEqual(self._back(query)[0], "Connected", "what a forger tries does not use the real one up")

    def test_a_state_works_once(self):
        query = self._consent()
        self.assertEqual(self._back(query)[0], "Connected")
        self._assert_not_connected(self._back(query), "already used", state="connected")
        self.assertEqual(len(self._token_calls()), 1)

    def test_a_newer_sign_in_ends_the_older_one(self):
        old, new = self._consent(), self._consent()
        self._assert_not_connected(self._back(old), "already used")
        self.assertEqual(self._back(new)[0], "Connected")

    def test_a_state_expires_after_ten_minutes(self):
        query = self._consent()
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), minutes=10, seconds=5)):
            self._assert_not_connected(self._back(query), "longer than 10 minutes")
        self.assertFalse(self._token_calls())

    def test_another_users_sign_in_is_refused_and_stays_usable_for_its_owner(self):
        colleague = new_test_user(
            self.env, "colleague", "base.group_user,xero_connector.group_xero_manager",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        query = self._consent()
        self.authenticate("colleague", "colleague")
        self._assert_not_connected(self._back(query), "started by another user")
        self.assertFalse(self._token_calls())
        self.authenticate(self.admin.login, self.admin.login)
        self.assertEqual(self._back(query)[0], "Connected")
        self.assertNotEqual(colleague, self.admin)

    def test_nobody_who_is_not_logged_in_finishes_a_sign_in(self):
        query = self._consent()
        self.authenticate(None, None)
        response = self.url_open(f"{CALLBACK}?{urlencode(query)}", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        self.assertFalse(self._token_calls())

    def test_a_xero_user_who_is_no_administrator_cannot_connect(self):
        clerk = new_test_user(
            self.env, "clerk", "base.group_user,xero_connector.group_xero_user",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.connection.with_user(clerk).action_connect()

    def test_an_administrator_who_lost_the_right_meanwhile_cannot_finish(self):
        query = self._consent()
        self.admin.group_ids -= self.env.ref("xero_connector.group_xero_manager")
        title, text, _page = self._back(query)
        self.assertEqual(title, "Not connected")
        self.assertTrue(text)
        self.assertFalse(self._token_calls())

    def test_a_code_older_than_five_minutes_is_explained(self):
        query = self._consent()
        self.simulator.clock.advance(301)
        self._assert_not_connected(self._back(query), "older than five minutes", "Connect again")

    def test_a_code_that_was_used_is_explained(self):
        query = self._consent()
        requests.post(
            f"{self.simulator.url}/connect/token", auth=(self.app.client_id, self.app.client_secret), timeout=10,
            data={"grant_type": "authorization_code", "code": query["code"],
                  "redirect_uri": self.connection.redirect_uri},
        )  # fmt: skip
        self._assert_not_connected(self._back(query), "code was used")

    def test_a_wrong_secret_is_explained_without_showing_it(self):
        self.connection.new_client_secret = "wrong-secret-of-twenty-and-more"
        outcome = self._sign_in()
        self._assert_not_connected(outcome, "does not know this client ID and secret", "invalid_client")
        self.assertNotIn("wrong-secret", html.tostring(outcome[2], encoding="unicode"))

    def test_an_unknown_client_id_is_explained(self):
        query = self._consent()
        self.connection.client_id = "NOBODY"
        self._assert_not_connected(self._back(query), "does not know this client ID and secret")

    def test_faults_on_the_way_are_told_and_the_next_try_succeeds(self):
        for match in ("POST /connect/token", "GET /connections", "GET /Organisation"):
            for kind, options in (("status", {"status": 503}), ("drop_before", {}), ("html", {})):
                with self.subTest(match=match, kind=kind):
                    query = self._consent()
                    self.simulator.fault(kind, match=match, **options)
                    self._assert_not_connected(self._back(query), "Press Connect to try again")
        self.assertEqual(self._sign_in()[0], "Connected")

    def test_a_consent_that_was_withdrawn_at_once_is_explained(self):
        query = self._consent()
        self.organisation.disconnect()
        self._assert_not_connected(self._back(query), "granted no organisation")

    # -- Which organisation -----------------------------------------------------------------------------------------

    def test_of_several_granted_organisations_the_user_chooses_one(self):
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        title, text, page = self._sign_in(self.organisation, other)
        self.assertEqual(title, "Choose the organisation")
        self.assertIn(self.company.name, text)
        buttons = page.findall('.//button[@name="tenant_id"]')
        self.assertEqual(
            {button.get("value"): button.text for button in buttons},
            {self.organisation.id: "Demo Company (UK)", other.id: "Harbour & Sons"},
        )
        self.assertEqual(self.connection.state, "draft", "nothing is chosen yet")
        title, text, _page = self._choose(page, other.id)
        self.assertEqual(title, "Connected")
        self.assertIn("Harbour & Sons", text)
        self.assertEqual(self.connection.tenant_id, other.id)

    def test_only_granted_organisations_can_be_chosen_and_only_by_administrators(self):
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        stranger = self.simulator.add_organisation("Stranger", currency=self.company.currency_id.name)
        page = self._sign_in(self.organisation, other)[2]
        self._assert_not_connected(self._choose(page, stranger.id), "did not grant this organisation")
        self._assert_not_connected(self._choose(page, other.id, connection_id="999999"), "Connect")
        self._assert_not_connected(self._choose(page, other.id, connection_id="x"), "Connect")
        form = {"connection_id": self.connection.id, "tenant_id": other.id}
        self.assertEqual(self.url_open("/xero/oauth/choose", data=form).status_code, 400, "no CSRF token")
        self.admin.group_ids -= self.env.ref("xero_connector.group_xero_manager")
        self.assertEqual(self._choose(page, other.id)[0], "Not connected")
        self.assertEqual(self.connection.sudo().state, "draft")

    def test_one_organisation_is_connected_once(self):
        self._sign_in()
        second = self._new_connection(name="Second", code="second", company_id=self._other_company().id)
        title, text, _page = self._sign_in(connection=second)
        self.assertEqual(title, "Not connected")
        self.assertIn("Demo Company (UK) is already used by another Xero connection", text)
        self.assertEqual(second.state, "draft")

    def test_organisations_of_other_connections_are_not_offered(self):
        self._sign_in()
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        second = self._new_connection(name="Second", code="second", company_id=self._other_company().id)
        self.assertEqual(self._sign_in(self.organisation, other, connection=second)[0], "Connected")
        self.assertEqual(second.tenant_id, other.id)

    def test_a_company_has_one_connection_in_use_and_is_told_so(self):
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        second = self._new_connection(name="Second", code="second")
        query = self._consent(other, connection=second)
        self._sign_in()
        title, text, _page = self._back(query)
        self.assertEqual(title, "Not connected")
        self.assertIn("already has a Xero connection in use: Main. Disconnect that one first", text)
        self.assertEqual((second.state, self.connection.state), ("draft", "connected"))
        with self.assertRaisesRegex(UserError, "in use: Main"):
            second.action_connect()

    def test_the_base_currencies_must_agree(self):
        other = self.simulator.add_organisation("Antipodes", country="AU", currency="AUD")
        self._assert_not_connected(
            self._sign_in(other), "Antipodes keeps its books in AUD", f"in {self.company.currency_id.name}"
        )
        self.assertFalse(self.connection.tenant_id)

    # -- Again ------------------------------------------------------------------------------------------------------

    def test_reconnecting_takes_the_same_organisation_by_itself_and_keeps_the_links(self):
        self._sign_in()
        self.run_sync()
        self._map(self.connection)
        invoice = self.new_invoice()
        self.run_sync()
        before = self.binding(invoice).xero_id
        self.assertTrue(before)
        self.connection.action_disconnect()
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        self.assertEqual(self._sign_in(other, self.organisation)[0], "Connected")
        self.assertEqual(self.connection.tenant_id, self.organisation.id)
        self.assertEqual(self.binding(invoice).xero_id, before)
        self.run_sync()
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_another_organisation_is_refused_while_links_to_the_first_exist(self):
        self._sign_in()
        self.run_sync()
        self._map(self.connection)
        self.new_invoice()
        self.run_sync()
        self.connection.action_disconnect()
        other = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        self._assert_not_connected(
            self._sign_in(other), "holds links to records of Demo Company (UK)", "Harbour & Sons"
        )
        self.assertEqual(self.connection.tenant_id, self.organisation.id)

    def test_an_organisation_chosen_by_mistake_leaves_nothing_of_its_own_behind(self):
        """Nothing was linked yet, so another one may be taken: its chart counts from the first moment."""
        self.organisation.add_contact("Ridgeway University", EmailAddress="ridgeway@example.com")
        self._sign_in()
        self.run_sync()
        self._map(self.connection)
        old = self.xero_account(self.connection, "200")
        partner = self.new_partner(email="ridgeway@example.com")
        partner._xero_mark()
        self.run_sync()
        partner.unlink()
        self.run_sync()
        self.assertFalse(self.env["xero.binding"].search([("connection_id", "=", self.connection.id)]))
        self.connection.action_disconnect()

        right = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name, chart="us")
        right.add_contact("Bayside Club", EmailAddress="bayside@example.com")
        self.assertEqual(self._sign_in(right)[0], "Connected")
        self.assertFalse(self.connection.default_account_id)
        self.assertFalse(self.tax.xero_tax_rate_id)
        self.run_sync()
        new = self.xero_account(self.connection, "200")
        self.assertFalse(old.exists())
        self.assertEqual(new.xero_id, right.account_by_code("200")["AccountID"])
        self.connection.default_account_id = new
        self.simulator.calls.clear()
        known, unknown = self.new_partner("Bayside Club", email="bayside@example.com"), self.new_partner()
        (known + unknown)._xero_mark()
        self.run_sync()
        self.assertEqual(self.binding(known).xero_id, right.contact_by_name("Bayside Club")["ContactID"])
        self.assertEqual(self.binding(unknown).xero_id, right.contact_by_name("Ridgeway University")["ContactID"])
