from __future__ import annotations

import socket

import pytest

from nbflask.server.inbox import has_ended, is_readable


@pytest.fixture
def closed() -> socket.socket:
    """Give a socket that the application has closed, as flask-sock does."""
    ours, theirs = socket.socketpair()
    ours.close()
    theirs.close()
    return ours


def test_a_socket_that_the_application_closed_is_at_its_end(closed: socket.socket) -> None:
    assert (is_readable(closed, 0), has_ended(closed)) == (True, True)


def test_a_socket_is_readable_when_bytes_or_the_end_have_come() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            assert not is_readable(ours, 0)
            theirs.send(b"x")
            assert is_readable(ours, 0)
            ours.recv(1)
        assert is_readable(ours, 0)
