"""Accounts: what a person does with their own: profile, linking, merging, export, being forgotten."""
