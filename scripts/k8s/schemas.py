"""Makes the JSON schemas that kubeconform reads, strict: an unknown field is an error.

Usage: schemas.py crds <folder of CRD manifests>... <out>    from real CustomResourceDefinitions
       schemas.py core <folder of Kubernetes' schemas> <out>   from the ones Kubernetes' API description was turned into
Writes <out>/<group>/<kind>_<version>.json and <out>/core/<kind>-<group>-<version>.json; <out>/definitions has the definitions themselves, for a server.
"""
import json
import pathlib
import sys

import manifests

OPEN = "x-kubernetes-preserve-unknown-fields"


def strict(schema):
    """A CRD's schema as JSON Schema: what it does not name is forbidden, what may be a number or a text is both, null is a value that was left out."""
    if not isinstance(schema, dict):
        return schema
    made = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
        made["oneOf"] = [{"type": "string"}, {"type": "integer"}]
        made.pop("anyOf", None)
    if "properties" in schema:
        made["properties"] = {key: strict(value) for key, value in schema["properties"].items()}
        if not schema.get(OPEN) and "additionalProperties" not in schema:
            made["additionalProperties"] = False
    if schema.get("x-kubernetes-embedded-resource"):
        made.pop("additionalProperties", None)
    if isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = strict(schema["additionalProperties"])
    if "items" in schema:
        made["items"] = strict(schema["items"])
    # allOf, anyOf, oneOf and not speak about the same fields again, and forbid none.
    return made


def crds(folders, out):
    count = 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
            if path.name == "kustomization.yaml":
                continue
            for document in manifests.load(path.read_text()):
                if document.get("kind") == "CustomResourceDefinition":
                    count += _write_crd(document, pathlib.Path(out))
    print(f"{count} schemas of custom resources")
    return count


def _write_crd(document, out):
    spec = document["spec"]
    definition = out / "definitions" / f"{document['metadata']['name']}.json"
    definition.parent.mkdir(parents=True, exist_ok=True)
    definition.write_text(json.dumps(document, default=str))
    for version in spec["versions"]:
        # A version that is not served is one that a cluster refuses.
        if not version.get("served"):
            continue
        schema = strict(version["schema"]["openAPIV3Schema"])
        schema.setdefault("properties", {}).update(apiVersion={"const": f"{spec['group']}/{version['name']}"}, kind={"const": spec["names"]["kind"]},
                                                   metadata={"type": "object", "required": ["name"]})
        schema["required"] = sorted(set(schema.get("required", [])) | {"apiVersion", "kind", "metadata"})
        file = out / spec["group"] / f"{spec['names']['kind'].lower()}_{version['name']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(schema))
    return len(spec["versions"])


def core(folder, out):
    target = pathlib.Path(out) / "core"
    target.mkdir(parents=True, exist_ok=True)
    files = sorted(pathlib.Path(folder).glob("*.json"))
    for path in files:
        schema = json.loads(path.read_text().replace('"/api/_definitions.json', '"_definitions.json'))
        # With its own address, a schema would be looked for beside that address instead of in this folder.
        schema.pop("$id", None)
        (target / path.name).write_text(json.dumps(schema))
    print(f"{len(files)} schemas of Kubernetes")
    return len(files)


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ("crds", "core"):
        print(__doc__, file=sys.stderr)
        return 64
    made = crds(sys.argv[2:-1], sys.argv[-1]) if sys.argv[1] == "crds" else core(sys.argv[2], sys.argv[3])
    return 0 if made else 1


if __name__ == "__main__":
    sys.exit(main())
