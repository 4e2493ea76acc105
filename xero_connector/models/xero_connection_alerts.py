import json
import secrets
import uuid
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .write_only import write_only


class XeroConnection(models.Model):
    """Who else is told of errors: messages to an address of the user's own (see ``xero.alert``)."""

    _inherit = "xero.connection"

    error_url = fields.Char(
        "Send Errors To",
        copy=False,
        groups="xero_connector.group_xero_manager",
        help="The address (https://…) of your own system that takes the messages.",
    )
    error_secret = fields.Char("Stored Secret for Error Messages", copy=False, groups="base.group_system")
    new_error_secret = write_only("error_secret", "Secret")
    has_error_secret = fields.Boolean(compute="_compute_has_error_secret", compute_sudo=True)
    error_database_uuid = fields.Char(
        compute="_compute_error_database_uuid",
        store=True,
        groups="base.group_system",
        help="The database in which the address or the secret was entered: a copy of it sends nothing.",
    )
    error_allow_private = fields.Boolean(
        "Allow Private Addresses",
        copy=False,
        groups="base.group_system",
        help="Also send to addresses of this server and of its own network, and without https. Otherwise they are "
        "refused, because whoever may enter an address here could reach what is not meant for them.",
    )

    @api.depends("error_secret")
    def _compute_has_error_secret(self):
        for connection in self:
            connection.has_error_secret = bool(connection.error_secret)

    @api.depends("error_url", "error_secret")
    def _compute_error_database_uuid(self):
        self.error_database_uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.constrains("error_url", "error_allow_private")
    def _check_error_url(self):
        """Refuse what can never be delivered; which address a host name has is checked with each message."""
        for connection in self.sudo().filtered("error_url"):
            schemes = ("https", "http") if connection.error_allow_private else ("https",)
            try:
                parts = urlsplit(connection.error_url)
                usable = parts.scheme in schemes and parts.hostname and parts.port != 0
            except ValueError:
                usable = False
            if not usable or any(letter.isspace() for letter in connection.error_url):
                raise ValidationError(
                    self.env._(
                        "Errors cannot be sent to “%(url)s”: enter a full address that begins with %(schemes)s.",
                        url=connection.error_url,
                        schemes=" / ".join(f"{scheme}://" for scheme in schemes),
                    )
                )
            if parts.username is not None or parts.password is not None:
                raise ValidationError(
                    self.env._(
                        "Take the user name and password out of the address: the receiver recognises the messages by "
                        "their signature, which is made with the secret below."
                    )
                )

    # -- Telling -----------------------------------------------------------------------------------------------

    def _tell(self, event, message, binding=None, reason=None, words=""):
        """Have the user's own system told of an error, if and when the transaction under way is committed.

        Without an address and a secret nobody is told.

        :param event: one of the events of ``xero.alert``
        :param message: what happened, in plain words
        :param binding: the link of the record concerned, if it is about one
        :param reason: why the record is held or refused
        :param words: Xero's own words
        """
        self.ensure_one()
        settings = self.sudo()
        if not settings.error_url or not settings.error_secret:
            return
        number = str(uuid.uuid4())
        content = {
            "id": number,
            "event": event,
            "at": fields.Datetime.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "connection": {"code": self.code, "name": self.name, "organisation": self.organisation_name or None},
            "company": self.company_id.name,
            "record": binding and self._told_record(binding),
            "reason": reason and self._told_reason(reason),
            "message": message,
            "xero_message": words or None,
        }
        self.env["xero.alert"].sudo()._queue(
            {
                "connection_id": self.id,
                "number": number,
                "event": event,
                "res_model": binding and binding.res_model,
                "res_id": binding and binding.res_id,
                "res_name": binding and binding.res_name,
                "message": message,
                "body": json.dumps(content, ensure_ascii=False),
            }
        )

    def _told_record(self, binding):
        return {
            "model": binding.res_model,
            "id": binding.res_id,
            "name": binding.res_name or None,
            "type": binding.xero_type,
            "xero_id": binding.xero_id or None,
            "url": f"{self.get_base_url()}/odoo/{binding.res_model}/{binding.res_id}",
        }

    @api.model
    def _told_reason(self, code):
        return {"code": code, "label": self.env["xero.reason"]._of(code).name}

    def _check_may_tell(self):
        """Refuse to tell from a copy: its errors would be taken for real ones."""
        self._check_not_neutralized()
        entered_in = self.sudo().error_database_uuid
        if entered_in != self.env["ir.config_parameter"].sudo().get_param("database.uuid"):
            raise UserError(
                self.env._(
                    "This database is a copy of the one in which the address was entered, so it sends no messages. "
                    "To have this copy send them too, enter the address or the secret again."
                )
            )

    def _may_tell(self):
        """Whether messages may leave this database."""
        try:
            self._check_may_tell()
        except UserError:
            return False
        return True

    def _note_undelivered(self, problem):
        """Tell the responsible person that messages are given up; their own system knows nothing of it."""
        person = self.responsible_id or self.create_uid
        connection = self.with_context(lang=person.lang)
        connection.message_post(
            body=connection.env._(
                "An error message to your own system was given up: %s The messages are under Xero → Error Messages; "
                "Send Again tries once more.",
                problem,
            ),
            partner_ids=person.partner_id.ids,
        )

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_new_error_secret(self):
        """Make a secret, keep it, and show it this one time."""
        self.ensure_one()
        self.check_access("write")
        secret = secrets.token_hex(32)
        self.sudo().error_secret = secret
        return self._notice(
            self.env._("The new secret is %s — copy it into your own system now: it is not shown again.", secret),
            "warning",
            reload=True,
        )

    def action_send_test_message(self):
        """Send a message that says nothing but that messages arrive.

        :raises UserError: no address, no secret, or a database that is a copy
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_tell()
        if not self.error_url or not self.has_error_secret:
            raise UserError(
                self.env._("Enter the address that errors are sent to and a secret first, and save the connection.")
            )
        self._tell("test", self.env._("This is a test: error messages of %s arrive.", self.name))
        return self._notice(
            self.env._("The test message leaves within seconds. Messages shows whether it arrived."), "info"
        )

    def action_open_alerts(self):
        """Open the messages of this connection and what became of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_alert_action")
        return {**action, "domain": [("connection_id", "=", self.id)], "context": {}}
