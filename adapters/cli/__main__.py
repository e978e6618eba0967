"""`python -m adapters.cli` is `stint`."""

from adapters.cli import main

main()
