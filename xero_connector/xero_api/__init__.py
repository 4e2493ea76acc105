"""Xero's API in plain Python: nothing in this folder imports Odoo."""
