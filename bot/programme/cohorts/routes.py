"""Everything that can happen to a cohort: commands, buttons, forms, timers and the daily digest."""

from bot.chat.routes import FormRoute, Routes, merge
from bot.programme.cohorts import admission_waits, channels, commands, digests, ending, form, lookup
from bot.programme.core import verbs
from bot.programme.people.time_zones import suggest_zones

__all__ = ["ROUTES"]

_OWN = Routes(
    commands=(
        (commands.CREATE, commands.create_command),
        (commands.LIST, commands.list_command),
        (commands.EDIT, commands.edit_command),
        (channels.CHANNEL, channels.channel_command),
    ),
    buttons={
        verbs.COHORT_EDIT: commands.edit_pressed,
        verbs.COHORT_PAGE: commands.page_pressed,
        verbs.COHORT_ANNOUNCE: channels.announce_pressed,
    },
    reads=frozenset({verbs.COHORT_PAGE}),
    forms={form.FORM: FormRoute(form=form.cohort_form, completed=commands.cohort_submitted)},
    suggestions={
        **{(spec.path, "cohort"): lookup.suggest_cohorts for spec in (commands.EDIT, channels.CHANNEL)},
        **{(spec.path, "zone"): suggest_zones for spec in (commands.CREATE, commands.EDIT)},
    },
)

ROUTES = merge((_OWN, ending.ROUTES, digests.ROUTES, admission_waits.ROUTES))
