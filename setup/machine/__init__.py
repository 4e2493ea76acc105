"""What a bare machine needs to run this project's addons in Odoo: the work of `setup/demo`, `test` and `lint`.

Everything here that runs before the virtual environment exists uses the standard library only.
"""
