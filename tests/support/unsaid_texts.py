"""The texts of the bot that no test says, by the reason.

A text that a test says, or that is in no catalogue any more, is taken off this list.
"""

from __future__ import annotations

from typing import Final

__all__ = ["UNSAID"]

UNSAID: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "A file that a platform does not give or take, which the platforms of the tests do not do.": (
        ("I could not get “{name}” just now. Please send it again.", ""),
        ("I have asked about that message already.", ""),
        ("I have given you the file “{file}” already: it is in our direct messages.", ""),
        ("I kept only the first file: hand the others in after it.", ""),
        ("The file “{file}” comes in our direct messages only.", ""),
        (
            ("“{name}” is larger than it was said to be, so I did not take it. Please send it again."),
            "",
        ),
    ),
    "The last reminder of weeks without an answer, which the long run plays for every kind of wait.": (
        (
            (
                "Your message about **{project}** has no answer yet. I am asking {people} for the last time; "
                "it stays in their list."
            ),
            "",
        ),
    ),
    "A reason why an answer is not taken, which only a made-up page can have.": (
        ("Choose one of the channels here.", ""),
    ),
    "A finding about an installation that no test has, or that tests compare by its code alone.": (
        ("I may not look at channels.", ""),
        ("Install the app in the workspace again: its page Install App.", ""),
        (
            (
                "Look at the app-level token (xapp-…, scope connections:write), and at Socket "
                "Mode in the app's settings."
            ),
            "",
        ),
        (
            (
                "Make one with the scope connections:write on the app's page Basic "
                "Information, turn Socket Mode on, and set STINT_SLACK__APP_TOKEN to it."
            ),
            "",
        ),
        ("No connection to Slack is open, so nothing that people do arrives.", ""),
        ("Slack counts {count} connection of this app, which is the most it allows.", ""),
        ("Slack counts {count} connection of this app. This process has: {here}.", ""),
        ("Slack did not answer just now.", ""),
        ("Slack does not take the app-level token ({code}).", ""),
        ("Slack refuses to say who the bot is ({code}).", ""),
        (
            ("Stop other processes with the same tokens; connections that died disappear in some minutes."),
            "",
        ),
        ("The checks take too long.", ""),
        ("This machine's clock is {count} minute ahead of Slack's.", ""),
    ),
    "A label of the playground that its tests do not come upon.": (
        ("Attach a file of this machine to what you write next", ""),
        ("Discard", ""),
        ("Put aside", ""),
        ("Show earlier messages", ""),
        ("Take me there", ""),
        ("path of a file on this machine", ""),
        ("where it is", ""),
    ),
    "A list, a name or a number that is larger than any in the tests.": (
        ("- and one more", ""),
        (
            ("I can pass on words, at most {most} characters, and no files. For a file, send a link."),
            "",
        ),
        ("Previous page", ""),
        (
            (
                "Several people have that name. `/employer invite` alone opens a form where "
                "you choose from a list."
            ),
            "",
        ),
        ("There are more; they are shown when these are done.", ""),
        ("Your answer is longer than fits here: change it in our direct messages instead.", ""),
    ),
    "A message between people that cannot be passed on in this way in any scenario.": (
        ("**{person}** has left, so your answer is kept and not sent.", ""),
        ("Coordinators can always write to you, and you to them. You need not answer.", ""),
        (
            (
                "I cannot write to the coordinators now: direct messages are closed to me "
                "there. This waits until I can, about **{project}**:"
            ),
            "",
        ),
        ("Messages with the coordinators", ""),
        ("On its way to the coordinators, about **{project}**:", ""),
        (
            ("The application has not been sent yet: a coordinator has to admit the student first."),
            "",
        ),
        ("This project has no contact at the company now, so you cannot write there.", ""),
        ("This project has no contact at the company yet, so you cannot write there.", ""),
        ("This report was answered already, on {day}. Nothing was changed.", ""),
        ("This waits for the coordinators, about **{project}**:", ""),
        ("You were promised one by {day}. I remind the coordinators of it every day.", ""),
        ("Your report goes to the coordinators, and not to {company}.", ""),
        ("Your report goes to the coordinators.", ""),
        ("_erased_", ""),
    ),
    "A state of an application, a placement or a project that no scenario comes to.": (
        (
            (
                "**A change was asked for on {date}.** A coordinator did not pass it on, so "
                "what was agreed stays."
            ),
            "",
        ),
        ("**{question}**\n_erased_", ""),
        ("- placement in **{project}**", ""),
        ("- {deliverable}, version {version}: nothing", ""),
        ("A place in **{project}** has become free.", ""),
        ("Accept it as it is now, or decline it.", ""),
        ("Both sides read that it ended, and not why.", ""),
        ("Employer: **{answer}**: {line}", ""),
        ("I am writing to all who have no quiet hours now, and to the others by {when}.", ""),
        ("I can take a file only as the answer to a question. Here is what you can do now.", ""),
        ("It stays as you agreed. `/placement` shows what that is.", ""),
        (
            ("It was copied on {date} from the project as it was then: older terms were not kept."),
            "",
        ),
        ("There are more: add words, or the student's name.", ""),
        ("What is the number?", ""),
        ("What was agreed in **{project}** stays, and no student is asked.", ""),
        ("What {person} writes is read by the coordinators.", ""),
        (
            (
                "You have a placement in **{project}** with each of your accounts. End one of "
                "them with `/placement` first, then link your accounts."
            ),
            "",
        ),
        ("You have a project in the making; it has no title yet.", ""),
        ("You look after it yourself, so I sent no message.", ""),
        ("Your offer to **{student}** for **{project}** could not be made: {reason}", ""),
    ),
    "A way into a space, or out of it, that no scenario takes.": (
        ("A direct message could not be delivered ({code}).", ""),
        ("A message to the channel {channel} could not be posted ({code}). It says:", ""),
        ("Both accounts are yours already.", ""),
        ("Employer", ""),
        (
            (
                "I am no longer in {name}: I was removed, or my access was taken back. What I "
                "have to send there waits."
            ),
            "",
        ),
        ("I am not in", ""),
        ("I could not bring your message about **{project}** to the coordinators yet.", ""),
        (
            (
                "I do not know yet which programme you belong to. Type a command in its own "
                "{space} first, such as `/project list`; from then on you can write to me here."
            ),
            "",
        ),
        (
            (
                "Install me there again, and everything goes on. Otherwise I erase what I know "
                "of its people after one day."
            ),
            "",
        ),
        ("Name the channel with #, like `/stint settings #staff`.", ""),
        ("That person is not here any more. Nothing was changed.", ""),
        ("This person asked to be forgotten, so there is no account to write to.", ""),
        ("This {space} belongs to **{programme}** now. Its coordinators do the rest.", ""),
        ("the coordinators", "contact"),
    ),
    "An answer to what comes too late or from the wrong person; in the tests, all are right and in time.": (
        ("That date has passed. Give one that is still to come.", ""),
        ("Every place is offered or taken, so this offer cannot be made now.", ""),
        ("I do not have that command. `/stint help` lists what you can do here.", ""),
        ("I do not know that answer. `/placement` shows the work as it is now.", ""),
        ("I do not know that fix. Choose the answer with “Edit an answer” instead.", ""),
        ("None of them waits for an answer any more. Nothing was changed.", ""),
        ("Only the coordinators read what you wrote.", ""),
        (
            (
                "Release one applicant from **{project}** now? My note says that every place "
                "is taken. It cannot be undone."
            ),
            "",
        ),
        ("That belongs to a draft that has ended. Nothing was changed.", ""),
        ("That belongs to a draft that is not yours, or no longer there.", ""),
        ("That can no longer be decided: the date has passed or the work is done.", ""),
        ("That is settled already. `/placement` shows what was agreed.", ""),
        ("This application is over already. Nothing was changed.", ""),
        ("This student asked to be forgotten in the meantime.", ""),
        ("Until the work is accepted you can hand it in again: `/placement` has the button.", ""),
        (
            (
                "Withdraw your application to **{project}**? Your answers are deleted and "
                "cannot be brought back."
            ),
            "",
        ),
    ),
    "What a coordinator's task calls a message that did not arrive; no test loses one of this kind.": (
        ("A note that a message waits", ""),
        ("The answer to a report", ""),
    ),
    "What is wrong with a file of projects in a way that no test's file is.": (
        ("I cannot read {file}: it is no file.", ""),
        (
            ("{file} is no text that I can read. Save the table as CSV (UTF-8), or name its --encoding."),
            "",
        ),
        ("{file} is not CSV: {reason}.", ""),
    ),
    "What an adapter says in the place of a message that it cannot deliver whole, or yet.": (
        ("I am just starting. Please try again in a few seconds.", ""),
        ("There is more than fits here; my commands list the rest.", ""),
        ("This is longer than fits here; press Details to read all of it.", ""),
    ),
}
"""The reason, and the texts with their contexts, "" without one."""
