"""`setup/demo`: Odoo with its demo data, this project's addons and the Xero simulator, ready for a browser."""

import argparse
import os
import re
import sys
import time

from . import cache, demo_database, postgres, processes, say
from .installation import Installation
from .python_env import REPOSITORY

_ANSWER_SECONDS = 60


def main(arguments):
    """Run the demo until it is asked to end; returns the exit code."""
    options = _parse(arguments)
    handle, owner = cache.hold(f"demo-{options.name}")
    if not handle:
        raise say.Stop(f"the demo already runs (process {owner}); end that one first, or give this one a --name")
    for port, option in ((options.port, "--port"), (options.simulator_port, "--simulator-port")):
        if processes.port_is_taken(port):
            raise say.Stop(f"port {port} is taken; choose another one with {option}")
    running = {}
    try:
        _bring_up(options, running)
        return _watch(running)
    finally:
        _take_down(running)
        handle.close()


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="setup/demo", description="Odoo 19 with demo data, connected to a simulated Xero. Ctrl-C ends everything."
    )
    parser.add_argument("--reset", action="store_true", help="forget what was done in the demo and start over")
    parser.add_argument("--name", type=_name, default="demo", help="keep several demos apart (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8069, help="Odoo's port (default: %(default)s)")
    parser.add_argument("--simulator-port", type=_port, default=8070, help="the simulator's (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.port == options.simulator_port:
        parser.error("--port and --simulator-port must differ")
    return options


def _name(text):
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,20}", text):
        raise argparse.ArgumentTypeError("up to 21 small letters, digits and _, a letter first")
    return text


def _port(text):
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port number (1 to 65535)")
    return number


def _bring_up(options, running):
    odoo_url = f"http://localhost:{options.port}"
    simulator_url = f"http://localhost:{options.simulator_port}"
    log = cache.folder() / "log"
    odoo_log = log / f"demo-{options.name}-odoo.log"
    simulator_log = log / f"demo-{options.name}-simulator.log"
    installation = Installation.get()

    env = installation.environment()
    simulator = [sys.executable, "-m", "xero_simulator", "--port", options.simulator_port, "--demo"]
    cache.remove(simulator_log)
    running["the Xero simulator"] = processes.start(simulator, simulator_log, env=env, cwd=REPOSITORY)

    database = demo_database.prepare(installation, options, odoo_url, simulator_url)
    config = installation.write_config(
        f"demo-{options.name}",
        db_name=database,
        dbfilter=f"^{database}$",
        http_port=options.port,
    )
    cache.remove(odoo_log)
    with say.step("starting Odoo"):
        running["Odoo"] = processes.start(installation.command(config), odoo_log, env=env, cwd=cache.folder())
        _wait_for(running, "Odoo", options.port, "/web/login", odoo_log)
        _wait_for(running, "the Xero simulator", options.simulator_port, "/", simulator_log)
    _explain(odoo_url, simulator_url, log)


def _wait_for(running, name, port, path, log):
    deadline = time.monotonic() + _ANSWER_SECONDS
    while not processes.answers(port, path):
        if running[name].poll() is not None:
            raise say.Stop(f"{name} ended while starting: {processes.last_line(log)} (log: {log})")
        if time.monotonic() > deadline:
            raise say.Stop(f"{name} does not answer on port {port} after {_ANSWER_SECONDS} seconds (log: {log})")
        time.sleep(0.1)


def _explain(odoo_url, simulator_url, log):
    say.line("ready")
    print(
        f"""
  Odoo       {odoo_url}        login admin, password admin
  Xero       {simulator_url}        (simulated: nothing leaves this machine)
  logs       {log}

  1. Open {odoo_url}/odoo and log in as admin / admin.
  2. Invoicing → Xero → Overview → Demo: press Connect, allow access on the simulated Xero's page and choose
     Demo Company (US): it keeps its books in dollars, as Odoo's demo data does.
  3. On the page Connected press Set Up: see what fits, press Apply, and try it with one invoice as a draft.
  4. Open a posted customer invoice and press Push to Xero, or confirm a new one: it goes by itself.
  5. Press Open in Xero on the invoice, or look at {simulator_url} to see what arrived.

  Ctrl-C ends Odoo, the simulator and what else this command started. --reset starts over.
""",
        flush=True,
    )


def _watch(running):
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                print(f"error: {name} has ended by itself (exit code {process.returncode})", file=sys.stderr)
                return 1
        time.sleep(0.5)


def _take_down(running):
    if running:
        say.line("stopping: " + ", ".join(reversed(running)))
    for process in reversed(running.values()):
        processes.stop_group(process)
    postgres.stop_if_unused()
    if running:
        say.line(f"everything that process {os.getpid()} started has ended")
