"""HAR's JSON Schema, as the npm package har-schema 2.0.0 has it (ISC licence, beside it)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft6Validator, FormatChecker
from referencing import Registry, Resource

FOLDER = Path(__file__).parent / "har_schema"

FORMATS = FormatChecker()


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Take for a URI what har-validator does: a scheme, and no white space."""
    return not isinstance(value, str) or (
        bool(urlsplit(value).scheme) and not any(each.isspace() for each in value)
    )


def validate(har: Any) -> list[str]:
    """Give what the schema says against a HAR."""
    schemas = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"].removesuffix("#"), Resource.from_contents(schema)) for schema in schemas
    )
    validator = Draft6Validator({"$ref": "har.json"}, registry=registry, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(har)]
