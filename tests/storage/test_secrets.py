import pytest
from cryptography.fernet import Fernet

from storage.secrets import NoKey, SecretBox

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def test_what_is_sealed_is_opened_again_and_not_readable() -> None:
    """The content comes back; it is not in what is stored, and twice the same looks different."""
    box = SecretBox([NEW])
    sealed = box.seal(b"xoxb-secret")
    assert box.open(sealed) == b"xoxb-secret"
    assert b"secret" not in sealed
    assert sealed.isascii()
    assert box.seal(b"xoxb-secret") != sealed


def test_a_new_key_opens_what_the_old_one_sealed() -> None:
    """Keys change without a loss: the newest seals, all of them open."""
    sealed = SecretBox([OLD]).seal(b"x")
    both = SecretBox([NEW, OLD])
    assert both.open(sealed) == b"x"
    assert SecretBox([NEW]).open(both.seal(b"y")) == b"y"


def test_without_the_key_nothing_is_opened() -> None:
    """No key, another key and a changed text are refused with what to do, none with a secret in it."""
    sealed = SecretBox([OLD]).seal(b"x")
    for box, content in (
        (SecretBox([]), sealed),
        (SecretBox([NEW]), sealed),
        (SecretBox([OLD]), sealed[:-2] + b"AA"),
    ):
        with pytest.raises(NoKey, match="STINT_SECRET_KEY") as refused:
            box.open(content)
        assert OLD not in str(refused.value)
        assert OLD not in repr(box)
    with pytest.raises(NoKey, match="stint key"):
        SecretBox([]).seal(b"x")


def test_a_key_that_is_none_is_refused_by_its_place() -> None:
    """The message says which one, and not what it was."""
    with pytest.raises(ValueError, match="key 2") as refused:
        SecretBox([NEW, "hunter2"])
    assert "hunter2" not in str(refused.value)
