"""Runs the scripts of the folder `in_odoo` inside Odoo's shell."""

import json
import os
from pathlib import Path

from . import cache, processes, say

_FOLDER = Path(__file__).parent / "in_odoo"


def run(installation, database, name, settings=None):
    """Run the script `in_odoo/<name>.py` in Odoo's shell on a database."""
    config = installation.write_config(f"shell-{os.getpid()}", http_enable=False, max_cron_threads=0)
    env = installation.environment(XERO_SETUP_SETTINGS=json.dumps(settings))
    log = cache.folder() / "log" / f"shell-{name}.log"
    cache.remove(log)
    try:
        with open(_FOLDER / f"{name}.py") as script:
            command = installation.command(config, "shell", "-d", database)
            processes.run(command, log, env=env, cwd=cache.folder(), stdin=script)
    except processes.CommandFailed as error:
        raise say.Stop(f"a script inside Odoo failed: {error.reason} (log: {log})") from error
    finally:
        cache.remove(config)
