"""What goes wrong on a link."""

from __future__ import annotations

from bodyseg_widgets.errors import BodySegError


class LinkError(BodySegError):
    """There is no link, or what came over it is no message; the message says why."""
