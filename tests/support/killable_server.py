"""What the server imports from which mortal bots are forked: everything they need, once for all of them."""

import gc

import tests.support.killable_bot  # noqa: F401 - for its effect

# A forked process would otherwise look through all of this again, and copy it in doing so.
gc.collect()
gc.freeze()
