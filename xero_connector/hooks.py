import logging

from .xero_api.errors import XeroError

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Give every access back to Xero and drop what Odoo does not drop by itself.

    A Xero that cannot be reached does not stop the removal: the access can also be ended in Xero's own
    *Connected apps*, so the failure is logged and the removal goes on.
    """
    for connection in env["xero.connection"].with_context(active_test=False).search([]):
        try:
            connection._give_access_back()
        except XeroError as error:
            _logger.warning("Access of %s was not given back to Xero: %s", connection.display_name, error)
        cron = connection.cron_id
        connection.cron_id = False
        cron.unlink()
    env["ir.config_parameter"].search([("key", "=like", "xero_connector.%")]).unlink()
