import { registry } from "@web/core/registry";
import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillUnmount, xml } from "@odoo/owl";

const EVERY_MS = 3000;

/**
 * Reads a record again every few seconds while work goes on in the background, so that people see it progress:
 * <widget name="xero_refresh" options="{'while': 'state == \'running\''}"/>
 *
 * Nothing is read while the page is out of sight, or while the record is being edited.
 */
export class XeroRefresh extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps, condition: { type: String } };

    setup() {
        const timer = setInterval(() => this.refresh(), EVERY_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const { record, condition } = this.props;
        const editing = record.isInEdition && record.dirty;
        if (document.hidden || editing || !record.resId) {
            return;
        }
        if (evaluateBooleanExpr(condition, record.evalContextWithVirtualIds)) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("xero_refresh", {
    component: XeroRefresh,
    extractProps: ({ options }) => ({ condition: options.while }),
});
