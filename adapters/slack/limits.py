"""Slack's limits. Lengths are from docs.slack.dev/reference/block-kit unless a line says otherwise."""

from types import MappingProxyType

from bot.chat.rendering.limits import Limits

LIMITS = Limits(
    # Undocumented: mixed blocks are refused as msg_blocks_too_long from about 13,200 characters on
    # (github.com/slackapi/bolt-js/issues/2509), and well before that a message is folded away.
    message_size=10_000,
    # 50 is refused at 51; the renderer may need a few extra blocks.
    blocks=40,
    text=3000,  # section and context text
    heading=150,  # header
    fields=10,  # section fields, each label and value together at most 2000
    field_label=150,
    field_value=1800,
    buttons=25,  # elements of an actions block
    button_label=75,
    button_url=3000,
    action=255,  # action_id
    options=100,
    option_label=75,
    option_description=75,
    option_value=150,
    placeholder=150,
    image_url=3000,
    image_alt=2000,
    form_title=24,  # view title and submit
    form_submit=24,
    form_questions=40,  # a view holds 100 blocks, and a question may take two
    question_label=2000,  # input label and hint
    question_hint=2000,
    answer=3000,  # plain_text_input max_length
    suggestions=100,
    space="workspace",
    # <!date^1795310380^{date_long} {time}|the words>, docs.slack.dev/messaging/formatting-message-text
    moment=70,
    escaped=MappingProxyType(
        {
            "&": 5,  # the three characters to escape, docs.slack.dev as above
            "<": 4,
            ">": 4,
            "\n": 4,
        }
    ),
)
