"""``%flask_replay``, ``%flask_debug`` and ``%flask_har``: what was recorded is put to use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.magic import line_cell_magic, line_magic, magics_class

from nbflask.errors import OptionError
from nbflask.inspector.debugging import post_mortem
from nbflask.inspector.replaying.archives import read_har, write_har
from nbflask.magics.arguments import Namespace, argument, arguments
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.magics.display.table import Sentence

if TYPE_CHECKING:
    from nbflask.client import Responses
    from nbflask.inspector.replaying.replay import Load, Replay


def _whole_number(text: str) -> int:
    if text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    raise OptionError(f"{text!r} is not a number. Write one such as 41.")


NUMBER = argument(
    "number",
    nargs="?",
    metavar="N",
    type=_whole_number,
    completes="exchanges",
    help="the exchange, by its number in %%flask_requests; by default the newest that is meant",
)


@magics_class
class ReplayingMagics(NotebookMagics):
    """``%flask_replay``, ``%flask_debug`` and ``%flask_har``."""

    @line_cell_magic
    @arguments(
        NUMBER,
        argument("--exact", action="store_true", help="with the cookies and tokens as recorded"),
        argument("--edit", action="store_true", help="put the request into a cell, to be edited"),
        argument("--yes", action="store_true", help="send what may change something, too"),
        argument("--bypass-cache", action="store_true", help="leave out If-None-Match, Range, ..."),
        argument("--times", metavar="K", type=_whole_number, default=1, help="how often"),
        argument(
            "--concurrency", metavar="C", type=_whole_number, default=1, help="how many at once"
        ),
        APP_OPTION,
        example="%flask_replay 41",
    )
    def flask_replay(self, options: Namespace, cell: str | None = None) -> Replay | Load | Sentence:
        """Send a recorded request again, with the cookies of now, and compare the responses.

        A cell's text is the request as %%http has it; REDACTED stands for what was recorded.
        """
        replayer = self.notebook.inspector(options.app).replayer
        number = replayer.newest() if options.number is None else options.number
        mode = "exact" if options.exact else "current"
        if options.edit:
            magic = " ".join(["%%flask_replay", str(number), *_repeat(options)])
            self._shell.set_next_input(replayer.write_cell(number, magic))
            return Sentence("The request is in the next cell. Edit it there, and run the cell.")
        edit = None if cell is None else replayer.read_cell(number, cell, _read_file)
        # Whoever runs a request that is written out has said to send it.
        confirm = not options.yes and cell is None
        if options.times != 1:
            return replayer.load(
                number,
                options.times,
                concurrency=options.concurrency,
                mode=mode,
                edit=edit,
                confirm=confirm,
            )
        return replayer.replay(
            number, mode, edit=edit, confirm=confirm, bypass_cache=options.bypass_cache
        )

    @line_magic
    @arguments(
        NUMBER,
        argument("--all-frames", action="store_true", help="show those of libraries, too"),
        APP_OPTION,
        example="%flask_debug",
    )
    def flask_debug(self, options: Namespace) -> None:
        """Debug the frame that failed: IPython's debugger, within the request."""
        recorder = self.notebook.inspector(options.app).recorder
        post_mortem(recorder, options.number, all_frames=options.all_frames, shell=self._shell)

    @line_magic
    @arguments(
        argument("text", nargs="*", metavar="FILE [FILTER]", help="the file, and what to write"),
        argument("--replay", action="store_true", help="send the file's requests to the app"),
        argument("--force", action="store_true", help="overwrite a file that is no HAR"),
        APP_OPTION,
        example="%flask_har run.har status:5xx",
        verbatim="text",
    )
    def flask_har(self, options: Namespace) -> Sentence | Responses:
        """Write the recorded exchanges, redacted, into a HAR file; or send one's requests."""
        path, text = _split_file(options.text)
        if options.replay:
            return read_har(path).replay(self.notebook.client(options.app))
        found = self.notebook.inspector(options.app).where(text)
        write_har([each.redacted for each in found], path, force=options.force)
        count = f"{len(found)} exchange{'' if len(found) == 1 else 's'}"
        return Sentence(f"{count} written to {path!r}, without their secrets.")


def _split_file(text: str) -> tuple[str, str]:
    """Divide a line into a file's name, in quotes perhaps, and the filter behind it."""
    match = re.fullmatch(r"""(?:"([^"]+)"|'([^']+)'|(\S+))(?:\s+(.*))?""", text)
    if match is None:
        raise OptionError("%flask_har needs a file's name. For example: %flask_har run.har")
    return match[1] or match[2] or match[3], match[4] or ""


def _repeat(options: Namespace) -> list[str]:
    """Give the options that the cell of an edit is to have, too."""
    return [
        *(["--exact"] if options.exact else []),
        *(["--app", options.app] if options.app else []),
    ]


def _read_file(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as fault:
        raise OptionError(
            f"The file {path!r} cannot be read: {fault.strerror}. Name one that is there."
        ) from None
