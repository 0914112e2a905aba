#!/usr/bin/env python3
"""Makes the archive of a release from a kubelint that is built already, and prints its path.

    python3 .ci/archive.py --binary target/release/kubelint --target x86_64-unknown-linux-musl --output dist

makes dist/kubelint-v<version>-<target>.tar.gz (.zip for Windows), which holds one folder of that name, and beside it the same name
with .sha256, which `sha256sum --check` reads. The binary must run here: it writes its own completions and manual pages.

Equal inputs give equal bytes: members are sorted, owned by nobody in particular, and dated by SOURCE_DATE_EPOCH or else by the commit.
(Other versions of zlib may compress otherwise.)
"""

import argparse
import gzip
import hashlib
import io
import os
import pathlib
import subprocess
import tarfile
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]
# The names under which each shell finds a completion.
COMPLETIONS = {
    "bash": "kubelint.bash",
    "elvish": "kubelint.elv",
    "fish": "kubelint.fish",
    "powershell": "_kubelint.ps1",
    "zsh": "_kubelint",
}


def output_of(*command):
    # Paths of options in the environment would otherwise get into manual pages as they are set here.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KUBELINT_")}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, cwd=ROOT).stdout


def commit_time():
    """Seconds since 1970: what SOURCE_DATE_EPOCH says, else the date of the commit."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return int(epoch or output_of("git", "log", "-1", "--format=%ct"))


def members(binary):
    """What the archive holds: path in its folder → (content, mode)."""
    files = {binary.name: (binary.read_bytes(), 0o755)}
    for name in DOCUMENTS:
        files[name] = ((ROOT / name).read_bytes(), 0o644)
    for shell, name in COMPLETIONS.items():
        files[f"complete/{name}"] = (output_of(binary, "completions", shell), 0o644)
    with tempfile.TemporaryDirectory() as folder:
        output_of(binary, "man", folder)
        for page in pathlib.Path(folder).iterdir():
            files[f"man/{page.name}"] = (page.read_bytes(), 0o644)
    return dict(sorted(files.items()))


def tar_gz(folder, files, seconds):
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=seconds) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path, (content, mode) in files.items():
                member = tarfile.TarInfo(f"{folder}/{path}")
                member.size, member.mode, member.mtime = len(content), mode, seconds
                archive.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def zipped(folder, files, seconds):
    raw = io.BytesIO()
    # The format counts from 1980.
    date = max(time.gmtime(seconds)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, (content, mode) in files.items():
            member = zipfile.ZipInfo(f"{folder}/{path}", date)
            member.create_system = 3  # Unix, whose modes these are, wherever this runs
            member.external_attr = (0o100000 | mode) << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return raw.getvalue()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", type=pathlib.Path, required=True, help="the kubelint to pack")
    arguments.add_argument("--target", required=True, help="the triple that it was built for")
    arguments.add_argument("--output", type=pathlib.Path, required=True, help="the folder to write to")
    given = arguments.parse_args()

    binary = given.binary.resolve(strict=True)
    version = output_of(binary, "--version").decode().split()[1]
    folder = f"kubelint-v{version}-{given.target}"
    windows = "windows" in given.target
    content = (zipped if windows else tar_gz)(folder, members(binary), commit_time())

    given.output.mkdir(parents=True, exist_ok=True)
    archive = given.output / (folder + (".zip" if windows else ".tar.gz"))
    archive.write_bytes(content)
    checksum = f"{hashlib.sha256(content).hexdigest()}  {archive.name}\n"
    archive.with_name(archive.name + ".sha256").write_bytes(checksum.encode())
    print(archive)


if __name__ == "__main__":
    main()
