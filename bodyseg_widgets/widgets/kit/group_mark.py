"""A group of controls, for screen readers and the keyboard."""

from __future__ import annotations

import html

import ipywidgets
import traitlets

from bodyseg_widgets.widgets.kit.boxes import box
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.widget import Widget


class GroupMark(Widget):
    """Turns its box into a group for screen readers, whose keys JupyterLab does not intercept.

    It is invisible. ipywidgets' own pickers and buttons pass letters and arrow keys on to the
    notebook, which interprets them as commands.

    Parameters
    ----------
    label : str
        Initial value of the trait.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets import GroupMark
    >>> group = ipywidgets.HBox([ipywidgets.Dropdown(), GroupMark("Choices")])
    """

    _esm = front_end_module("group_mark")

    label = traitlets.Unicode().tag(sync=True)
    """The group's name; if empty, it is not announced."""

    def __init__(self, label: str = "") -> None:
        super().__init__(label=label)


def labelled_group(label: str, *controls: ipywidgets.Widget) -> ipywidgets.Box:
    """Create a box of controls that is a group, with its name before them."""
    name = ipywidgets.HTML(f'<span aria-hidden="true">{html.escape(label)}</span>')
    name.add_class("bodyseg-group-name")
    return box(ipywidgets.HBox, "group", name, *controls, GroupMark(label))
