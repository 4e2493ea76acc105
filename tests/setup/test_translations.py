"""The translation templates: what is written, and how a stale one is told."""

import pytest

from machine import say, translations

EXPORT = """# Translation of Odoo Server.
#
msgid ""
msgstr ""
"Project-Id-Version: Odoo Server 19.0-20261101\\n"
"POT-Creation-Date: {date}\\n"
"PO-Revision-Date: {date}\\n"
"MIME-Version: 1.0\\n"

#. module: xero_one
#: code:addons/xero_one/models/a.py:0
msgid "Retry"
msgstr ""
"""


WANTED = {"xero_one": translations.without_noise(EXPORT)}


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one addon."""
    (tmp_path / "xero_one").mkdir()
    return tmp_path


@pytest.fixture
def stored(checkout):
    """Where the template of that addon belongs."""
    return checkout / "xero_one/i18n/xero_one.pot"


def test_two_exports_at_different_times_are_the_same():
    early, late = (EXPORT.format(date=f"2026-11-25 1{hour}:00+0000") for hour in (1, 2))
    assert translations.without_noise(early) == translations.without_noise(late)


def test_the_build_of_odoo_makes_no_difference():
    text = translations.without_noise(EXPORT)
    assert '"Project-Id-Version: Odoo Server 19.0\\n"' in text
    assert translations.without_noise(EXPORT.replace("19.0-20261101", "19.0+dfsg-1")) == text


def test_terms_are_counted_without_the_header():
    assert translations.terms(EXPORT) == 1


def test_a_template_is_written_and_then_fits(checkout, stored):
    translations.write(WANTED, checkout)
    assert 'msgid "Retry"' in stored.read_text()
    assert translations.check(WANTED, checkout)


def test_a_check_writes_nothing_and_names_the_command(checkout, stored, capsys):
    assert not translations.check(WANTED, checkout)
    assert not stored.exists()
    assert "run setup/translations" in capsys.readouterr().out


def test_a_check_shows_what_differs(checkout, stored, capsys):
    translations.write(WANTED, checkout)
    stored.write_text(stored.read_text().replace("Retry", "Again"))
    assert not translations.check(WANTED, checkout)
    shown = capsys.readouterr().out
    assert '-msgid "Again"' in shown
    assert '+msgid "Retry"' in shown


def test_other_arguments_are_refused():
    with pytest.raises(say.Stop, match="--check"):
        translations.main(["--force"])
