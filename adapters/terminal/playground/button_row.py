"""A row of buttons that continues in the next line where it is full."""

from __future__ import annotations

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

__all__ = ["Flow"]

_GAP = 1


class _FlowLayout(Layout):
    """A layout of children at their own width, from left to right, with a new row where one is full."""

    name = "flow"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: FBT001, FBT002 - Textual's signature
    ) -> ArrangeResult:
        """Place the children; Textual calls it at every change of size."""
        parent.pre_layout(self)
        viewport = parent.app.viewport_size
        placements = []
        x = y = row = 0
        for child in children:
            gutter = child.gutter.width
            wanted = child.get_content_width(size, viewport) + gutter
            width = min(wanted, size.width) if size.width else wanted
            if x and x + width > size.width:
                x, y, row = 0, y + row + _GAP, 0
            # A label too long for a line continues in the next line.
            height = child.get_content_height(size, viewport, width - gutter)
            region = Region(x, y, width, height)
            placements.append(WidgetPlacement(region, NULL_OFFSET, Spacing(), child))
            x, row = x + width + _GAP, max(row, height)
        return placements


class Flow(Widget):
    """A container whose children are laid out in such rows."""

    DEFAULT_CSS = "Flow { height: auto; width: 1fr; }"

    @property
    def layout(self) -> Layout:
        """The flow layout, whatever the styles say."""
        return _FLOW


_FLOW = _FlowLayout()
