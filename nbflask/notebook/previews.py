"""The previews of a notebook: which app each shows, and how long it is kept.

Rule 1: a cell that is run again gets new previews; those of its run before are closed.

Rule 2: where cells have no id nothing says which preview is gone, so only the newest are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbflask.notebook.serving import Serving

# A widget is 40 KiB or so in the kernel; few notebooks show more previews than this at once.
MAX_WITHOUT_CELL = 20


@dataclass(frozen=True, eq=False)
class _Shown:
    preview: Preview
    cell_id: str | None


class Previews:
    """Makes previews, and tells them what became of their app."""

    def __init__(self) -> None:
        """Begin with none."""
        self._shown: list[_Shown] = []

    def __len__(self) -> int:
        """Give the number that is kept."""
        return len(self._shown)

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
        )
        self._shown.append(_Shown(preview, cell_id))
        strays = [each for each in self._shown if each.cell_id is None]
        self._close(strays[:-MAX_WITHOUT_CELL])
        return preview

    def reload(self, names: Iterable[str]) -> None:
        """Load the pages of apps again."""
        wanted = set(names)
        for each in self._shown:
            if each.preview.app_name in wanted and each.preview.state == "running":
                each.preview.reload()

    def start(self, serving: Serving) -> None:
        """Show an app that is served again, where it now is."""
        for each in self._shown:
            preview = each.preview
            if preview.app_name == serving.name and (
                preview.state != "running" or preview.direct_url != serving.link
            ):
                preview.start(mount=serving.mount, direct_url=serving.link, proof=serving.proof)

    def stop(self, name: str) -> None:
        """Say that an app is stopped."""
        for each in self._shown:
            if each.preview.app_name == name:
                each.preview.stop()

    def forget(self, cell_ids: Iterable[str | None]) -> None:
        """Close what the cells showed: they run again, or are gone."""
        gone = {each for each in cell_ids if each is not None}
        self._close([each for each in self._shown if each.cell_id in gone])

    def close(self) -> None:
        """Close all."""
        self._close(list(self._shown))

    def _close(self, gone: Iterable[_Shown]) -> None:
        for each in gone:
            self._shown.remove(each)
            each.preview.stop()
            each.preview.close()
