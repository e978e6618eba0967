"""The language all platforms share: what happened, what to do about it, what is said and asked."""
