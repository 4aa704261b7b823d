"""Exchanges to export: some that tools are known to get wrong, and seeded random ones."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from nbflask.exchanges.exchange import Content, Exchange, Request, Response, State
from nbflask.exchanges.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Pairs = Sequence[tuple[str, str]]

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
BINARY = ("Content-Type", "application/octet-stream")

#: Of the "big list of naughty strings", and what shells, curl and HTTPie read as more than text.
NAUGHTY = (
    "@/etc/hostname",
    "@-",
    "<script>alert('x')</script>",
    "'; touch /tmp/nbflask-was-here; '",
    "$(touch /tmp/nbflask-was-here)",
    "`touch /tmp/nbflask-was-here`",
    "${HOME} $HOME %HOME% !history !!",
    "a\"b'c\\d\\\\e\\n",
    "\\",
    "\\'",
    "-H x -o /tmp/nbflask-was-here",
    "--config /dev/null",
    "{a,b} [1-3] {1..3} * ?",
    "%00 %0a %zz %s %d",
    "naïve café ☃ 😀 \u200b\u202e\ufeff",
    "Ω≈ç√∫µ≤≥÷",
    "田中さんにあげて下さい",
    "\u0085 \u2028 \u2029",
    "\x1b[31mred\x1b[0m",
    "a\tb",
    "line\nline\n",
    "\n\nblank\n\n",
    "line\r\nline\r\n",
    "null\x00inside",
    "### three\n{{variable}}\n< ./file",
    "undefined NaN 1e400 -0 0x10",
    '{"json": [1, 2, {"a": null}]}',
    "name=value&name=other&=&&x",
    ":= := == =@ ; :@",
    "",
)


def exchange(
    method: str = "GET",
    target: str = "/",
    headers: Pairs = (),
    data: bytes = b"",
    *,
    number: int = 1,
    host: str = "localhost",
    response: Response | None = None,
) -> Exchange:
    """Make an exchange of a request, with the fields that a client would write itself."""
    own = [("Host", host)]
    if data:
        own.append(("Content-Length", str(len(data))))
    given = Fields([*own, *headers])
    media_type = given.get("Content-Type", "")
    return Exchange(
        id=number,
        request=Request(
            method=method,
            host=host,
            target=target,
            path=target.partition("?")[0],
            headers=given,
            headers_source="wire",
            content=Content(size=len(data), data=data, media_type=media_type),
        ),
        response=response or Response(status_code=200, reason="OK"),
        state=State.COMPLETE,
        duration_ms=1.0,
    )


def known_traps() -> Iterator[Exchange]:
    """Give what the exporters of others have been seen to send wrongly."""
    yield exchange()
    yield exchange(target="/a/../b/./c//d")
    yield exchange(target="//double//slashes")
    yield exchange(target="/{a,b}/[1-3]?x={1..3}&y[]=1")
    yield exchange(target="/%2e%2e/%2F%zz%00?%26=%3D&a=b+c%20d")
    yield exchange(target="/q?a=1&a=2&&b=&=c#not-a-fragment")
    yield exchange(target='/it\'s?"quoted"=`x`&$(y)=!z|^\\')
    yield exchange("OPTIONS", "*")
    yield exchange("GET", "/caf\xc3\xa9?q=\xe2\x98\x83")
    yield exchange("HEAD", "/head?x=1")
    yield exchange("HEAD", "/head", [TEXT], b"a HEAD with content")
    yield exchange("DELETE", "/d")
    yield exchange("DELETE", "/d", [JSON], b'{"really": true}')
    yield exchange("GET", "/search", [JSON], b'{"query": {}}')
    yield exchange("PROPFIND", "/dav", [("Depth", "1")])
    yield exchange("M-SEARCH", "/ssdp")
    yield exchange("!#$%&'*+.^_`|~", "/every-character-of-a-token")
    yield exchange("post", "/in-lower-case", [TEXT], b"x")
    yield exchange("POST", "/empty", [("Content-Length", "0"), TEXT])
    yield exchange("POST", "/no-length")
    yield exchange("POST", "/file", [FORM], b"@/etc/hostname")
    yield exchange("POST", "/newline", [FORM], b"a=1\n")
    yield exchange("POST", "/nul", [BINARY], b"\x00\x01\x02")
    yield exchange("POST", "/crlf", [TEXT], b"a\r\nb\r\n")
    yield exchange("POST", "/latin", [("Content-Type", "text/plain; charset=latin-1")], b"caf\xe9")
    yield exchange("POST", "/no-type", [], b"no type")
    yield exchange("PUT", "/large", [BINARY], random.Random(1).randbytes(1_500_000))
    yield exchange("PUT", "/large-text", [TEXT], "é".encode() * 750_000)
    yield exchange("POST", "/c1", [TEXT], "\u0085\u2028".encode())
    yield exchange(headers=[("X-Empty", ""), ("X-Empty", ""), ("X-After", "1")])
    yield exchange(headers=[("X-Twice", "1"), ("x-twice", "2"), ("X-TWICE", "1")])
    yield exchange(headers=[("Accept", ""), ("User-Agent", "")])
    yield exchange(headers=[("Cookie", 'a=1; b="2"; broken; c=d=e'), ("Accept", "a/b, */*;q=0.1")])
    yield exchange(headers=[("X-Latin", "caf\xe9"), ("X-UTF-8", "\xe2\x98\x83"), ("X", "\xff\xfe")])
    yield exchange(headers=[("X-Quotes", 'it\'s "quoted" \\ `x` $y ;'), ("X-At", "@/etc/hostname")])
    yield exchange(headers=[("X-Tab", "a\tb"), ("X-Colon", ": = := =@ ;"), ("X-Semicolon", ";")])
    yield exchange(headers=[("Accept-Encoding", "gzip, br"), ("Upgrade-Insecure-Requests", "1")])


def random_exchanges(seed: int, count: int) -> Iterator[Exchange]:
    """Give requests of naughty strings and random bytes, the same ones for a seed."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        yield _random_exchange(chance, number)


def _random_exchange(chance: random.Random, number: int) -> Exchange:
    data = _random_data(chance)
    method = chance.choice(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT", "QUERY"])
    headers = [_random_field(chance) for _ in range(chance.randrange(5))]
    if data and chance.random() < 0.8:
        headers.append(chance.choice([FORM, JSON, TEXT, BINARY]))
    return exchange(method, _random_target(chance), headers, data, number=number)


def _random_data(chance: random.Random) -> bytes:
    match chance.randrange(4):
        case 0:
            return b""
        case 1:
            return chance.randbytes(chance.randrange(200))
        case 2:
            return "".join(chance.choices(NAUGHTY, k=chance.randrange(1, 4))).encode()
        case _:
            return chance.choice(NAUGHTY).encode()


def _random_target(chance: random.Random) -> str:
    # What a client can send in a request line: no space, no control character.
    words = "".join(chance.choices(NAUGHTY, k=2)).encode("ascii", "ignore").decode()
    text = "".join(each for each in words if "!" <= each <= "~")
    return f"/{text}?{text[::-1]}" if chance.random() < 0.5 else f"/{text}"


def _random_field(chance: random.Random) -> tuple[str, str]:
    # A server that follows RFC 9110 section 5.5 takes no control character but a tab.
    text = chance.choice(NAUGHTY).encode().decode("latin-1")
    value = "".join(each for each in text if each == "\t" or (each >= " " and each != "\x7f"))
    return f"X-{chance.choice('abcdef')}", value.strip(" \t")
