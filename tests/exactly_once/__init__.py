"""Real Odoo processes that are killed, doubled and worked in, against the simulator: all once, nothing lost."""
