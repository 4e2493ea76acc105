"""`setup/translations`: the template from which each addon is translated, as Odoo's own exporter writes it."""

import difflib
import os
import re
import tempfile
from pathlib import Path

from . import addons, databases, odoo_scripts, postgres, say
from .installation import Installation
from .python_env import REPOSITORY

_SHOWN = 20
# What differs between two exports of the same terms: the moment, and which build of Odoo did it.
_DATES = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date): [^"]*"\n', re.MULTILINE)
_BUILD = re.compile(r'^("Project-Id-Version: Odoo Server \d+\.\d+)[^"\\]*', re.MULTILINE)


def main(arguments):
    """Write the templates, or with `--check` compare them; returns 0 when they are as they should be."""
    if arguments not in ([], ["--check"]):
        raise say.Stop("setup/translations takes no argument but --check")
    wanted = exported()
    if not arguments:
        write(wanted)
        return 0
    return 0 if check(wanted) else 1


def write(wanted, repository=REPOSITORY):
    """Store the templates {addon: text}."""
    for addon, text in wanted.items():
        path = repository / _place(addon)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        print(f"translations: {_place(addon)}: {terms(text)} terms")


def check(wanted, repository=REPOSITORY):
    """Whether the stored templates are these, {addon: text}; what differs is printed."""
    return all([_fits(repository / _place(addon), _place(addon), text) for addon, text in wanted.items()])


def exported():
    """{addon: text of its template}, from a database of its own with all addons installed."""
    database = f"xero_connector_process_{os.getpid()}"
    try:
        installation = Installation.get()
        source = databases.addons_template(installation, demo=False)
        databases.copy(installation, source, database)
        try:
            with tempfile.TemporaryDirectory() as folder, say.step("asking Odoo for the translatable terms"):
                paths = {addon: str(Path(folder) / f"{addon}.pot") for addon in addons.names()}
                odoo_scripts.run(installation, database, "translations", paths)
                return {addon: without_noise(Path(path).read_text()) for addon, path in paths.items()}
        finally:
            databases.drop(installation, database)
    finally:
        postgres.stop_if_unused()


def without_noise(text):
    """The same template without what changes although no term does, so that a second export makes no difference."""
    return _BUILD.sub(r"\1", _DATES.sub("", text)).rstrip() + "\n"


def terms(text):
    """How many terms a template holds; its header is none."""
    return len(re.findall(r"^msgid ", text, re.MULTILINE)) - 1


def _place(addon):
    return Path(addon, "i18n", f"{addon}.pot")


def _fits(path, name, text):
    stored = path.read_text() if path.exists() else ""
    if stored == text:
        print(f"translations: {name}: all well ({terms(text)} terms)")
        return True
    print(f"translations: FAILED: {name} is not what the code has; run setup/translations")
    lines = difflib.unified_diff(stored.splitlines(), text.splitlines(), "stored", "in the code", lineterm="", n=0)
    changed = [line for line in lines if not line.startswith("@@")]
    for line in changed[:_SHOWN]:
        print(f"  {line}")
    if len(changed) > _SHOWN:
        print(f"  … and {len(changed) - _SHOWN} more lines")
    return False
