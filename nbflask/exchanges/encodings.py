"""Contents without their ``Content-Encoding``, as far as that can be read, and never too much."""

from __future__ import annotations

import importlib
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a decoded content may hold: a few KiB can stand for gigabytes (a "zip bomb").
MAX_DECODED_BYTES = 8 * 1024 * 1024

#: One block of Brotli gives at most 16 MiB, and needs more bytes than this.
_BROTLI_STEP = 4


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a content is without its encodings.

    :param data: All of it, or its beginning.
    :param is_whole: Whether the encoding came to its end.
    :param fault: Why there is no more, a whole sentence; ``""`` where there is no reason to say.
    :param left: The encoding that is still on the data, as nothing here reads it; mostly ``""``.
    """

    data: bytes = field(repr=False)
    is_whole: bool = True
    fault: str = ""
    left: str = ""


def decode(data: bytes, encoding: str, *, limit: int = MAX_DECODED_BYTES) -> Decoded:
    """Take the encodings off, the last one first; it never raises.

    :param encoding: As in ``Content-Encoding``.
    :param limit: Bytes that are given at most.
    """
    names = [name.strip().lower() for name in encoding.split(",")]
    decoded = Decoded(data=data)
    for name in reversed([name for name in names if name not in ("", "identity")]):
        reader = _READERS.get(name)
        if reader is None:
            return Decoded(
                data=decoded.data,
                is_whole=False,
                fault=f"The encoding {name!r} cannot be read here: what is shown is encoded.",
                left=name,
            )
        decoded = reader(decoded.data, limit)
        if decoded.left or not decoded.is_whole:
            return decoded
    return decoded


def _read_gzip(data: bytes, limit: int) -> Decoded:
    # 31: zlib's window of 15 bits, and gzip's header.
    return _inflate(data, limit, 31)


def _read_deflate(data: bytes, limit: int) -> Decoded:
    """Read RFC 9110's "deflate", or what some servers take for it: the same without a header."""
    read = _inflate(data, limit, zlib.MAX_WBITS)
    return _inflate(data, limit, -zlib.MAX_WBITS) if read.fault and not read.data else read


def _inflate(data: bytes, limit: int, window_bits: int) -> Decoded:
    """Read one stream of zlib's, or gzip's members one after the other."""
    found = bytearray()
    while data:
        inflater = zlib.decompressobj(window_bits)
        try:
            found += inflater.decompress(data, limit - len(found) + 1)
        except zlib.error:
            return Decoded(data=bytes(found), is_whole=False, fault=_BROKEN)
        if len(found) > limit:
            return _cut(found, limit)
        if not inflater.eof:
            return Decoded(data=bytes(found), is_whole=False, fault=_EARLY_END)
        data = inflater.unused_data
    return Decoded(data=bytes(found))


def _read_brotli(data: bytes, limit: int) -> Decoded:
    library = _find_brotli()
    if library is None:
        fault = "Nothing here reads Brotli: install the package 'brotli'. It is shown encoded."
        return Decoded(data=data, is_whole=False, fault=fault, left="br")
    reader = library.Decompressor()
    found = bytearray()
    try:
        for start in range(0, len(data), _BROTLI_STEP):
            found += reader.process(data[start : start + _BROTLI_STEP])
            if len(found) > limit:
                return _cut(found, limit)
        is_whole = reader.is_finished()
    except library.error:
        return Decoded(data=bytes(found), is_whole=False, fault=_BROKEN)
    return Decoded(data=bytes(found), is_whole=is_whole, fault="" if is_whole else _EARLY_END)


def _find_brotli() -> Any:
    for name in ("brotli", "brotlicffi"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _cut(found: bytearray, limit: int) -> Decoded:
    fault = f"It is larger than {limit:,} bytes without its encoding; this is its beginning."
    return Decoded(data=bytes(found[:limit]), is_whole=False, fault=fault)


_BROKEN = "Its encoding is broken; this is what can be read of it."
_EARLY_END = "Its encoding ends early; this is what can be read of it."

_READERS: dict[str, Callable[[bytes, int], Decoded]] = {
    "gzip": _read_gzip,
    "x-gzip": _read_gzip,
    "deflate": _read_deflate,
    "br": _read_brotli,
}
