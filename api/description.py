"""The description of the interface: a document for programs, and in parts for its page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from drf_spectacular.generators import SchemaGenerator

from accounts.models import Tenant
from accounts.places import site_url

CHAPTERS = (
    "Access",
    "Cases",
    "Conversation",
    "Status",
    "Promises",
    "Files",
    "Notes",
    "Escalations",
    "Companies",
    "Contracts",
    "Points",
    "Policy",
    "Knowledge",
)
JSON = "application/json"
FORM = "multipart/form-data"
# What stands in the address of an example.
SAMPLES = {"case": "1042", "company": "7", "contact": "21", "contract": "5", "number": "3"} | {
    "article": "12",
    "file": "0b8f6c1e-7a55-4a0c-9d54-2f9f6a1c7a11",
}
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A field of a body, or a parameter. `shape` is the name of another object, if it is one."""

    name: str
    kind: str
    about: SafeString
    is_needed: bool
    shape: str = ""


@dataclass(frozen=True)
class Shape:
    """An object that is sent or answered."""

    name: str
    about: SafeString
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Operation:
    """One operation, with an example of how it is asked."""

    id: str
    method: str
    path: str
    summary: str
    about: tuple[SafeString, ...]
    scope: str
    parameters: tuple[Part, ...]
    takes: Shape | None
    gives: Part | None
    status: str
    curl: str
    answer: str


@dataclass(frozen=True)
class Chapter:
    """Operations that belong together."""

    name: str
    operations: tuple[Operation, ...]

    @property
    def slug(self) -> str:
        return self.name.lower()


@cache
def description() -> dict[str, Any]:
    """Describe all operations (OpenAPI 3.0); the same for all vendors, made once a process."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    # Plain values, as they leave.
    described: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return described


def description_of(vendor: Tenant) -> dict[str, Any]:
    """Describe the interface of a vendor, with its address."""
    return description() | {"servers": [{"url": address_of(vendor)}]}


def address_of(vendor: Tenant) -> str:
    """Write the address that all of the interface begins with."""
    return site_url(vendor, "").rstrip("/")


def chapters(address: str) -> list[Chapter]:
    """Tell all operations, by what they are about, with examples for the address of a vendor."""
    found: dict[str, list[Operation]] = {}
    for path, methods in description()["paths"].items():
        for method, told in methods.items():
            operation = _operation(method.upper(), path, told, address)
            found.setdefault(told["tags"][0], []).append(operation)
    order = sorted(found, key=CHAPTERS.index)
    return [Chapter(name, tuple(found[name])) for name in order]


def marked(text: str) -> SafeString:
    """Set what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    drawn = ((format_html("<code>{}</code>", one) if place % 2 else one,) for place, one in parts)
    return format_html_join("", "{}", drawn)


def shapes() -> list[Shape]:
    """Tell all objects that are answered, by their names."""
    schemas = description()["components"]["schemas"]
    whole = {name: one for name, one in schemas.items() if "properties" in one}
    return [_shape(name) for name in sorted(whole) if not name.endswith("Request")]


def _operation(method: str, path: str, told: Schema, address: str) -> Operation:
    status, answer = next(
        (code, one) for code, one in told["responses"].items() if code.startswith("2")
    )
    paragraphs = tuple(part for part in told["description"].split("\n\n") if part)
    schema = next(iter(answer.get("content", {}).values()), {}).get("schema")
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        about=tuple(marked(part) for part in paragraphs[:-1]),
        scope=told.get("x-scope", ""),
        parameters=tuple(_parameter(one) for one in told.get("parameters", ())),
        takes=_taken(told),
        gives=_part("", schema, True) if schema else None,
        status=status,
        curl=_curl(method, path, told, address),
        answer=_example(answer.get("content", {}).get(JSON, {})),
    )


def _parameter(told: Schema) -> Part:
    part = _part(told["name"], told["schema"], told.get("required", False))
    where = {"header": "header", "path": "in the address", "query": ""}[told["in"]]
    kind = f"{part.kind}, {where}" if where else part.kind
    return Part(part.name, kind, marked(told.get("description", "")), part.is_needed)


def _taken(told: Schema) -> Shape | None:
    body = next(iter(told.get("requestBody", {}).get("content", {}).values()), None)
    return _shape(_name(body["schema"])) if body else None


def _shape(name: str) -> Shape:
    schema = description()["components"]["schemas"][name]
    needed = schema.get("required", ())
    parts = (_part(one, what, one in needed) for one, what in schema["properties"].items())
    return Shape(name, marked(schema.get("description", "")), tuple(parts))


def _part(name: str, schema: Schema, is_needed: bool) -> Part:
    about, shape = marked(schema.get("description", "")), _name(schema)
    if not shape and schema.get("type") == "array":
        inner = _part("", schema["items"], True)
        return Part(name, f"list of {inner.kind}", about, is_needed, inner.shape)
    values = " | ".join(_values(schema))
    kind = values or shape or _kind(schema)
    if schema.get("nullable"):
        kind += " or null"
    return Part(name, kind, about, is_needed, "" if values else shape)


def _kind(schema: Schema) -> str:
    if "maxLength" in schema:
        return f"text, at most {schema['maxLength']}"
    formats = {"date-time": "moment", "date": "day", "uuid": "UUID", "binary": "file"}
    kinds = {"string": "text", "boolean": "true or false", "object": "object"}
    kind = str(schema.get("type", "anything"))
    return formats.get(schema.get("format", ""), "") or kinds.get(kind, kind)


def _values(schema: Schema) -> Iterator[str]:
    """List the codes that a field can have, if they are few and known."""
    schemas = description()["components"]["schemas"]
    for one in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ())):
        target = schemas[_name(one)] if "$ref" in one else one
        yield from (str(value) for value in target.get("enum", ()) if value not in (None, ""))


def _name(schema: Schema) -> str:
    """Name the object that a schema refers to, "" for a plain value."""
    for one in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ())):
        if "$ref" in one:
            return str(one["$ref"]).rsplit("/", 1)[1]
    return ""


def _curl(method: str, path: str, told: Schema, address: str) -> str:
    lines = [f'curl "{address}{path.format(**SAMPLES)}"', '-H "Authorization: Bearer $TOKEN"']
    if method != "GET":
        lines[0] = lines[0].replace("curl", f"curl -X {method}", 1)
    bodies = told.get("requestBody", {}).get("content", {})
    if method == "PATCH":
        lines.append("-H 'If-Match: \"4f1c…\"'")
    if method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if FORM in bodies:
        lines += ["-F for=reply", "-F case=1042", "-F file=@server.log"]
    elif JSON in bodies:
        lines += [f'-H "Content-Type: {JSON}"', f"-d '{_example(bodies[JSON])}'"]
    return " \\\n  ".join(lines)


def _example(content: Schema) -> str:
    examples = content.get("examples", {})
    value = next(iter(examples.values()), {}).get("value")
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
