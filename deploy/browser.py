"""Chromium for the browser tests: the one that is here, or Debian's where root may install it."""

import os
import shutil
import subprocess
import sys

READS_PDF = "pdftotext"
SHELL = "chromium-headless-shell"   # the same engine without windows: a third less time; Debian has it, Ubuntu not
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("fonts-dejavu-core", "poppler-utils")


def browser() -> str | None:
    """The first that really runs: Ubuntu's `chromium-browser` may be a shell that asks for snap."""
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def install() -> None:
    """Install Chromium, or its headless shell, with apt."""
    apt("update")
    apt("install", *PACKAGES)
    apt("install", SHELL)
    if not browser():
        apt("install", "chromium")


def apt(order: str, *packages: str) -> None:
    """Run apt-get; a failure is left to whoever looks for the browser afterwards."""
    asked = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", order]
    subprocess.run([*asked, *(("-y", "--no-install-recommends") if packages else ()), *packages],
                   env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install what the browser tests need where it is missing and may be installed."""
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
