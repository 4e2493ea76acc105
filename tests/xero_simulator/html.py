"""The look of the simulator's pages."""

from html import escape

from werkzeug.wrappers import Response

STYLE = """
:root { color-scheme: light; --ink: #1d2733; --soft: #5c6b7a; --line: #dfe5eb; --accent: #0b6fa4; --paper: #fff; }
* { box-sizing: border-box; }
body { margin: 0; background: #f2f5f8; color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { background: var(--accent); color: #fff; padding: .75rem 1rem; }
header a { color: #fff; text-decoration: none; font-weight: 600; }
header small { opacity: .85; margin-left: .5rem; }
main { max-width: 64rem; margin: 1.5rem auto; padding: 0 1rem; }
main.narrow { max-width: 30rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1.25rem; }
.card { margin-bottom: 1.25rem; }
h1 { font-size: 1.4rem; margin: 0 0 .75rem; } h2 { font-size: 1.1rem; margin: 1rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); } .error { color: #a4262c; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: #e6eef4; font-size: .8rem; }
label.choice { display: flex; gap: .6rem; padding: .55rem .7rem; margin: .4rem 0; }
label.choice { border: 1px solid var(--line); border-radius: .4rem; }
.buttons { display: flex; gap: .75rem; margin-top: 1rem; flex-wrap: wrap; }
button { font: inherit; padding: .6rem 1.1rem; border-radius: .4rem; border: 1px solid var(--accent); cursor: pointer; }
button.primary { background: var(--accent); color: #fff; } button.plain { background: #fff; color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
"""


def page(title, content, status=200, narrow=False):
    """A whole page. ``content`` is HTML already."""
    kind = ' class="narrow"' if narrow else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><header><a href='/'>Xero simulator</a>"
        "<small>a stand-in for tests and demos, not Xero</small></header>"
        f"<main{kind}>{content}</main></body></html>"
    )
    return Response(text, status, content_type="text/html; charset=utf-8")


def table(headers, rows, numbers=()):
    """A table; ``numbers`` are the positions of right-aligned columns. Cells are HTML already."""
    if not rows:
        return '<p class="soft">None yet.</p>'

    def cells(tag, values):
        return "".join(
            f"<{tag}{' class=number' if index in numbers else ''}>{value}</{tag}>" for index, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', headers)}</tr></thead>"
    return f'<div class="scroll"><table>{head}<tbody>{body}</tbody></table></div>'


def link(url, text):
    """An anchor; both parts are plain text."""
    return f'<a href="{escape(url)}">{escape(str(text))}</a>'


def facts(pairs):
    """A definition list of plain text, empty values left out."""
    shown = [(name, str(value)) for name, value in pairs if value not in (None, "")]
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in shown) + "</dl>"
