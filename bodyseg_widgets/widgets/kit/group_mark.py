"""A group of controls, for screen readers and the keyboard."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.widget import Widget


class GroupMark(Widget):
    """Makes the box it is in a group for screen readers, whose keys JupyterLab does not take.

    It is never seen. ipywidgets' own pickers and buttons would leave letters and arrow keys to
    the notebook around them, which takes them for commands.

    Parameters
    ----------
    label : str
        First value of the trait.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets import GroupMark
    >>> group = ipywidgets.HBox([ipywidgets.Dropdown(), GroupMark("Choices")])
    """

    _esm = asset("group_mark.js")

    label = traitlets.Unicode().tag(sync=True)
    """What the group is called; empty: nothing is said of it."""

    def __init__(self, label: str = "") -> None:
        super().__init__(label=label)
