"""`make vendor`: the front-end packages named in static/vendor/packages.json, from the npm registry.

Only this command needs npm; the console serves what is kept here. Every file's SHA-256 is noted
beside it, and a test compares them.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "admin_views/static/vendor"


def packed(name, version, folder):
    """The archive of one package, as the registry publishes it; npm checks its integrity."""
    done = subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder,
                           f"{name}@{version}"], check=True, capture_output=True, text=True)
    return Path(folder) / done.stdout.strip().splitlines()[-1]


def take(archive, wanted):
    """kept name → bytes of the files that the list names."""
    with tarfile.open(archive) as package:
        return {kept: package.extractfile(f"package/{inside}").read()
                for inside, kept in wanted.items()}


def main():
    """Download the browser libraries of packages.json into vendor/, and write their hashes there."""
    listed = json.loads((VENDOR / "packages.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for name, terms in listed.items():
            for kept, content in take(packed(name, terms["version"], folder),
                                      terms["files"]).items():
                (VENDOR / kept).write_bytes(content)
                terms.setdefault("sha256", {})[kept] = hashlib.sha256(content).hexdigest()
                print(f"{name} {terms['version']}: {kept}, {len(content):,} bytes")
    (VENDOR / "packages.json").write_text(
        json.dumps(listed, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
