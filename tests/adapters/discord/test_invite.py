from urllib.parse import parse_qs, urlsplit

from discord import Permissions

from adapters.discord.invite import PERMISSIONS, install_link, permission_bits


def test_the_link_asks_for_the_explained_permissions_and_no_more() -> None:
    """The bits are discord.py's for these names, each has a reason, and none is a moderator's."""
    link = urlsplit(install_link("1234567890"))
    asked = parse_qs(link.query)
    assert (link.netloc, link.path) == ("discord.com", "/oauth2/authorize")
    assert asked["client_id"] == ["1234567890"]
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["permissions"] == [str(permission_bits())]
    assert Permissions(**dict.fromkeys(PERMISSIONS, True)).value == permission_bits()
    assert all(Permissions(bit) == Permissions(**{name: True}) for name, (bit, _) in PERMISSIONS.items())
    assert not any(name.startswith(("manage", "administrator", "mention", "ban")) for name in PERMISSIONS)
    assert all(why for _, why in PERMISSIONS.values())
