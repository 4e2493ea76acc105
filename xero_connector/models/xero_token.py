from odoo import fields, models


class XeroToken(models.Model):
    """The secrets of one connection, in a row of their own.

    A row of its own keeps two things apart: secrets from settings (only the system group may read this model, by
    whatever way), and token refreshes from whoever edits the connection meanwhile.
    """

    _name = "xero.token"
    _description = "Xero Access"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, index=True, ondelete="cascade")
    access_token = fields.Char(groups="base.group_system")
    refresh_token = fields.Char(groups="base.group_system")
    expires_at = fields.Datetime(groups="base.group_system")
    scope = fields.Char(groups="base.group_system")
    database_uuid = fields.Char(groups="base.group_system", help="The database that Xero gave the access to.")
    oauth_nonce = fields.Char(groups="base.group_system", help="Digest of the state of the sign-in under way.")
    oauth_user_id = fields.Many2one("res.users", groups="base.group_system", ondelete="cascade")
    oauth_expires_at = fields.Datetime(groups="base.group_system")

    _connection_unique = models.Constraint("UNIQUE (connection_id)", "A connection has one access.")


class XeroConnectionLock(models.Model):
    """A row that exists to be locked by the one runner of its connection (see ``sync/runner.py``)."""

    _name = "xero.connection.lock"
    _description = "Xero Runner Lock"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, index=True, ondelete="cascade")

    _connection_unique = models.Constraint("UNIQUE (connection_id)", "A connection has one lock.")
