"""The engine: makes Xero equal to Odoo.

One way through the code serves the cron, the button and the retry:

``runner``      takes the connection's lock, works for one slice, and decides what a fault means
``workspace``   the transaction the engine works in; the only place that commits
``marks``       reads which records to look at, and deletes exactly what was read
``contacts``    partners → contacts: matched, linked, created, updated
``documents``   invoices → created, updated, voided, adopted
``outbox``      stores a call, makes it, applies Xero's verdict to each element
``recovery``    what to do about calls whose answer was never applied
``references``  refreshes the copies of what Xero owns
"""
