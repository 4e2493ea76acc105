"""Figures that a test has measured, shown at the end of the run: `report.line("5,000 documents: …")`."""

_lines = []


def line(text):
    """Keep a line for the end."""
    _lines.append(text)


def lines():
    """All that was kept."""
    return list(_lines)
