"""The platform-neutral core: knows no Slack, no Discord."""
