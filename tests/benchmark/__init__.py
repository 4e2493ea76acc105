"""Measurements: how long the addons take with many records. `setup/benchmark` runs them, `setup/test` does not."""
