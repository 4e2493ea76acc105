"""A simulator of Xero for tests and demos: an HTTP server in memory that refuses what Xero refuses.

simulator = XeroSimulator().start()
organisation = simulator.add_organisation("Demo Company (UK)", country="GB", currency="GBP", demo=True)
app = simulator.add_app(redirect_uris=["http://localhost:8069/xero/oauth/callback"])
tokens = simulator.grant(app, [organisation])
# … point the client's login, identity and API URLs at simulator.url …
organisation.invoice_by_number("INV/2026/00001")["Total"]
simulator.stop()
"""

from .simulator import DEFAULT_SCOPES, XeroSimulator

__all__ = ["DEFAULT_SCOPES", "XeroSimulator"]
