from . import mappers, models, wizards
