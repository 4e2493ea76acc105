from . import mappers, models, wizards
from .hooks import uninstall_hook
