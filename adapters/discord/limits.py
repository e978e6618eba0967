"""Discord's limits. Messages are made of components (flag IS_COMPONENTS_V2), which keep their order.

Sources: docs.discord.com/developers/components/reference, …/interactions/application-commands and
…/resources/message.
"""

from types import MappingProxyType

from bot.chat.rendering.limits import Limits

LIMITS = Limits(
    message_text=4000,  # all text displays of a message together
    components=40,  # nested ones counted
    files=10,
    text=4000,
    heading=256,  # no limit by Discord; an embed's title length, beyond which it is no heading
    buttons=5,  # of an action row
    button_label=80,
    button_url=512,
    action=100,  # custom_id
    options=25,
    option_label=100,
    option_description=100,
    option_value=100,
    placeholder=150,
    image_url=2048,  # unfurled media item
    image_alt=1024,
    form_title=45,
    form_questions=5,  # top-level components of a modal
    question_label=45,  # a Label component
    question_hint=100,
    answer=4000,  # a TextInput component
    suggestions=25,
    space="server",
    moment=0,  # <t:1795310380:F> is shorter than any words
    escaped=MappingProxyType(
        # Markdown's marks are escaped by a backslash, an at sign by an invisible
        # character; a line break pays for "> " or "-# " before the line.
        dict.fromkeys("\\*_~`|<>#-+.:()[]@", 2) | {"\n": 5}
    ),
)
