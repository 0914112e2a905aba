#!/usr/bin/env python3
"""Prints what CHANGELOG.md says of a release, and fails unless it may be made.

    python3 .ci/release-notes.py v0.2.0   # the tag must name the version of Cargo.toml, and the changelog must have its section
    python3 .ci/release-notes.py          # what the next release would say so far
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def version():
    """The version of the workspace, which all published crates share, also where they depend on each other."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    own = re.search(r'^\[workspace\.package\]\nversion = "([^"]+)"$', manifest, re.MULTILINE)
    if own is None:
        sys.exit("Cargo.toml has no version where it is looked for")
    for name, needed in re.findall(r'^(kubelint-\S+) = \{ path = "[^"]+", version = "([^"]+)" \}$', manifest, re.MULTILINE):
        if needed != own[1]:
            sys.exit(f"Cargo.toml asks for version {needed} of {name}, which is {own[1]}")
    return own[1]


def section(name):
    """The text below `## [name]`, or nothing."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        if re.fullmatch(re.escape(f"[{name}]") + (r"" if name == "Unreleased" else r" - \d{4}-\d\d-\d\d"), heading.strip()):
            return text.strip()
    return ""


def main():
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    current = version()
    if len(sys.argv) == 2 and sys.argv[1] != f"v{current}":
        sys.exit(f"the tag is {sys.argv[1]}, but Cargo.toml says {current}")
    name = current if len(sys.argv) == 2 else "Unreleased"
    notes = section(name)
    if not notes:
        sys.exit(f"CHANGELOG.md has nothing under `## [{name}]{'' if name == 'Unreleased' else ' - YYYY-MM-DD'}`")
    print(notes)


if __name__ == "__main__":
    main()
