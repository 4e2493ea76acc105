from collections import namedtuple
from decimal import Decimal

from odoo import api, models

from ..xero_api.amounts import CENT, HUNDRED, half_up
from ..xero_api.ladder import Wanted

DESCRIPTION = 4000
_TEXT_TYPES = ("line_section", "line_subsection", "line_note")

# A line as it is to be sent, without its amounts, what is wanted of these (``None`` for a text), and the rule that
# chose its account (see ``_account``).
Part = namedtuple("Part", "line wanted rule", defaults=(None,))


class XeroMapperLine(models.AbstractModel):
    """The lines of a document → lines of Xero, without amounts, and the exact amounts that are wanted of each.

    One line of Odoo may give several of Xero: a discount may be a line of its own, and so is every tax that Xero has
    no rate for. Taxes of that kind are summed up at the end, one line each, as Odoo sums them up below a document.
    """

    _name = "xero.mapper.line"
    _inherit = ["xero.mapper"]
    _description = "Invoice Lines to Xero Line Items"

    @api.model
    def _parts(self, connection, move, problems):
        """Return the list of ``Part`` of a posted move; what is wrong is added to ``problems``."""
        base_lines, rounding_lines = self._base_lines(move)
        by_record = {base_line["record"].id: base_line for base_line in base_lines}
        records = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        # Early payment discounts and cash rounding are among the journal items only.
        records |= self.env["account.move.line"].browse(by_record)
        parts, own = [], {}
        for record in records:
            base_line = by_record.get(record.id)
            if base_line:
                parts += self._money_parts(connection, move, base_line, own, problems)
            elif record.display_type in _TEXT_TYPES and (text := self._text(record.name, DESCRIPTION)):
                parts.append(Part({"Description": text}, None))
        for (tax, taxes), wanted in own.items():
            parts.append(self._own_part(connection, move, tax, taxes, wanted, problems))
        for record in rounding_lines:
            amount = self._money(move.direction_sign * record.amount_currency, move.currency_id)
            parts.append(self._rounding_part(connection, amount, self._label(record), problems))
        for record in move.line_ids.filtered(lambda line: line.display_type == "non_deductible_tax"):
            parts.append(self._untaxed_part(connection, move, record, problems))
        return parts

    @api.model
    def _untaxed_part(self, connection, move, record, problems):
        """Return a journal item that Odoo adds to a bill, the tax that may not be deducted, as a line without tax."""
        label = self._label(record)
        account, rule = self._line_account(connection, move, record, False, label, problems)
        applied = self.env["xero.mapper.tax"]._rate(connection, move, record.tax_ids.browse(), account, Decimal(0))
        self._note(problems, label, applied.problem)
        amount = self._money(move.direction_sign * record.amount_currency, move.currency_id)
        wanted = Wanted(Decimal(1), amount, Decimal(0), Decimal(0), amount, Decimal(0), False)
        wanted = wanted._replace(account=account.code, tax_type=applied.rate.code)
        return Part(self._line(label, account, applied), wanted, rule)

    @api.model
    def _for_customer(self, move):
        """Return this mapper in the customer's language: for texts that are ours and end on the document."""
        return self.with_context(lang=move.partner_id.lang or move.company_id.partner_id.lang or self.env.lang)

    @api.model
    def _base_lines(self, move):
        """Return Odoo's base lines with their exact taxes, and the cash roundings that Odoo put into a tax.

        Such a rounding is no tax of any line, so the taxes are shared out anew without it.
        """
        base_lines, tax_lines = move._get_rounded_base_and_tax_lines()
        rounding = [line for line in tax_lines if line["record"].display_type == "rounding"]
        if rounding:
            rest = [line for line in tax_lines if line["record"].display_type != "rounding"]
            self.env["account.tax"]._round_base_lines_tax_details(base_lines, move.company_id, tax_lines=rest)
        return base_lines, [line["record"] for line in rounding]

    # -- One line ----------------------------------------------------------------------------------------------------

    @api.model
    def _money_parts(self, connection, move, base_line, own, problems):
        record = base_line["record"]
        kind_of_document = move._xero_document_kind()
        mapper = self.env["xero.mapper.tax"]
        shares = mapper._shares(base_line)
        label = self._label(record)
        kind = self._kind(base_line)
        account, rule = self._line_account(connection, move, record, kind, label, problems)
        if kind == "rounding":
            applied = mapper._rounding_rate(connection, account)
        else:
            applied = mapper._rate(connection, move, shares.rates, account, shares.tax)
        self._note(problems, label, applied.problem)
        for item in shares.own:
            self._add_own(own, base_line, item)
        # What was booked counts: a price may be changed afterwards without changing it.
        base = self._money(base_line["sign"] * record.amount_currency, move.currency_id)
        wanted = Wanted(
            quantity=self._decimal(base_line["quantity"]),
            unit_price=self._decimal(base_line["price_unit"]),
            discount=self._decimal(base_line["discount"]),
            tax_rate=self._percent_of(applied),
            base=base,
            tax=shares.tax,
            price_includes_tax=self._price_includes_tax(base_line, shares),
            slack=self._slack(applied, base),
            account=account.code,
            tax_type=applied.rate.code,
        )
        part = Part(self._line(label, account, applied), wanted, rule)
        as_line = connection.discount_as == "line" or kind_of_document.credit
        if as_line and kind_of_document.sales and self._may_split(wanted):
            return self._split_discount(connection, move, record, part, applied, problems)
        return [part]

    @api.model
    def _line(self, label, account, applied):
        tax_type = {"TaxType": applied.rate.code} if applied.rate and applied.named else {}
        return {"Description": label, "AccountCode": account.code or "", **tax_type}

    @api.model
    def _percent_of(self, applied):
        if applied.rate:
            return applied.rate._percent()
        return None if applied.problem else Decimal(0)

    @api.model
    def _slack(self, applied, base):
        """Return what the tax of a line may be off by because Xero's percentages have four decimals."""
        return (
            Decimal(0) if applied.percent is None else abs(base * (applied.percent - applied.rate._percent())) / HUNDRED
        )

    @api.model
    def _label(self, record):
        text = self._text(record.name or record.product_id.display_name, DESCRIPTION)
        return text or self.env._("(no description)")

    @api.model
    def _note(self, problems, label, problem):
        """Add a problem of a line, (reason, text), to ``problems``."""
        if problem:
            reason, text = problem
            title = label.splitlines()[0][:60]
            problems.append((reason, self.env._("Line “%(line)s”: %(problem)s", line=title, problem=text)))

    @api.model
    def _price_includes_tax(self, base_line, shares):
        """Whether the price holds exactly the taxes that share the rate, so that Xero may take it as it is."""
        leaves = shares.rates._flatten_taxes_and_sort_them()[0]
        data = [data for data in base_line["tax_details"]["taxes_data"] if data["tax"] in leaves]
        return bool(data) and not shares.own and all(item["price_include"] for item in data)

    @api.model
    def _may_split(self, wanted):
        """Whether a line's amount is its price less its discount: fees inside the price, for instance, are neither."""
        amount = wanted.base + wanted.tax if wanted.price_includes_tax else wanted.base
        computed = wanted.quantity * wanted.unit_price * (HUNDRED - wanted.discount) / HUNDRED
        return wanted.discount and abs(half_up(computed) - amount) <= CENT

    @api.model
    def _split_discount(self, connection, move, record, part, applied, problems):
        """Return the line at its full price, and its discount as a line of its own with the same rate (I11)."""
        wanted = part.wanted
        gross = half_up(wanted.quantity * wanted.unit_price)
        rate = wanted.tax_rate or Decimal(0)
        if wanted.price_includes_tax:
            tax = half_up(gross * rate / (HUNDRED + rate))
            base = gross - tax
        else:
            base, tax = gross, half_up(gross * rate / HUNDRED)
        label = self._text(self._for_customer(move).env._("Discount: %s", part.line["Description"]), DESCRIPTION)
        account, rule = self._line_account(connection, move, record, "discount", label, problems, own=False)
        if applied.rate and not applied.problem:
            # Named even where the goods' account decides: the default of the discount's account may be another.
            applied = self.env["xero.mapper.tax"]._checked(applied.rate, account)
            self._note(problems, label, applied.problem)
        off = wanted._replace(
            quantity=Decimal(1),
            unit_price=wanted.base - base + (wanted.tax - tax if wanted.price_includes_tax else 0),
            discount=Decimal(0),
            base=wanted.base - base,
            tax=wanted.tax - tax,
            slack=Decimal(0),
            account=account.code,
        )
        return [
            part._replace(wanted=wanted._replace(discount=Decimal(0), base=base, tax=tax)),
            Part(self._line(label, account, applied), off, rule),
        ]

    # -- Taxes and roundings as lines ----------------------------------------------------------------------------------

    @api.model
    def _add_own(self, own, base_line, item):
        """Sum up a tax that is a line of its own; ``own`` is dict of (tax, taxes charged on it) → ``Wanted``."""
        fixed = item.tax.amount_type == "fixed"
        new = Wanted(
            quantity=self._decimal(base_line["quantity"]) if fixed else Decimal(1),
            unit_price=self._decimal(item.tax.amount) if fixed else item.amount,
            discount=Decimal(0),
            tax_rate=None,
            base=item.amount,
            tax=item.tax_on_it,
            price_includes_tax=False,
        )
        old = own.get((item.tax, item.rates))
        if old:
            new = new._replace(
                quantity=old.quantity + new.quantity if fixed else Decimal(1),
                unit_price=new.unit_price if fixed else old.unit_price + new.unit_price,
                base=old.base + new.base,
                tax=old.tax + new.tax,
            )
        own[item.tax, item.rates] = new

    @api.model
    def _own_part(self, connection, move, tax, taxes, wanted, problems):
        tax = tax.with_env(self._for_customer(move).env)
        label = self._text(tax.invoice_label or tax.name, DESCRIPTION)
        account = self._tax_account(connection, move, tax)
        if not account:
            problem = self.env._(
                "Xero has no rate for such a tax, so it becomes a line of its own: choose its Xero account under Xero "
                "→ Mapping → Taxes."
            )
            self._note(problems, label, ("tax", problem))
        else:
            self._check_account(connection, account, label, problems)
        applied = self.env["xero.mapper.tax"]._rate(connection, move, taxes, account, wanted.tax)
        self._note(problems, label, applied.problem)
        wanted = wanted._replace(tax_rate=self._percent_of(applied), account=account.code, tax_type=applied.rate.code)
        return Part(self._line(label, account, applied), wanted, "tax")

    @api.model
    def _tax_account(self, connection, move, tax):
        """Return the Xero account of a tax that is a line of its own: its own, else that of its Odoo account."""
        accounts = tax.xero_account_id
        for repartition in tax.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax"):
            accounts |= move.company_id._xero_value(repartition.account_id, "xero_account_id")
        return accounts.filtered(lambda account: account.connection_id == connection)[:1]

    @api.model
    def _rounding_part(self, connection, amount, label, problems):
        """Return a line without tax on the rounding account."""
        account = connection._rounding_account()
        self._check_account(connection, account, label, problems, rounding=True)
        applied = self.env["xero.mapper.tax"]._rounding_rate(connection, account)
        self._note(problems, label, applied.problem)
        line = self._line(label, account, applied)
        wanted = Wanted(Decimal(1), amount, Decimal(0), Decimal(0), amount, Decimal(0), False)
        return Part(line, wanted._replace(account=account.code, tax_type=applied.rate.code), "kind")

    # -- Accounts ----------------------------------------------------------------------------------------------------

    @api.model
    def _kind(self, base_line):
        """Return what a line is, where such lines have an account of their own in the connection; else ``False``."""
        if base_line["special_type"] == "cash_rounding":
            return "rounding"
        # The second is how Odoo's own wizard marks a discount on a whole order.
        discount = base_line["special_type"] == "early_payment" or (base_line["computation_key"] or "").startswith(
            "global_discount"
        )
        return "discount" if discount else base_line["record"]._xero_kind()

    @api.model
    def _line_account(self, connection, move, record, kind, label, problems, own=True):
        account, rule = self._account(connection, move, record, kind, own)
        self._check_account(connection, account, label, problems, rounding=kind == "rounding")
        return account, rule

    @api.model
    def _check_account(self, connection, account, label, problems, rounding=False):
        problem = account._line_problem(connection, rounding=rounding)
        if problem:
            self._note(problems, label, ("account", f"{problem}."))

    @api.model
    def _account(self, connection, move, record, kind=False, own=True):
        """Return the Xero account of a line and the rule that gave it.

        In this order: the line, the product, the kind of line (discount, shipping, adjustment, rounding), the product's
        category and those above, the Odoo account, the default.

        :param own: whether the line's and the product's own account count; they do not for a discount split off a line
        """
        company = move.company_id
        product = record.product_id
        document = move._xero_document_kind()
        mapping = "xero_account_id" if document.sales else "xero_expense_account_id"
        candidates = []
        if own:
            candidates.append(("line", record.xero_account_id))
            candidates.append(("product", company._xero_value(product.product_tmpl_id, mapping)))
        if kind:
            candidates.append(("kind", connection[f"{kind}_account_id"]))
        category = product.categ_id
        while category:
            candidates.append(("category", company._xero_value(category, mapping)))
            category = category.parent_id
        candidates.append(("account", company._xero_value(record.account_id, "xero_account_id")))
        if kind == "rounding":
            candidates.append(("kind", connection._rounding_account()))
        for rule, account in candidates:
            # A mapping to another connection's chart counts as missing.
            if account and account.connection_id == connection:
                return account, rule
        return connection._default_account(document), "default"
