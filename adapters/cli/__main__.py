"""`python -m adapters.cli` is `stint`."""

from adapters.cli.commands import main

main()
