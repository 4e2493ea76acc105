"""One Odoo on one PostgreSQL server: the environment, configuration files and commands to run it with."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import cache, odoo_source, postgres, processes, python_env
from .python_env import REPOSITORY

# Odoo asks its maker's servers for company data and reports its version to them. What we start does neither.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Installation:
    """Odoo, the server it stores in, and the addons of OCA and of this checkout on its addons path."""

    odoo: odoo_source.Odoo
    server: postgres.Server

    @classmethod
    def get(cls):
        """What this machine has, fetched or started when needed."""
        for name in ("log", "log/processes", "config"):
            cache.remove_unused(cache.folder() / name, keep=20, days=1)
        return cls(odoo_source.get(), postgres.get())

    @property
    def data_folder(self):
        """Odoo's data directory, which holds the attachments of every database."""
        return cache.folder() / "odoo-data"

    @property
    def oca_addons(self):
        """The folder of OCA's addons, as a tuple; none outside the environment that has them."""
        folder = python_env.oca_addons(Path(sys.prefix))
        return (folder,) if folder.is_dir() else ()

    @property
    def addons_path(self):
        """The folders in which Odoo looks for addons."""
        return (*self.odoo.addons, *self.oca_addons, REPOSITORY)

    def environment(self, **extra):
        """The environment for a process that imports Odoo.

        Without the user's own Odoo settings and default database, and with compiled Python files kept: Odoo is
        too large to be compiled at each start.
        """
        dropped = ("ODOO_", "OPENERP_")
        env = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        for key in ("PGDATABASE", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME"):
            env.pop(key, None)
        env["PYTHONPATH"] = os.pathsep.join([str(self.odoo.python_path), str(REPOSITORY / "tests")])
        return {**env, **self.server.variables, **extra}

    def write_config(self, name, **options):
        """Write the configuration file `name` with Odoo's `options` over our defaults; returns its path."""
        settings = {
            "addons_path": ",".join(map(str, self.addons_path)),
            "data_dir": self.data_folder,
            "http_interface": "127.0.0.1",
            "admin_passwd": "admin",
            "list_db": False,
            "publisher_warranty_url": NOWHERE,
            "max_cron_threads": 2,
            **options,
        }
        path = cache.folder() / "config" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        path.chmod(0o600)
        return path

    def command(self, config, *arguments):
        """The command line of an Odoo server with the configuration file `config`."""
        return [sys.executable, "-m", "odoo", *_command_first(arguments, config)]

    def run(self, name, *arguments, log, **options):
        """Run Odoo to its end; raises CommandFailed. `name` names its configuration file."""
        config = self.write_config(name, max_cron_threads=0, http_enable=False, **options)
        processes.run(self.command(config, *arguments), log, env=self.environment(), cwd=cache.folder())


def _command_first(arguments, config):
    """Odoo wants the name of a subcommand, when there is one, before all options."""
    if arguments and not str(arguments[0]).startswith("-"):
        return [arguments[0], "-c", config, *arguments[1:]]
    return ["-c", config, *arguments]
