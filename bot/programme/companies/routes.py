"""Everything that can happen to companies and their employers."""

from bot.chat.routes import merge
from bot.programme.companies import (
    company_list,
    company_page,
    company_parts,
    employers,
    invitations,
    removal,
    trust,
    verification,
)

__all__ = ["ROUTES"]

ROUTES = merge(
    part.ROUTES
    for part in (
        *(employers, company_list, company_page, company_parts),
        *(removal, invitations, trust, verification),
    )
)
