"""The rehearsal: a programme's copy on a virtual clock, with every message that it would send."""
