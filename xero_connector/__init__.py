from . import controllers, mappers, models, wizards
from .hooks import uninstall_hook
