"""The conversation engine: a form asked one question at a time, as pure moves over a draft."""
