"""The previews of a notebook: which app each shows, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbflask.notebook.serving import Serving
    from nbflask.notebook.shown import Shown


class Previews:
    """Makes previews, and tells them what became of their app.

    :param shown: Keeps them as long as their cells show them.
    """

    def __init__(self, shown: Shown) -> None:
        """Begin with none."""
        self._shown = shown

    def __len__(self) -> int:
        """Give the number that is kept."""
        return len(self._shown.all(Preview))

    def show(self, serving: Serving, *, path: str, height_px: int, cell_id: str | None) -> Preview:
        """Make a preview of what is served.

        :param height_px: 0 fits the page's height.
        :param cell_id: The cell that shows it; ``None`` where cells have no ids.
        """
        preview = Preview(
            app_name=serving.name,
            mount=serving.mount,
            direct_url=serving.link,
            proof=serving.proof,
            path=path,
            height_px=height_px,
            state="running" if serving.is_running else "stopped",
            hint=serving.hint,
        )
        self._shown.keep(preview, cell_id)
        return preview

    def reload(self, names: Iterable[str]) -> None:
        """Load the pages of apps again."""
        wanted = set(names)
        for preview in self._shown.all(Preview):
            if preview.app_name in wanted and preview.state == "running":
                preview.reload()

    def start(self, serving: Serving) -> None:
        """Show an app that is served again, where it now is."""
        for preview in self._shown.all(Preview):
            if preview.app_name == serving.name and (
                preview.state != "running" or preview.direct_url != serving.link
            ):
                preview.start(mount=serving.mount, direct_url=serving.link, proof=serving.proof)

    def stop(self, name: str) -> None:
        """Say that an app is stopped."""
        for preview in self._shown.all(Preview):
            if preview.app_name == name:
                preview.stop()
