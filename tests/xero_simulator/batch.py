"""Saving the elements of a PUT or POST, one by one, with one answer.

Source: Xero's *Requests and responses* (``summarizeErrors``). By default one refused element refuses the whole request:
400 and nothing is saved. With ``summarizeErrors=false`` the answer is 200, each element tells how it fared, in the
order in which the elements were sent.
"""

from .listing import flag
from .problems import Invalid, bad_data, bad_request, no_data, validation_exception


def elements_of(body, plural, known_fields, maximum):
    """The elements of a body: ``{"Invoices": […]}``, a bare list, or one bare element."""
    if isinstance(body, dict):
        if plural in body:
            body = body[plural]
        elif not known_fields & set(body):
            raise no_data(plural.removesuffix("s"))
    elements = [body] if isinstance(body, dict) else body
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise bad_data(f"{plural} must be a list of objects")
    if not elements:
        raise no_data(plural.removesuffix("s"))
    if len(elements) > maximum:
        raise bad_request(14, "PostDataInvalidException", f"At most {maximum} {plural} can be sent in one request")
    return elements


def save_all(context, plural, elements, save, show, show_refused):
    """Save elements and return the answer.

    ``save(element)`` returns the record and warnings or raises ``Invalid``; ``show(record)`` and
    ``show_refused(element)`` make the answer's elements.
    """
    journal = context.organisation.journal
    journal.begin()
    answers, refused = [], []
    for element in elements:
        mark = journal.mark()
        try:
            record, warnings = save(element)
        except Invalid as invalid:
            journal.rollback(mark)
            answer = show_refused(element)
            answer["StatusAttributeString"] = "ERROR"
            answer["ValidationErrors"] = messages(invalid.messages)
            refused.append(answer)
        else:
            answer = show(record)
            answer["StatusAttributeString"] = "WARNING" if warnings else "OK"
            if warnings:
                answer["Warnings"] = messages(warnings)
        answers.append(answer)
    if refused and not ("summarizeErrors" in context.args and not flag(context, "summarizeErrors")):
        journal.rollback()
        raise validation_exception(refused)
    return {plural: answers}


def messages(texts):
    """Xero's list of messages, without repetitions."""
    return [{"Message": text} for text in dict.fromkeys(texts)]
