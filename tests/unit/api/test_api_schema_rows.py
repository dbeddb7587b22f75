from __future__ import annotations

from pydantic import BaseModel, Field

from esign.api.schema_rows import rows_of


class Corner(BaseModel):
    left: float


class Named(BaseModel):
    name: str = Field(description="Its name.")


def test_members_that_may_be_one_of_several_objects_are_rows_of_their_own() -> None:
    schemas = {"Corner": Corner.model_json_schema(), "Named": Named.model_json_schema()}
    either = {"oneOf": [{"$ref": "#/$defs/Corner"}, {"$ref": "#/$defs/Named"}]}
    pair = {"type": "array", "prefixItems": [{"type": "number"}] * 2, "minItems": 2, "maxItems": 2}
    members = {"at": either, "box": pair, "age": {"type": ["string", "number"]}}
    rows = rows_of({"type": "object", "properties": members}, schemas)
    assert [(row.name, row.kind, row.about, row.bounds) for row in rows] == [
        ("at", "object", "", ""),
        ("at.left", "number", "", ""),
        ("at.name", "text", "Its name.", ""),
        ("box", "list: number", "", "2 entries"),
        ("age", "text or number", "", ""),
    ]
