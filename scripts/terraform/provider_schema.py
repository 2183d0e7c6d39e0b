#!/usr/bin/env python3
"""Makes Terraform's provider schema of AWS from the provider's published bindings for JavaScript, for a machine that cannot obtain the provider.

Usage: provider_schema.py <folder of the bindings' *.js and *.d.ts> <out.json>

The bindings are made from the real schema and keep of it: each resource's attributes and nested blocks, their types, block or attribute, list,
set or map, required or not. They lose which optional attributes AWS computes (here: all may be), and every rule on values. So this is a check of
names, types and required fields, no more.
"""
import json
import pathlib
import re
import sys

# One attribute inside a class's synthesizeHclAttributes(), or inside the function that writes a nested block.
ATTRIBUTE = re.compile(r"^\s+(?:\"|')?([a-z][a-z0-9_]*)(?:\"|')?: \{\n\s+value: (.*),\n\s+isBlock: (?:true|false),\n\s+type: \"(\w+)\",\n"
                       r"\s+storageClassType: \"([\w.]+)\",", re.M)
INTERFACE = re.compile(r"interface (\w+)(?: extends [^{]+)? \{\n(.*?)\n(?:    )?\}", re.S)
FIELD = re.compile(r"#(\w+) [^}]*\}(?:(?!readonly).)*?readonly \w+(\??): [^\n]*", re.S)
TO_HCL = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.M | re.S)
REFERENCE = re.compile(r"^    class (\w+)OutputReference extends cdktn\.ComplexObject \{\n(.*?)^    \}", re.M | re.S)
GETTER = re.compile(r"return (?:cdktn\.Fn\.tolist\()?(?:cdktn\.Token\.\w+\()?"
                    r"this\.get(String|Number|Boolean|StringMap|NumberMap|BooleanMap|List|NumberList|AnyMap)Attribute\('(\w+)'\)")
INTERPOLATED = re.compile(r"this\.interpolationForAttribute\(['\"](\w+)['\"]\)")
NESTED = re.compile(r"new (?:\w+\.)?(\w+?)(List|Map|OutputReference)\(this, \"(\w+)\"(?:, (true|false))?\)")

STORED = {"string": "string", "number": "number", "boolean": "bool", "stringList": ["list", "string"], "numberList": ["list", "number"],
          "stringMap": ["map", "string"], "numberMap": ["map", "number"], "booleanMap": ["map", "bool"], "any": "string",
          "stringListMap": ["map", ["list", "string"]]}
GOT = {"String": "string", "Number": "number", "Boolean": "bool", "StringMap": ["map", "string"], "NumberMap": ["map", "number"],
       "BooleanMap": ["map", "bool"], "List": ["list", "string"], "NumberList": ["list", "number"], "AnyMap": ["map", "string"]}
# Words of the language itself; a resource cannot have them as attributes.
RESERVED = ("count", "for_each", "depends_on", "lifecycle", "provider", "connection", "provisioner")
DEPTH_MAX = 8


class Binding:
    """One resource's or data source's pair of files."""

    def __init__(self, script, declarations):
        self.script = script
        self.optional = {name: {field: mark == "?" for field, mark in FIELD.findall(body)} for name, body in INTERFACE.findall(declarations)}
        self.writers = dict(TO_HCL.findall(script))
        self.references = dict(REFERENCE.findall(script))

    def schema(self, name):
        """{attributes, block_types} of the class of that name."""
        self.prefix = name[0].lower() + name[1:]
        writer = re.search(r"^    synthesizeHclAttributes\(\) \{\n(.*?)^    \}", self.script, re.M | re.S)
        attributes, blocks = self._fields(writer.group(1), f"{name}Config") if writer else ({}, {})
        body = re.search(rf"^class {name} extends .*?\n(.*?)^\}}", self.script, re.M | re.S).group(1)
        for field, kind in self._computed(body).items():
            if field not in attributes and field not in blocks:
                attributes[field] = {"type": kind, "computed": True}
        return {"attributes": attributes, "block_types": blocks}

    def _computed(self, body, depth=0):
        found = {name: GOT[kind] for kind, name in GETTER.findall(body)}
        for name in INTERPOLATED.findall(body):
            found.setdefault(name, "string")
        for inner, shape, name, is_set in NESTED.findall(body):
            if depth < DEPTH_MAX and inner in self.references:
                whole = ["object", self._computed(self.references[inner], depth + 1)]
                found[name] = whole if shape == "OutputReference" else [_collection(shape, is_set), whole]
        return found

    def _fields(self, body, interface):
        attributes, blocks = {}, {}
        for name, value, kind, stored in ATTRIBUTE.findall(body):
            optional = self.optional.get(interface, {}).get(name, True)
            if stored in STORED:
                attributes[name] = _attribute(STORED[stored], kind, optional)
                continue
            inner, nesting, bounds = self._nested(value, kind, stored), _nesting(value, kind), _bounds(value, kind, optional)
            if re.search(r"listMapperHcl\(\w+, false\)", value):  # written as an attribute, although it looks like a block
                attributes[name] = {"type": [nesting, _as_type(inner)], "optional": True, "computed": True}
            else:
                blocks[name] = {"nesting_mode": nesting, "block": inner, **bounds}
        return attributes, blocks

    def _nested(self, value, kind, stored):
        writer = re.search(r"(\w+)ToHclTerraform[(,)]", value)
        function = writer.group(1) if writer else ""
        interface = function[len(self.prefix):]
        if interface not in self.optional:
            interface = stored.split(".")[-1].removesuffix("List").removesuffix("Map")
        body = self.writers.get(function, "")
        attributes, blocks = self._fields(body, interface) if body else ({}, {})
        for field, computed in self._computed(self.references.get(interface, "")).items():
            if field not in attributes and field not in blocks:
                attributes[field] = {"type": computed, "computed": True}
        return {"attributes": attributes, "block_types": blocks}


def _collection(shape, is_set):
    return "map" if shape == "Map" else "set" if is_set == "true" else "list"


def _attribute(stored, kind, optional):
    if kind == "set" and isinstance(stored, list):
        stored = ["set", stored[1]]
    return {"type": stored, "optional": True, "computed": True} if optional else {"type": stored, "required": True}


def _nesting(value, kind):
    if kind == "struct":
        return "single"
    return kind if kind == "set" or (kind == "map" and "Mapper" in value) else "list"


def _bounds(value, kind, optional):
    bounds = {}
    if kind not in ("struct", "map") and "Mapper" not in value:
        bounds["max_items"] = 1
    if not optional and _nesting(value, kind) not in ("single", "map"):
        bounds["min_items"] = 1
    return bounds


def _as_type(block):
    fields = {name: attribute["type"] for name, attribute in block["attributes"].items()}
    for name, nested in block["block_types"].items():
        inner = _as_type(nested["block"])
        fields[name] = inner if nested["nesting_mode"] == "single" else [nested["nesting_mode"], inner]
    return ["object", fields]


def convert(folder):
    made, failed = {"provider": None, "resource_schemas": {}, "data_source_schemas": {}}, []
    for path in sorted(pathlib.Path(folder).glob("*/*.js")):
        text = path.read_text()
        named = re.search(r'^(\w+)\.tfResourceType = "(\w+)"', text, re.M)
        if path.name.startswith(("index.", "ephemeral-")) or not named:
            continue
        try:
            block = Binding(text, path.with_suffix(".d.ts").read_text()).schema(named.group(1))
        except RecursionError:
            failed.append(named.group(2))
            continue
        for word in RESERVED:
            block["attributes"].pop(word, None)
        if named.group(2) == "aws":
            made["provider"] = {"block": block}
        else:
            made["data_source_schemas" if path.name.startswith("data-") else "resource_schemas"][named.group(2)] = {"block": block}
    return made, failed


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    made, failed = convert(sys.argv[1])
    pathlib.Path(sys.argv[2]).write_text(json.dumps(made))
    print(f"{len(made['resource_schemas'])} resources, {len(made['data_source_schemas'])} data sources; not readable: {', '.join(failed) or 'none'}")
    return 0 if made["provider"] and len(made["resource_schemas"]) > 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
