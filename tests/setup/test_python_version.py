"""Which Pythons are refused, and that old ones get as far as the refusal."""

import ast

import pytest

from machine import python_version
from machine.python_env import REPOSITORY


@pytest.mark.parametrize("version", [(3, 11), (3, 11, 2), (3, 12), (3, 13, 1)])
def test_pythons_of_odoo_19_are_accepted(version):
    assert python_version.problem(version) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10, 18), (3, 14), (4, 0)])
def test_others_end_with_one_line_that_names_the_range(version):
    with pytest.raises(SystemExit) as ended:
        python_version.check(version)
    assert "\n" not in ended.value.code
    assert "Python 3.11 to 3.13" in ended.value.code
    assert "Python {}.{} cannot".format(*version) in ended.value.code


@pytest.mark.parametrize("script", ["demo", "test", "lint", "machine/__init__.py", "machine/python_version.py"])
def test_what_runs_before_the_check_is_plain_syntax(script):
    source = (REPOSITORY / "setup" / script).read_text()
    ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]


@pytest.mark.parametrize("script", ["demo", "test", "lint"])
def test_nothing_but_the_check_is_imported_before_it(script):
    lines = (REPOSITORY / "setup" / script).read_text().splitlines()
    before = lines[: lines.index("python_version.check()")]
    imports = [line for line in before if line.startswith(("import ", "from "))]
    assert imports == ["import os", "import sys", "from machine import python_version"]
