"""Chromium for the browser tests: the one that is here, or Debian's where root may install it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READS_PDF = "pdftotext"
PACKAGES = ("chromium", "fonts-dejavu-core", "poppler-utils")


def browser() -> str | None:
    """The first that really runs: Ubuntu's `chromium-browser` may be a shell that asks for snap."""
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def install() -> None:
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for order in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        subprocess.run([*apt, *order], env=env, stdout=subprocess.DEVNULL)


def main() -> int:
    if browser() and shutil.which(READS_PDF):
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Instalando Chromium para las pruebas de navegador…", flush=True)
        install()
    if browser():
        return 0
    print("Sin Chromium, las pruebas de navegador quedan fuera: instálelo con "
          "«apt install chromium».", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
