"""The addons of this checkout, what tells that their code has changed, and what they depend on."""

import ast
import hashlib
import sys
from pathlib import Path

from . import say
from .python_env import REPOSITORY, oca_addons, oca_names

# Neither of these changes what an installed database holds.
_NOT_INSTALLED = {"tests", "static", "i18n", "readme", "__pycache__"}


def names(repository=REPOSITORY):
    """Names of the installable addons at the top of the checkout, sorted."""
    folders = [path.parent for path in sorted(Path(repository).glob("*/__manifest__.py"))]
    return [folder.name for folder in folders if _manifest(folder).get("installable", True)]


def digests(repository=REPOSITORY):
    """{addon: short hash over those of its files that matter to an installed database}, of ours and of OCA's."""
    folders = [Path(repository) / name for name in names(repository)]
    folders += [oca_addons(Path(sys.prefix)) / name for name in oca_names()]
    return {folder.name: _digest(folder) for folder in folders}


def check_dependencies(addons_path, repository=REPOSITORY):
    """End where one of ours depends on an addon that is in none of the folders `addons_path`; Odoo would only say so
    in the middle of its log."""
    for name in names(repository):
        for needed in _manifest(Path(repository) / name).get("depends", []):
            if not any((Path(folder) / needed / "__manifest__.py").is_file() for folder in addons_path):
                raise say.Stop(
                    f"{name} depends on {needed}, which is not there; setup/oca-requirements.txt lists the packages "
                    "of addons that are neither Odoo's nor ours"
                )


def _manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def _digest(addon):
    result = hashlib.sha256()
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if path.is_file() and not _NOT_INSTALLED.intersection(parts):
            content = path.read_bytes()
            result.update(f"{'/'.join(parts)} {len(content)}\n".encode() + content)
    return result.hexdigest()[:12]
