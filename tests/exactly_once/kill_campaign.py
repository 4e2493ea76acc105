#!/usr/bin/env python3
"""Kill Odoo at many different points of a push, and count what is doubled or missing afterwards.

tests/exactly_once/kill_campaign.py --points 40 --seed 7 --invoices 200

Every point gets invoices and customers of its own. The exit code is 0 when everything is in Xero exactly once and
Odoo knows it, 1 when anything is not.
"""

import argparse
import os
import sys
import time

_TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(os.path.dirname(_TESTS), "setup"), _TESTS]


def campaign(arguments):
    """Run the campaign and print a table; returns the exit code."""
    from exactly_once.kill_points import MOMENTS, random_points
    from exactly_once.workbench import Workbench
    from machine import postgres

    options = parsed(arguments)
    print("\n".join(f"{moment:12} {meaning}" for moment, meaning in MOMENTS.items()))
    # Contacts are searched and made in batches of 50 like the invoices.
    batches = -(-options.invoices // 50)
    contacts = -(-options.invoices // 250)
    points = random_points(options.points, options.seed, calls=1 + contacts + batches)
    print(f"\n{options.points} points, seed {options.seed}, {options.invoices} invoices each")
    found = 0
    try:
        with Workbench() as bench:
            print(f"\n{'':>3}  {'point':42} {'struck':24} {'recovered in':>12}  wrong")
            for number, point in enumerate(points, 1):
                wrong = strike(bench, point, number, options.invoices)
                found += len(wrong)
                for text in wrong[:10]:
                    print(f"     {text}")
            made = len(bench.moves)
    finally:
        postgres.stop_if_unused()
    print(f"\n{made} invoices, {options.points} kills: {found} doubled, missing or unknown to Odoo")
    return 1 if found else 0


def strike(bench, point, number, invoices):
    """Push once with a kill at the point, print the row, and return what is wrong."""
    from exactly_once.kill_points import push_with_kill

    bench.confirm_on_hold(invoices)
    struck = push_with_kill(bench, point)
    begun = time.monotonic()
    bench.finish()
    seconds = time.monotonic() - begun
    wrong = bench.problems()
    print(f"{number:3}  {point!s:42} {struck:24} {seconds:10.1f} s  {len(wrong)}", flush=True)
    return wrong


def parsed(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=40, help="how often to kill (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same points")
    parser.add_argument("--invoices", type=int, default=200, help="invoices in each push (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    from machine import entry, python_env

    def main():
        """In the virtual environment that `setup/test` uses."""
        parsed(sys.argv[1:])
        python_env.enter(os.path.abspath(__file__), sys.argv[1:])
        return campaign(sys.argv[1:])

    sys.exit(entry.outcome(main))
