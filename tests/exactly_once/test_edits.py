"""People work on while the engine waits for Xero: nobody waits, and what they change is not lost."""

import time

from .workbench import ORGANISATION

HELD = 3
LONGEST_WAIT = 1.0


def in_xero(bench):
    """Invoices in Xero by number."""
    return {invoice["InvoiceNumber"]: invoice for invoice in bench.simulator.organisation(ORGANISATION)["invoices"]}


def test_edits_cancels_and_deletions_during_a_call_wait_for_nothing_and_reach_xero(bench):
    moves = bench.confirm_on_hold(8)
    edited, cancelled, deleted, customer_edited = moves[0], moves[1], moves[-1], moves[2]
    numbers = {move["id"]: move["name"] for move in bench.rpc("account.move", "read", moves, ["name"])}
    [partner] = bench.rpc("account.move", "read", [customer_edited], ["partner_id"])
    bench.simulator.fault("delay", match="PUT /Invoices", seconds=HELD, point="after")
    bench.go()
    bench.wait(lambda: [call for call in bench.accounting_calls() if call["method"] == "PUT" and "Inv" in call["path"]])

    slowest = 0
    for model, method, *arguments in (
        ("account.move", "write", [edited], {"ref": "PO 4711"}),
        ("res.partner", "write", [partner["partner_id"][0]], {"email": "new@example.com"}),
        ("account.move", "button_draft", [cancelled]),
        ("account.move", "button_cancel", [cancelled]),
        ("account.move", "button_draft", [deleted]),
        ("account.move", "unlink", [deleted]),
    ):
        begun = time.monotonic()
        bench.rpc(model, method, *arguments)
        slowest = max(slowest, time.monotonic() - begun)
    [call] = [call for call in bench.accounting_calls() if call["method"] == "PUT" and "Inv" in call["path"]]
    assert call["ended"] is None, "the edits were made after the call: this proves nothing"
    assert slowest < LONGEST_WAIT

    bench.finish()
    bench.moves.remove(deleted)
    there = in_xero(bench)
    assert there[numbers[edited]]["Reference"] == "PO 4711"
    assert there[numbers[cancelled]]["Status"] == "VOIDED"
    assert there[numbers[deleted]]["Status"] == "VOIDED"
    emails = {
        contact["EmailAddress"]
        for contact in bench.simulator.organisation(ORGANISATION)["contacts"]
        if contact["Name"] == partner["partner_id"][1]
    }
    assert emails == {"new@example.com"}
    assert bench.problems() == [f"{numbers[deleted]} is in Xero and nobody asked for it"]

    # Odoo gives the number of the deleted invoice to the next one; in Xero it is used up, so there is a successor.
    [successor] = bench.confirm(1)
    bench.finish()
    assert numbers[deleted] + "-2" in in_xero(bench)
    bench.moves.remove(successor)
    bench.known |= {numbers[deleted], numbers[deleted] + "-2"}
