from . import test_batches, test_push
