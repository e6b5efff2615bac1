"""The errors that a user may meet: one line that says what is wrong and what to do about it."""

from __future__ import annotations

from typing import ClassVar


class ClienteleError(Exception):
    """Base of every error that is shown to the user as one line, without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(ClienteleError):
    """A command, an option or an environment variable that cannot mean what it says."""

    exit_code = 2


class DatabaseUnavailable(ClienteleError):
    """The database cannot be reached, started or stopped."""

    exit_code = 3


class NotBuilt(DatabaseUnavailable):
    """The database is there, and a table or column that is asked for is not."""

    def __init__(self, lacking: str) -> None:
        """Say what the server says is lacking, and what makes it."""
        super().__init__(
            f"the warehouse was not built, or not all of it ({lacking}): run 'clientele build'"
        )


class InputRefused(ClienteleError):
    """Data that does not fit where it was meant to go. Nothing of it was written."""

    exit_code = 4


class Busy(ClienteleError):
    """Somebody else is doing the same job right now."""

    exit_code = 5
