"""Discord's own errors."""

__all__ = ["Refused"]


class Refused(Exception):
    """An answer that is an error: HTTP status, and Discord's code in the body."""

    def __init__(self, status: int, code: int, message: str = "refused", **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **more}
