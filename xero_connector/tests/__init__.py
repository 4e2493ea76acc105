from . import test_batches, test_push
from . import test_connection
from . import test_contacts
from . import test_documents
from . import test_golden
from . import test_mapping
from . import test_marks
from . import test_oauth
from . import test_rights
from . import test_tokens
from . import test_transport
from . import test_xero_api
from . import test_faults
from . import test_verdicts
