"""What lets a browser in that comes straight to a port: first by a link, then by a cookie.

Any user of the machine can connect to a port on 127.0.0.1, and any page can
make a browser do so. The link carries a token that only the notebook shows.

Rule 1: neither token nor cookie tells the secret, nor one the other. The
secret vouches for a prefix and a client's address; a link that someone pastes
into a chat must not.

Rule 2: the server shows itself, too. A port whose server has died can be taken
by another program, which is then sent tokens and cookies; it still cannot give
the proof, which only the notebook's page knows to expect.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

#: The query's parameter in a link.
PARAMETER = "nbflask_token"
#: Beside the token: asks for the proof instead of a page.
PROBE = "nbflask_probe"


_COOKIE = re.compile(r"nbflask_\d+(?:_framed)?")


def is_ticket_cookie(name: str) -> bool:
    """Say whether a cookie is some app's ticket. Browsers show it to every port of the host."""
    return _COOKIE.fullmatch(name) is not None


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The right to use one app at one port, derived from its secret."""

    secret: str = field(repr=False)

    @property
    def token(self) -> str:
        """What a link carries: 64 hexadecimal digits."""
        return self._derive("token")

    @property
    def cookie(self) -> str:
        """What the cookie holds: 64 hexadecimal digits."""
        return self._derive("cookie")

    @property
    def proof(self) -> str:
        """What the server answers to a probe with the token: 64 hexadecimal digits."""
        return self._derive("proof")

    @property
    def query(self) -> str:
        """The query of a link, without the question mark."""
        return f"{PARAMETER}={self.token}"

    def cookie_name(self, port: int, *, is_framed: bool = False) -> str:
        """Give the cookie's name. Browsers share cookies between ports, so it names ours.

        :param is_framed: Whether it is for a frame in another site's page.
        """
        return f"nbflask_{port}{'_framed' if is_framed else ''}"

    def is_token(self, text: str) -> bool:
        """Say whether the text is the token, in a time that does not tell how much of it is."""
        return is_same(text, self.token)

    def is_cookie(self, text: str) -> bool:
        """Say whether the text is the cookie, in a time that does not tell how much of it is."""
        return is_same(text, self.cookie)

    def _derive(self, purpose: str) -> str:
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def is_same(sent: str, expected: str) -> bool:
    """Compare in a time that depends on the lengths only; ``sent`` may hold any characters."""
    return hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode())
