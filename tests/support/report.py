"""What tests have measured or want known, shown at the end of the run: `report.line("5,000 documents: …")`."""

_lines = []


def line(text):
    """Keep a line for the end; once, also when several processes say it."""
    if text not in _lines:
        _lines.append(text)


def lines():
    """All that was kept."""
    return list(_lines)
