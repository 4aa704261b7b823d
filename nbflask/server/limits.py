"""How long and how many: the engine's limits, in one value."""

from __future__ import annotations

from dataclasses import dataclass

#: More threads than this slow each other down; fewer starve pages with many streams.
MAX_CONNECTIONS = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Deadlines in seconds, and the number of connections.

    :param head_s: From the first byte of a request, or the connection's start, to its head's end.
    :param idle_s: Between two requests of a connection.
    :param content_s: Without a byte of a request's content.
    :param send_s: Without the client taking a block of the response.
    :param linger_s: For what a client still sends after an answer that ends the connection.
    :param quiet_s: After which a quiet connection gives its thread back.
    :param gone_s: After which a stream whose client is gone is cancelled.
    :param tick_s: Between two looks at the deadlines.
    :param worker_idle_s: After which a thread without work ends.
    :param max_connections: ``None`` takes half of what the process may open, 600 at most.
    """

    head_s: float = 10.0
    idle_s: float = 15.0
    content_s: float = 30.0
    send_s: float = 60.0
    linger_s: float = 5.0
    quiet_s: float = 1.0
    gone_s: float = 2.0
    tick_s: float = 0.5
    worker_idle_s: float = 5.0
    max_connections: int | None = None

    def connections(self) -> int:
        """Give the number of connections: the kernel needs the other half of the descriptors."""
        if self.max_connections is not None:
            return self.max_connections
        try:
            import resource
        except ImportError:
            return MAX_CONNECTIONS
        soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY:
            return MAX_CONNECTIONS
        return max(8, min(MAX_CONNECTIONS, soft // 2))
