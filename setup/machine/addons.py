"""The addons of this checkout, and what tells that their code has changed."""

import ast
import hashlib
from pathlib import Path

from .python_env import REPOSITORY

# Neither of these changes what an installed database holds.
_NOT_INSTALLED = {"tests", "static", "i18n", "readme", "__pycache__"}


def names(repository=REPOSITORY):
    """Names of the installable addons at the top of the checkout, sorted."""
    found = []
    for manifest in sorted(Path(repository).glob("*/__manifest__.py")):
        if ast.literal_eval(manifest.read_text()).get("installable", True):
            found.append(manifest.parent.name)
    return found


def digests(repository=REPOSITORY):
    """{addon: short hash over those of its files that matter to an installed database}."""
    return {name: _digest(Path(repository) / name) for name in names(repository)}


def _digest(addon):
    result = hashlib.sha256()
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if path.is_file() and not _NOT_INSTALLED.intersection(parts):
            content = path.read_bytes()
            result.update(f"{'/'.join(parts)} {len(content)}\n".encode() + content)
    return result.hexdigest()[:12]
