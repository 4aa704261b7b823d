"""A test client's response that a notebook shows: status, header fields, content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from werkzeug.test import TestResponse

from nbflask.client.failures import format_failure
from nbflask.client.pages import Page, build_page, render_html, render_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ShownResponse(TestResponse):
    """Werkzeug's response of a test client, with all that it offers, that shows itself.

    What is shown is the same each time the app answers the same: signatures and dates are left out.
    """

    #: What the view raised, when the app turned it into an error page.
    exception: BaseException | None = None
    #: Whether the user interrupted it; the content is what had arrived.
    is_interrupted: bool = False
    #: The cookie whose value is signed and so differs from run to run.
    session_cookie_name: str = "session"

    def __repr__(self) -> str:
        """Name the status and the size of the content."""
        return f"<Response {self.status}, {len(self.get_data())} bytes>"

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        """Give IPython the response as text and as HTML."""
        pages = [self._build_page()]
        return {"text/plain": render_text(pages), "text/html": render_html(pages)}

    def _build_page(self) -> Page:
        return build_page(
            status=self.status,
            headers=list(self.headers),
            content=self.get_data(),
            passed=[(each.status, each.headers.get("Location", "")) for each in self.history],
            failure=self._describe_failure(),
            session_cookie_name=self.session_cookie_name,
            title=f"{self.request.method} {self.request.full_path.rstrip('?')}",
        )

    def _describe_failure(self) -> str:
        if self.is_interrupted:
            return "Interrupted; the response had not ended."
        return format_failure(self.exception) if self.exception else ""


class Responses(Sequence[ShownResponse]):
    """Several responses, shown one below the other.

    No tuple: IPython would show it as one.
    """

    def __init__(self, responses: Iterable[ShownResponse]) -> None:
        """Keep the responses in their order."""
        self._all = tuple(responses)

    @overload
    def __getitem__(self, index: int) -> ShownResponse: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ShownResponse, ...]: ...
    def __getitem__(self, index: int | slice) -> ShownResponse | tuple[ShownResponse, ...]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        """Name the status of each."""
        return f"Responses({', '.join(each.status for each in self)})"

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        """Give IPython the responses as text and as HTML."""
        pages = [each._build_page() for each in self]
        return {
            "text/plain": render_text(pages, titles=True),
            "text/html": render_html(pages, titles=True),
        }
