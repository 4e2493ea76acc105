from . import outgoing
