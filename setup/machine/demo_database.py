"""The demo's database: a copy of the template with demo data, kept between runs and upgraded when the code changes."""

import json

from . import addons, cache, databases, installation, odoo_scripts, python_env, say

_CONNECTION = {"name": "Demo", "code": "demo"}


def name_of(demo):
    """Name of the database of the demo called `demo`."""
    return "xero_connector_demo" if demo == "demo" else f"xero_connector_demo_{demo}"


def prepare(machine, options, odoo_url, simulator_url):
    """Make, upgrade or reuse the demo's database, and point it at the simulator; returns its name.

    `options`: `name` of the demo, `reset` to make the database anew. The simulator keeps everything in memory, so a
    database that holds links to what it knew is made anew as well: they would point at nothing, or at other records.
    """
    database = name_of(options.name)
    facts = cache.folder() / "demos" / f"{options.name}.json"
    facts.parent.mkdir(exist_ok=True)
    known = _read(facts)
    exists = databases.exists(machine, database)
    if exists and not options.reset and databases.has_used_xero(machine, database):
        say.line("the demo starts over: its Odoo was connected to a simulated Xero that is gone")
        exists = False
    if options.reset or not known or not exists:
        cache.remove(facts)
        _make(machine, database)
        known = {"base": databases.base_key(machine, demo=True), "addons": addons.digests()}
    else:
        _upgrade(machine, database, known)
    wanted = settings(odoo_url, simulator_url)
    if known.get("settings") != wanted:
        with say.step("pointing Odoo at the simulator"):
            odoo_scripts.run(machine, database, "settings", wanted)
        known["settings"] = wanted
    facts.write_text(json.dumps(known, indent=1))
    return database


def _read(facts):
    """What the database was last known to hold; {} when nothing reliable is known."""
    try:
        return json.loads(facts.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        say.line("what is known of the demo's database is damaged; making it anew")
        return {}


def _make(machine, database):
    template = databases.addons_template(machine, demo=True)
    databases.drop(machine, database)
    say.line("copying it as the demo's database")
    databases.copy(machine, template, database)


def _upgrade(machine, database, known):
    base = databases.base_key(machine, demo=True)
    current = addons.digests()
    if known.get("base") != base:
        _change(machine, database, "upgrading the demo's database to this Odoo", ["base"], update=True)
    changed = [name for name in current if name in known["addons"] and known["addons"][name] != current[name]]
    if changed:
        _change(machine, database, f"upgrading {', '.join(changed)}, whose code has changed", changed, update=True)
    # OCA's are installed by Odoo itself with those of ours that depend on them.
    new = [name for name in current if name not in known["addons"] and name not in python_env.oca_names()]
    if new:
        _change(machine, database, f"installing {', '.join(new)}", new, update=False)
    known.update(base=base, addons=current)


def _change(machine, database, what, modules, update):
    try:
        with say.step(what):
            databases.install(machine, database, modules, demo=True, update=update)
    except say.Stop as stop:
        raise say.Stop(f"{stop}; setup/demo --reset makes the demo's database anew") from stop


def settings(odoo_url, simulator_url):
    """What makes a database with demo data use the simulator: system parameters and a first, unused connection."""
    from xero_simulator import demo

    parameters = {f"xero_connector.{name}_url": simulator_url for name in ("login", "identity", "api", "web")}
    parameters |= {"web.base.url": odoo_url, "web.base.url.freeze": "True"}
    parameters |= dict.fromkeys(("iap.endpoint", "iap.partner_autocomplete.endpoint"), installation.NOWHERE)
    secrets = {"client_id": demo.DEMO_CLIENT_ID, "client_secret": demo.DEMO_CLIENT_SECRET}
    return {"parameters": parameters, "connection": {**_CONNECTION, **secrets}}
