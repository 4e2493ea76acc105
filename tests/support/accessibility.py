"""What a screen reader or weak eyes would stumble over on a page: controls without a name, texts hard to read."""

# Of WCAG 2.2: 4.1.2 (names of controls), 1.1.1 (texts for images) and 1.4.3 (contrast of 4.5, of 3 for large texts).
# What is Odoo's own is left out: the boxes that select rows, the check boxes of a column (which its head names), the
# menu of optional columns, the status bar, the chatter, and the colours of its theme (badges, the grey of secondary
# texts, which has 4.2, and on a phone that of labels), and there the menu of further buttons.
_SCRIPT = """
(root) => {
    const shown = (element) => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        return box.width > 1 && box.height > 1 && style.visibility === "visible" && style.opacity > 0.1;
    };
    const name = (element) => {
        const labelled = (element.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean)
            .map((id) => document.getElementById(id)?.textContent || "").join(" ");
        const labels = [...(element.labels || [])].map((label) => label.textContent).join(" ");
        return [element.getAttribute("aria-label"), labelled, labels, element.title, element.textContent,
            element.placeholder, element.dataset.tooltip, element.closest("[data-tooltip]")?.dataset.tooltip]
            .some((text) => (text || "").trim());
    };
    const parse = (text) => {
        const [r, g, b, a = 1] = text.match(/[0-9.]+/g).map(Number);
        return { r, g, b, a };
    };
    const over = (front, back) => ({
        r: front.r * front.a + back.r * (1 - front.a), g: front.g * front.a + back.g * (1 - front.a),
        b: front.b * front.a + back.b * (1 - front.a), a: 1,
    });
    const background = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.backgroundImage !== "none") return null;
            layers.push(parse(style.backgroundColor));
            if (layers.at(-1).a === 1) break;
        }
        return layers.reverse().reduce((back, front) => over(front, back), { r: 255, g: 255, b: 255, a: 1 });
    };
    const luminance = ({ r, g, b }) => {
        const part = (value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        };
        return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const odoos = ".o_list_record_selector, .o_data_cell .form-check-input, "
        + ".o_optional_columns_dropdown, .o_optional_columns_dropdown_toggle, "
        + ".o-mail-Form-chatter, .o-mail-Chatter, .o_statusbar_status, .badge, .text-muted, .o_avatar"
        + (window.innerWidth < 768 ? ", .o_form_label, .o_button_more" : "");
    const ours = (element) => !element.closest(odoos) && !element.querySelector(odoos);
    const found = [];
    const area = document.querySelector(root);
    for (const element of area.querySelectorAll("button, a[href], input, select, textarea, [role=button]")) {
        if (shown(element) && ours(element) && element.type !== "hidden" && !name(element)) {
            found.push(`no name: ${element.outerHTML.slice(0, 150)}`);
        }
    }
    for (const image of area.querySelectorAll("img")) {
        if (shown(image) && ours(image) && !image.hasAttribute("alt")) {
            found.push(`no text: ${image.outerHTML.slice(0, 150)}`);
        }
    }
    for (const element of area.querySelectorAll("*")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !shown(element) || element.closest(odoos) || element.closest(".disabled, [disabled]")) continue;
        const behind = background(element);
        if (!behind) continue;
        const style = getComputedStyle(element);
        const [light, dark] = [luminance(over(parse(style.color), behind)), luminance(behind)].sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (contrast < (large ? 3 : 4.5)) {
            const text = element.textContent.trim().slice(0, 60);
            found.push(`contrast ${contrast.toFixed(1)}: ${text} (${element.className})`);
        }
    }
    return [...new Set(found)];
}
"""


def problems(page, root=".o_content"):
    """Return what is wrong with what is visible in ``root``, one line each."""
    return page.evaluate(_SCRIPT, root)
