"""What tests that span processes stand on: real Odoo servers, the simulator in a process of its own, a browser."""
