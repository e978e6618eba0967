"""Every way in and out: the only code that knows a platform."""
