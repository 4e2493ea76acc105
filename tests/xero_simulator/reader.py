"""Reading the fields of one element of a request, and collecting what is wrong with them.

``null`` means the same as leaving a field out; an empty text clears it. Numbers may come as text, as Xero allows.
"""

from decimal import Decimal, InvalidOperation

from .dates import parse_date
from .ids import is_guid, normal_guid

# Xero's largest amount; anything above cannot be meant and would only break the arithmetic.
LARGEST = Decimal("9999999999.99")


class Reader:
    """One element. Every method returns nothing for a field that was not sent."""

    def __init__(self, element, errors):
        self.element, self.errors = element, errors

    def has(self, name):
        """Whether the field was sent with a value."""
        return self.element.get(name) is not None

    def fail(self, message):
        """Note a refusal."""
        self.errors.append(message)

    def text(self, name, limit=None):
        """Text of at most ``limit`` characters; a whole number is taken as its digits."""
        value = self.element.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.fail(f"{name} is not valid.")
            return None
        if limit is not None and len(value) > limit:
            self.fail(f"The {name} field has a maximum length of {limit} characters.")
            return None
        return value

    def number(self, name):
        """A finite ``Decimal``."""
        value = self.element.get(name)
        if value is None:
            return None
        if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number) <= LARGEST:
                return number
        self.fail(f"{name} is not a valid number.")
        return None

    def boolean(self, name):
        """``true`` or ``false``, as JSON or as text."""
        value = self.element.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        self.fail(f"{name} is not a valid boolean.")
        return None

    def date(self, name):
        """A calendar date."""
        value = self.element.get(name)
        if value is None:
            return None
        try:
            return parse_date(value)
        except (ValueError, OverflowError, OSError):
            self.fail(f"{name} is not a valid date.")
            return None

    def one_of(self, name, choices):
        """One of Xero's fixed words."""
        value = self.text(name)
        if value is not None and value not in choices:
            self.fail(f"{name} '{value}' is not valid.")
            return None
        return value

    def guid(self, name):
        """A GUID, normalised."""
        value = self.text(name)
        if value is None:
            return None
        if not is_guid(value):
            self.fail(f"{name} '{value}' is not a valid GUID.")
            return None
        return normal_guid(value)

    def objects(self, name):
        """A list of objects."""
        value = self.element.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(f"{name} is not a valid list.")
            return None
        return value

    def object(self, name):
        """One object."""
        value = self.element.get(name)
        if value is not None and not isinstance(value, dict):
            self.fail(f"{name} is not valid.")
            return None
        return value
