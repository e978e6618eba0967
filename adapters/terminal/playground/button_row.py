"""A row of buttons that goes on in the next line where it is full."""

from __future__ import annotations

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

__all__ = ["Flow"]

_GAP = 1


class _FlowLayout(Layout):
    """Children at their own width, from left to right, and on in the next row where one is full."""

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
            # A label too long for a line goes on in the next one.
            height = child.get_content_height(size, viewport, width - gutter)
            region = Region(x, y, width, height)
            placements.append(WidgetPlacement(region, NULL_OFFSET, Spacing(), child))
            x, row = x + width + _GAP, max(row, height)
        return placements


class Flow(Widget):
    """Holds what stands in such rows."""

    DEFAULT_CSS = "Flow { height: auto; width: 1fr; }"

    @property
    def layout(self) -> Layout:
        """A flow, whatever the styles say."""
        return _FLOW


_FLOW = _FlowLayout()
