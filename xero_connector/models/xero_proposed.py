import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_WORD = re.compile(r"\w+")
_PLURAL = re.compile(r"(?<=\w\w[^\Ws])s$")
# Words that tell no account from another.
_FILLERS = frozenset(("a", "account", "accounts", "an", "and", "for", "of", "on", "the", "to"))


def name_key(name):
    """Return what tells a name from others: its words, whatever their order, case, plural or punctuation."""
    words = _WORD.findall((name or "").casefold())
    return frozenset(_PLURAL.sub("", word) for word in words).difference(_FILLERS)


def without_numbers(key):
    """Return a name's words without its numbers: “Cost of Sales 1” is one of several “Cost of Sales”."""
    return frozenset(word for word in key if not word.isdigit())


class XeroChart:
    """Accounts of Xero, to be looked up by code and by name without a query for each record that asks.

    Only what is certain is found: a name that two accounts share, or that is merely near, gives nothing, because a
    wrong proposal that is accepted costs more than one that is missing.
    """

    def __init__(self, accounts):
        self.accounts = accounts
        self._by_code = {account.code.casefold(): account for account in accounts if account.code}
        self._by_name = defaultdict(accounts.browse)
        self._by_bare_name = defaultdict(accounts.browse)
        self._by_class = defaultdict(accounts.browse)
        for account in accounts:
            key = name_key(account.name)
            self._by_name[key] |= account
            self._by_bare_name[without_numbers(key)] |= account
            self._by_class[account.account_class] |= account

    def find(self, codes, names, fits):
        """Return ``(account, reason)`` of the account of that code, else of that name; empty and ``""`` if none is.

        :param codes: codes of the Odoo record, ``False`` among them allowed
        :param names: its names
        :param fits: function of an account: whether its class or currency allows it at all
        """
        env = self.accounts.env
        for code in filter(None, codes):
            account = self._by_code.get(code.casefold())
            if account and fits(account):
                return account, env._("same code")
        for name in filter(None, names):
            key = name_key(name)
            found = self._by_name.get(key, self.accounts.browse()).filtered(fits) if key else self.accounts.browse()
            if len(found) == 1:
                return found, env._("same name")
        for name in filter(None, names):
            found = self._numbered(name_key(name)).filtered(fits)
            if len(found) == 1:
                return found, env._("similar name")
        return self.accounts.browse(), ""

    def _numbered(self, key):
        """Return accounts whose name differs by numbers that only one of the two has."""
        bare = without_numbers(key)
        # Where ours has numbers, the name without them must be the account's whole name.
        by_name = self._by_bare_name if bare == key else self._by_name
        return by_name.get(bare, self.accounts.browse()) if bare else self.accounts.browse()

    def only(self, fits):
        """Return the account that fits if it is the only one, else nothing."""
        found = self.accounts.filtered(fits)
        return found if len(found) == 1 else found.browse()

    def only_of_class(self, account_class):
        """Return the account of that class if it is the only one, else nothing."""
        found = self._by_class.get(account_class, self.accounts.browse())
        return found if len(found) == 1 else found.browse()


class XeroProposed(models.AbstractModel):
    """A record that is mapped to a copy of something in Xero, with a proposal and the reason for it.

    A model says in ``_xero_twin`` and ``_xero_proposal`` which field holds the mapping and which the proposal.
    """

    _name = "xero.proposed"
    _description = "Record with a Proposal from Xero"
    _xero_twin = "xero_account_id"
    _xero_proposal = "xero_proposed_account_id"

    xero_proposal_reason = fields.Char(
        "Because",
        compute="_compute_xero_proposal",
        compute_sudo=True,
        groups="xero_connector.group_xero_user",
        help="Why this is proposed. Where nothing fits for certain, nothing is proposed.",
    )

    # -- What each of them says --------------------------------------------------------------------------------------

    def _xero_root(self):
        """Return the root company whose connection this record is mapped for."""
        return self.company_id.root_id

    def _xero_mapped_to(self):
        """Return what this record is mapped to, of whatever connection."""
        return self[self._xero_twin]

    def _xero_setup_field(self):
        """Return the name of the field that the set-up assistant fills in for this record."""
        return self._xero_twin

    @api.model
    def _xero_chances(self, connection):
        """Return what is looked among for proposals: read once for all records of a connection."""
        raise NotImplementedError(f"{self._name} must say what may be proposed")

    def _xero_propose(self, chances):
        """Return ``(twin, reason)`` of the one that fits; both empty where nothing does for certain."""
        raise NotImplementedError(f"{self._name} must say what fits")

    # -- The same for all --------------------------------------------------------------------------------------------

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_xero_proposal(self):
        connections, chances = {}, {}
        for record in self:
            root = record._xero_root()
            if root not in connections:
                connections[root] = self.env["xero.connection"]._for_company(root)
                chances[root] = self._xero_chances(connections[root]) if connections[root] else None
            # A twin of another connection, an earlier one as a rule, counts as missing.
            mapped = record._xero_mapped_to().connection_id == connections[root]
            is_open = connections[root] and not mapped
            twin, reason = record._xero_propose(chances[root]) if is_open else (False, False)
            record[self._xero_proposal] = twin
            record.xero_proposal_reason = reason if twin else False

    def action_accept_xero_proposal(self):
        """Map each of these to its proposal; what has none stays as it is.

        :raises UserError: none of them has a proposal
        """
        ready = self.filtered(self._xero_proposal)
        if not ready:
            raise UserError(
                self.env._("There is no proposal for these: nothing in Xero fits for certain, or they are mapped.")
            )
        for record in ready:
            record._xero_map(record[self._xero_proposal])

    def _xero_map(self, twin, field_name=None):
        """Map this record; an administrator of Xero may do so without the right to configure accounting.

        That right is lent for this one field, on a record of the user's own companies, and what it is mapped to must
        be theirs to see. Others need Odoo's right to change the record.

        :param twin: what it is mapped to; empty takes the mapping away
        :param field_name: the field of the mapping, where the record has more than one
        :raises AccessError: another company's record, or neither right
        """
        self.ensure_one()
        twin.check_access("read")
        name = field_name or self._xero_twin
        if not self.env.user.has_group("xero_connector.group_xero_manager"):
            self[name] = twin
            return
        root = self.sudo()._xero_root()
        if root not in self.env.companies.root_id:
            raise AccessError(self.env._("This record belongs to another company: switch to %s first.", root.name))
        self.sudo()[name] = twin
