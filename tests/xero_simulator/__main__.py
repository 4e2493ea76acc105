"""``python -m xero_simulator --port 8070 [--demo]``."""

import argparse
import signal
import sys
import threading

from . import XeroSimulator, demo


def main(arguments=None):
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="xero_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--demo", action="store_true", help="one app, four organisations, some contacts")
    options = parser.parse_args(arguments)
    simulator = XeroSimulator()
    app = demo.fill(simulator) if options.demo else None
    try:
        simulator.start(options.port, options.host)
    except (OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    print(f"Xero simulator: {simulator.url}", flush=True)
    if app is not None:
        print(f"client id:     {app.client_id}\nclient secret: {app.client_secret}", flush=True)
        for org in simulator.organisations.values():
            print(f"organisation:  {org.name} ({org.id})", flush=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: ended.set())
    ended.wait()
    simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
