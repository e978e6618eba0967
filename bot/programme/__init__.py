"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""
