"""The commands of `stint`, with their options and help.

Only typer, the gate for errors and further commands are imported here. A command imports everything else when
it needs it, so that `stint --help` is quick.
"""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import typer

from adapters.cli import data_commands, simulation_command
from adapters.cli.data_commands import Config
from adapters.cli.gate import Gate
from adapters.cli.simulation_command import complete_zone

__all__ = ["app", "main"]

app = typer.Typer(
    name="stint",
    cls=Gate,
    help="Stint runs micro-internship programmes inside chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

slack = typer.Typer(help="What an app for Slack needs.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(slack, name="slack")
discord = typer.Typer(help="What a bot for Discord needs.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(discord, name="discord")
audit = typer.Typer(help="The history of programmes.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(audit, name="audit")
app.add_typer(data_commands.db, name="db")
app.add_typer(data_commands.programme, name="programme")
app.command()(data_commands.backup)
app.command()(data_commands.restore)
app.command()(simulation_command.simulate)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback for an option
    if wanted:
        from importlib.metadata import version

        typer.echo(f"stint {version('stint-bot')}")
        raise typer.Exit


def _complete_role(incomplete: str) -> list[str]:
    return [role for role in ("student", "employer", "coordinator") if role.startswith(incomplete)]


Zone = Annotated[
    str,
    typer.Option(help="The time zone of all times, such as Europe/London.", autocompletion=complete_zone),
]


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version, and end."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error, for a report.")
    ] = False,
) -> None:
    """Stint runs micro-internship programmes inside chat."""


@app.command()
def demo(
    context: typer.Context,
    *,
    script: Annotated[bool, typer.Option(help="Play the story and print it, without a screen.")] = False,
    fresh: Annotated[bool, typer.Option(help="Forget what was done before and start over.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where the demonstration keeps its files.")] = None,
) -> None:
    """Try a whole programme with made-up people, without any account anywhere."""
    from adapters.cli import demo as cli_demo

    debug = bool(context.parent and context.parent.params.get("debug"))
    raise typer.Exit(cli_demo.demo(script=script, fresh=fresh, folder=folder, debug=debug))


@app.command()
def init(
    name: Annotated[str, typer.Option(help="The programme's name.")],
    coordinator: Annotated[str, typer.Option(help="Your name, as people will see it.")],
    zone: Annotated[
        str,
        typer.Option(help="The programme's time zone, such as Europe/London.", autocompletion=complete_zone),
    ] = "UTC",
    cohort: Annotated[str, typer.Option(help="The first cohort's name.")] = "First cohort",
    config: Config = None,
) -> None:
    """Create a programme with its first cohort, to be run in the terminal."""
    from adapters.cli import init as cli_init

    raise typer.Exit(cli_init.init(config, name=name, zone=zone, coordinator=coordinator, cohort=cohort))


@app.command()
def person(
    name: Annotated[str, typer.Argument(help="Their name, as people will see it.")],
    role: Annotated[
        str, typer.Option(help="student, employer or coordinator.", autocompletion=_complete_role)
    ] = "student",
    zone: Annotated[
        str, typer.Option(help="Their time zone; without it, the programme's.", autocompletion=complete_zone)
    ] = "",
    company: Annotated[str, typer.Option(help="Whom an employer posts for.")] = "",
    config: Config = None,
) -> None:
    """Add a person to the programme in the terminal: a student joins every cohort."""
    from adapters.cli import init as cli_init

    raise typer.Exit(cli_init.person(config, name, zone=zone, role=role, company=company))


@app.command()
def run(
    *,
    terminal: Annotated[bool, typer.Option(help="Run the terminal too, beside Slack and Discord.")] = False,
    config: Config = None,
) -> None:
    """Run the bot on Slack, Discord or both; where neither is set up, in the terminal."""
    from adapters.cli import run as cli_run

    raise typer.Exit(cli_run.run(config, terminal=terminal))


@app.command()
def doctor(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    config: Config = None,
) -> None:
    """Look at configuration, database and platforms: what is wrong, and what to do."""
    from adapters.cli.doctor import doctor as look

    raise typer.Exit(look(config, as_json=json))


@app.command("import")
def import_(  # noqa: PLR0913 - an option each
    file: Annotated[
        Path | None, typer.Argument(help="A table of projects: an Excel workbook, CSV or JSON.")
    ] = None,
    *,
    default: Annotated[
        list[str] | None,
        typer.Option("--default", help="For what rows leave out: hours=20, deadline=+21d, fee=300, …"),
    ] = None,
    cohort: Annotated[
        list[str] | None, typer.Option("--cohort", help="Announce to this cohort; without it, to all.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Announce them, paced.")] = False,
    announce: Annotated[
        Literal["cards", "list"] | None,
        typer.Option(help="With --publish: a card each at once, or a list now and the cards day by day."),
    ] = None,
    dates: Annotated[
        Literal["day-first", "month-first"] | None,
        typer.Option(help="How to read 03/04/2026, where no other date of its column shows it."),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="What a text that is not UTF-8 is in, such as windows-1252.")
    ] = "",
    template: Annotated[
        bool, typer.Option("--template", help="Print an empty table; with FILE, write it (.xlsx or .csv).")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    config: Config = None,
) -> None:
    """Import projects; the same file again adds nothing."""
    from adapters.cli import import_projects
    from adapters.cli.import_job import Wanted

    if template:
        raise typer.Exit(import_projects.print_template(file))
    if file is None:
        raise typer.BadParameter("give a file, or --template for a table to begin with", param_hint="FILE")
    wanted = Wanted(default or [], cohort or [], publish, announce, yes, encoding, dates)
    raise typer.Exit(import_projects.import_file(config, file, wanted))


@slack.command("manifest")
def slack_manifest(
    *,
    url: Annotated[
        bool, typer.Option("--url", help="Print a link that opens Slack's page for a new app, filled in.")
    ] = False,
    config: Config = None,
) -> None:
    """Print the manifest of the Slack app: its commands, what it may do and why."""
    from adapters.cli import app_links

    raise typer.Exit(app_links.slack_manifest(config, link=url))


@discord.command("invite")
def discord_invite(
    *,
    application: Annotated[
        str, typer.Option("--id", help="The application's id; without it, Discord is asked by the token.")
    ] = "",
    config: Config = None,
) -> None:
    """Print the link that adds the bot to a server, and each permission it asks for."""
    from adapters.cli import app_links

    raise typer.Exit(app_links.discord_invite(config, application))


@discord.command("sync")
def discord_sync(
    *,
    guild: Annotated[str, typer.Option(help="Only this server, by its id, where they show at once.")] = "",
    config: Config = None,
) -> None:
    """Register the commands with Discord, if they changed since the last time."""
    from adapters.cli import discord_sync as cli_discord_sync

    raise typer.Exit(cli_discord_sync.discord_sync(config, guild))


@audit.command("verify")
def audit_verify(
    *,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", help="A seal kept outside, as the log has it: 1204:5f3a…"),
    ] = None,
    programme: Annotated[int | None, typer.Option(help="Only this programme, by its number.")] = None,
    config: Config = None,
) -> None:
    """Check that no entry of the history was changed, removed, moved or added."""
    from adapters.cli import audit as cli_audit

    raise typer.Exit(cli_audit.verify(config, head or [], programme))


@app.command()
def owed(
    *,
    programme: Annotated[int | None, typer.Option(help="Only this programme, by its number.")] = None,
    zone: Zone = "UTC",
    json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    config: Config = None,
) -> None:
    """List what is due, late, held, failed or in doubt: messages and timers, by programme."""
    from adapters.cli import owed as cli_owed

    raise typer.Exit(cli_owed.owed(config, programme=programme, zone=zone, as_json=json))


@app.command()
def trace(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A message's number, key or link; event:NUMBER, timer:NUMBER; a person's name or account.",
        ),
    ],
    *,
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many messages of a person.")] = 20,
    zone: Zone = "UTC",
    config: Config = None,
) -> None:
    """Tell the story of a message, an event or a person: what caused what, and what became of it."""
    from adapters.cli import trace as cli_trace

    raise typer.Exit(cli_trace.trace(config, wanted, zone=zone, most=last))


@app.command()
def key() -> None:
    """Print a new key for what is stored encrypted: tokens and files."""
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


@app.command()
def bench(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each measurement.")] = 5,
    only: Annotated[
        list[str] | None, typer.Option(help="A measurement to take alone; the other figures are kept.")
    ] = None,
) -> None:
    """Measure Stint beside its peers (from a checkout of the project)."""
    from adapters.cli import bench as cli_bench

    raise typer.Exit(cli_bench.bench(as_json=json, rounds=rounds, only=only or ()))


@app.command()
def commands() -> None:
    """Print the reference of every chat command, as Markdown."""
    from adapters.cli.reference import reference
    from bot.programme import ROUTES

    typer.echo(reference(ROUTES.specs), nl=False)


def main() -> None:
    """Run the command line, as the `stint` script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without these letters gets others, no traceback
            stream.reconfigure(errors="replace")
    # Loading makes 200,000 objects that stay: searching them for garbage takes a tenth of the time.
    gc.set_threshold(500_000, 50, 100)
    app(prog_name="stint")
