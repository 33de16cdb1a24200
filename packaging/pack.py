"""Writes the files of packages, the same byte for byte each time: packaging/make calls it, and knows what goes where."""

import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile
import uuid
import zipfile
from datetime import datetime, timezone
from pathlib import Path

VERSION = os.environ.get("PACKAGE_VERSION", "")
COMMIT = os.environ.get("PACKAGE_COMMIT", "")
REPOSITORY = os.environ.get("PACKAGE_REPOSITORY", "").rstrip("/")
TIME = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
PROGRAMS = ("doorkey", "doorkey.exe")


def text_of(path):
    return Path(path).read_text(encoding="utf-8")


def write(path, text):
    Path(path).write_text(text, encoding="utf-8", newline="\n")


# ── archives ─────────────────────────────────────────────────────────────────────────────────────


def files_below(folder, within):
    for path in sorted(Path(folder).rglob("*")):
        # A name that begins this way is packaging/make's own mark.
        if path.is_file() and not path.name.startswith("of-"):
            yield f"{within}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def is_program(name):
    return Path(name).name in PROGRAMS or "/bin/" in name


def write_tar(archive, files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mtime = TIME
            entry.mode = 0o755 if is_program(name) else 0o644
            tar.addfile(entry, io.BytesIO(content))
    with open(archive, "wb") as file:
        # No name and no time in the header.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
            zipped.write(packed.getvalue())


def write_zip(archive, files):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in files:
            entry = zipfile.ZipInfo(name, datetime.fromtimestamp(TIME, timezone.utc).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o755 if is_program(name) else 0o644) << 16
            packed.writestr(entry, content)


def archive(to, pages, program):
    """The program, its manual pages, completions, licences and README in a folder of the archive's name."""
    within = re.sub(r"\.(tar\.gz|zip)$", "", Path(to).name)
    files = list(files_below(pages, within))
    files.append((f"{within}/{Path(program).name}", Path(program).read_bytes()))
    (write_zip if to.endswith(".zip") else write_tar)(to, sorted(files))


def program(archive, to):
    """Takes the program out of an archive."""
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            contents = {name: packed.read(name) for name in packed.namelist()}
    else:
        with tarfile.open(archive) as tar:
            contents = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}
    Path(to).mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        if Path(name).name in PROGRAMS:
            (Path(to) / Path(name).name).write_bytes(content)


# ── the README elsewhere ─────────────────────────────────────────────────────────────────────────

# A picture or a link of Markdown whose target is a file of the project.
RELATIVE = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?!https?:|#|mailto:)([^()\s]+)\)")


def readme(source, to):
    """README.md where the project's files are not beside it: links lead to the repository, or nowhere while it has no address."""

    def moved(match):
        is_picture, words, path = match.groups()
        if not REPOSITORY:
            return "" if is_picture else words
        kind = "raw" if is_picture else "blob" if "github.com" in REPOSITORY else "src"
        return f"{is_picture}[{words}]({REPOSITORY}/{kind}/{COMMIT}/{path})"

    text = RELATIVE.sub(moved, text_of(source))
    write(to, re.sub(r"\n{3,}", "\n\n", text))


# ── descriptions of packages ─────────────────────────────────────────────────────────────────────


def fill(template, to, *values):
    """A template with each @name@ filled in; what is left over is a fault of the template."""
    known = dict(value.split("=", 1) for value in values)
    known |= {"version": VERSION, "commit": COMMIT, "repository": REPOSITORY}
    known["time"] = datetime.fromtimestamp(TIME, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def value(match):
        if match[1] not in known:
            sys.exit(f"{template}: nothing is known for @{match[1]}@")
        return known[match[1]]

    lines = text_of(template).splitlines(keepends=True)
    # A line about the repository says nothing while there is none.
    kept = [line for line in lines if REPOSITORY or "@repository@" not in line]
    write(to, re.sub(r"@([a-z0-9_]+)@", value, "".join(kept)))


def npm(template, folder, to):
    """The npm package: its description filled in, everything else as it is in the folder."""
    manifest = json.loads(text_of(template))
    manifest["version"] = VERSION
    if REPOSITORY:
        manifest["homepage"] = REPOSITORY
        manifest["repository"] = {"type": "git", "url": f"git+{REPOSITORY}.git"}
    platforms = sorted(path.name.split("-") for path in (Path(folder) / "bin").iterdir() if path.is_dir())
    manifest["os"] = sorted({system for system, _ in platforms})
    manifest["cpu"] = sorted({processor for _, processor in platforms})
    write(Path(folder) / "package.json", json.dumps(manifest, indent=2) + "\n")
    write_tar(to, sorted(files_below(folder, "package")))


def checksums(folder):
    """SHA-256 of everything in a folder, in the form that sha256sum --check reads."""
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and path.name != "checksums.txt")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    write(Path(folder) / "checksums.txt", "".join(lines))


def manifests(templates, dist):
    """Homebrew's, Scoop's and winget's descriptions, from checksums.txt. One whose archive is missing is not written."""
    sums = dict(reversed(line.split()) for line in text_of(Path(dist) / "checksums.txt").splitlines())
    named = {}
    for name, digest in sums.items():
        if match := re.fullmatch(rf"doorkey_{re.escape(VERSION)}_(\w+)\.(?:tar\.gz|zip)", name):
            named[f"sha256_{match[1]}"] = digest
    named["download"] = f"{REPOSITORY}/releases/download/v{VERSION}"
    named["day"] = datetime.fromtimestamp(TIME, timezone.utc).strftime("%Y-%m-%d")
    for template in sorted(Path(templates).rglob("*")):
        if not template.is_file():
            continue
        wanted = set(re.findall(r"@(sha256_\w+?)@", text_of(template)))
        if missing := sorted(wanted - named.keys()):
            archives = ", ".join(name.removeprefix("sha256_") for name in missing)
            print(f"No {template.name}: checksums.txt lacks {archives}.")
            continue
        to = Path(dist) / "manifests" / template.relative_to(templates)
        to.parent.mkdir(parents=True, exist_ok=True)
        fill(template, to, *(f"{name}={value}" for name, value in named.items()))


# ── bill of materials ────────────────────────────────────────────────────────────────────────────


def sbom(metadata, to):
    """What the program is built from, as CycloneDX 1.5: the crates that are linked into it on any system."""
    data = json.loads(text_of(metadata))
    packages = {package["id"]: package for package in data["packages"]}
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    own = data["resolve"]["root"]

    def linked(identity):
        dependencies = nodes[identity]["deps"]
        return sorted(dep["pkg"] for dep in dependencies if any(kind["kind"] is None for kind in dep["dep_kinds"]))

    found, waiting = set(), [own]
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found.add(identity)
            waiting += linked(identity)

    def reference(identity):
        return f"pkg:cargo/{packages[identity]['name']}@{packages[identity]['version']}"

    digests = {}
    for package in re.findall(r"\[\[package\]\]\n(.*?)(?:\n\n|\Z)", text_of("Cargo.lock"), re.DOTALL):
        fields = dict(re.findall(r'^(\w+) = "(.*)"$', package, re.MULTILINE))
        if "checksum" in fields:
            digests[f"pkg:cargo/{fields['name']}@{fields['version']}"] = fields["checksum"]

    def component(identity):
        package, name = packages[identity], reference(identity)
        entry = {
            "type": "application" if identity == own else "library",
            "bom-ref": name,
            "name": package["name"],
            "version": package["version"],
            "description": package["description"],
            # Before SPDX, Cargo wrote a slash for "or".
            "licenses": [{"expression": (package["license"] or "").replace("/", " OR ").replace("  ", " ")}],
            "purl": name,
        }
        if name in digests:
            entry["hashes"] = [{"alg": "SHA-256", "content": digests[name]}]
        if package["repository"]:
            entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return {key: value for key, value in entry.items() if value}

    components = sorted((component(identity) for identity in found - {own}), key=lambda entry: entry["bom-ref"])
    dependencies = [
        {"ref": reference(identity), "dependsOn": sorted(reference(on) for on in linked(identity))} for identity in found
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'doorkey@{COMMIT}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(TIME, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": component(own),
        },
        "components": components,
        "dependencies": sorted(dependencies, key=lambda entry: entry["ref"]),
    }
    write(to, json.dumps(bill, indent=2, ensure_ascii=False) + "\n")


COMMANDS = [archive, program, readme, fill, npm, checksums, manifests, sbom]

if __name__ == "__main__":
    {command.__name__: command for command in COMMANDS}[sys.argv[1]](*sys.argv[2:])
