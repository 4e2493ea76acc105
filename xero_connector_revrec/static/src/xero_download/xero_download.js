import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/**
 * Downloads the file at `params.url` and closes the dialog that made it.
 *
 * Odoo's own action for addresses leaves dialogs open, and a button with `close` closes them after an error too, with
 * all that was entered.
 */
registry.category("actions").add("xero_download", (env, { params }) => {
    browser.location.assign(params.url);
    return { type: "ir.actions.act_window_close" };
});
