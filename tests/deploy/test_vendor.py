"""What came from the npm registry is what the list says, byte by byte, and nothing else."""

import hashlib
import json
import tarfile

from deploy.vendor import VENDOR, take

LISTED = json.loads((VENDOR / "packages.json").read_text(encoding="utf-8"))


def test_every_kept_file_is_the_listed_one():
    sums = {kept: sha256 for terms in LISTED.values() for kept, sha256 in terms["sha256"].items()}
    kept = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in VENDOR.iterdir() if path.name != "packages.json"}
    assert kept == sums and len(kept) >= 4


def test_every_package_is_pinned_and_brings_its_licence():
    for name, terms in LISTED.items():
        assert terms["version"].replace(".", "").isdigit(), name
        assert any("LICENSE" in kept for kept in terms["files"].values()), name


def test_an_archive_gives_only_what_the_list_names(tmp_path):
    source = tmp_path / "package"
    source.mkdir()
    (source / "a.js").write_bytes(b"a")
    (source / "b.js").write_bytes(b"b")
    with tarfile.open(tmp_path / "x.tgz", "w:gz") as archive:
        archive.add(source, "package")
    assert take(tmp_path / "x.tgz", {"a.js": "kept.js"}) == {"kept.js": b"a"}
