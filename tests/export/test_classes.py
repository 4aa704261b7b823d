"""A class that no app names is a part of none, unless others may keep a list of it."""

from __future__ import annotations

import pytest

from tests.export.test_replacing import statements

BASE = "class Base:\n    size = 1"
VIEW = "@app.get('/')\ndef index():\n    return str(Base.size)"
OTHER = "class Other(Base):\n    size = 2"


def test_a_class_of_a_plain_base_that_the_app_does_not_name_stays_behind() -> None:
    assert statements(BASE, VIEW, OTHER) == [BASE, VIEW]


@pytest.mark.parametrize(
    "base",
    [
        "class Base(list):\n    size = 1",
        "class Base(metaclass=Meta):\n    size = 1",
        "class Base:\n    size = 1\n\n    def __init_subclass__(cls):\n        cls.all.append(cls)",
        "@registered\nclass Base:\n    size = 1",
    ],
)
def test_a_class_that_its_base_may_keep_is_a_part_of_the_app(base: str) -> None:
    assert OTHER in statements(base, VIEW, OTHER)


def test_a_class_that_a_view_may_list_is_a_part_of_the_app() -> None:
    view = "@app.get('/')\ndef index():\n    return str(len(Base.__subclasses__()))"
    assert OTHER in statements(BASE, view, OTHER)
