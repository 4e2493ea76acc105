"""The file of an export: CSV as Xero imports it, cut at whole journals, and zipped where there are several."""

import zipfile

from .journal_choices import LINES_A_FILE
from .journal_sql import SEPARATOR

HEADER = (
    "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,"
    "TrackingName1,TrackingOption1,TrackingName2,TrackingOption2"
)
_LINES_A_JOURNAL = 2
# Journals that are compressed at a time where a file is not cut.
_BLOCK = 2500
# More lines than that make a file that is better sent zipped.
_MOST_PLAIN = 10000
_BETWEEN = SEPARATOR.encode()
# Level 1 is four times as fast as the usual one, and journals are so alike that it hardly matters.
_LEVEL = 1


class JournalFile:
    """Takes journals as PostgreSQL's ``COPY`` gives them, one a call with both of its lines, and writes ``target``.

    Only a block of journals is held in memory, and a file has whole ones only.

    :param target: a binary file to write to
    :param str name: of the files, without an extension
    :param split: files of at most 300 lines, which is what Xero's import takes
    :param int expected: lines to come, to choose between a plain and a zipped file
    """

    def __init__(self, target, name, split, expected):
        self.rows = 0
        self.files = 0
        self._target, self._name, self._split = target, name, split
        several = split and expected > LINES_A_FILE
        self.zipped = several or expected > _MOST_PLAIN
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) if self.zipped else None
        self._size = LINES_A_FILE // _LINES_A_JOURNAL if several else _BLOCK
        self._several = several
        self._block = []
        self._open = None

    @property
    def extension(self):
        return "zip" if self.zipped else "csv"

    def write(self, journal):  # pylint: disable=method-required-super  # a file's write, not a model's
        """Take a journal, as a row that ends with a line end: what ``COPY`` calls."""
        self._block.append(journal)
        if len(self._block) == self._size:
            self._put()

    def close(self):
        """Write what is left."""
        if self._block or not self.files:
            self._put()
        if self._open:
            self._open.close()
        if self._zip:
            self._zip.close()

    def _put(self):
        block = b"".join(self._block)
        if not block.count(b"\n") == block.count(_BETWEEN) == len(self._block):
            raise ValueError("a journal of an export does not have two lines")
        self.rows += _LINES_A_JOURNAL * len(self._block)
        self._block = []
        head = f"{HEADER}\r\n".encode()
        block = block.replace(b"\n", b"\r\n").replace(_BETWEEN, b"\r\n")
        if self._several:
            self.files += 1
            self._zip.writestr(f"{self._name}-{self.files:05}.csv", head + block)
            return
        if not self._open:
            self.files = 1
            self._open = (
                self._zip.open(f"{self._name}.csv", "w", force_zip64=True) if self._zip else _Kept(self._target)
            )
            self._open.write(head)
        self._open.write(block)


class _Kept:
    """A file that is written to, and closed by whoever opened it."""

    def __init__(self, target):
        self.write = target.write

    def close(self):
        """Leave it open."""
