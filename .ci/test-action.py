"""Runs the Action as GitHub's runner would: the steps of action.yml themselves, with the runner's files and variables, against an archive made
of a kubelint that is built already. The only thing that is not real is `curl`, which asks a server of this test instead of github.com.

usage: test-action.py KUBELINT ACTIONLINT (needs PyYAML)
"""

import functools
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
RELEASES = "/kubelint/kubelint/releases"
# All programs that the Action may need, beside git and those that a test adds.
PROGRAMS = "bash cat curl cut gzip git mkdir mktemp mv od rm sed sha256sum tar tr unzip".split()
GOOD = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1"}
"""
BAD = GOOD + '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata:\n  a: "1"\n  a: "2"\n'
HOSTILE = ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '", "x\nerrors=0\nreport<<E\n/etc/passwd\nE", "${{ x }}", "--help"]


def sh(*command, cwd):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


class Releases(http.server.BaseHTTPRequestHandler):
    """github.com, as far as the Action asks it: `files` are those of release `latest`."""

    files, latest, asked = {}, None, []

    def do_GET(self):
        Releases.asked.append(self.path)
        if self.path == f"{RELEASES}/latest":
            self.send_response(302)
            to = f"/tag/v{Releases.latest}" if Releases.latest else ""
            self.send_header("Location", f"https://github.com{RELEASES}{to}")
            self.end_headers()
            return
        content = Releases.files.get(self.path.removeprefix(f"{RELEASES}/download/"))
        self.send_response(404 if content is None else 200)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


class Runner:
    """A job on a runner, whose workspace holds `files`."""

    def __init__(self, folder, port, files, system=("Linux", "X64")):
        self.home = pathlib.Path(folder)
        self.workspace = self.home / "work space"
        self.workspace.mkdir(parents=True)
        for path, text in files.items():
            self.write(path, text)
        sh("git", "init", "--quiet", "--initial-branch=main", cwd=self.workspace)
        self.programs = self.home / "bin"
        self.programs.mkdir()
        for name in PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        self.program(
            "curl",
            f"""\
            arguments=()
            while (($# > 0)); do
              case $1 in
                --proto) [[ $2 == =https ]] || exit 90; shift ;;
                https://github.com/*) arguments+=("http://127.0.0.1:{port}/${{1#https://github.com/}}") ;;
                http*) exit 91 ;;
                --retry) shift ;;
                *) arguments+=("$1") ;;
              esac
              shift
            done
            exec {shutil.which("curl")} "${{arguments[@]}}"
            """,
        )
        self.event, self.github = {}, {"action_ref": "main", "token": "secret-token"}
        self.system = system
        self.variables = {"GITHUB_EVENT_NAME": "push", "GITHUB_SHA": "0" * 40, "GITHUB_REF": "refs/heads/main"}

    def program(self, name, text):
        file = self.programs / name
        file.unlink(missing_ok=True)
        file.write_text("#!/usr/bin/env -S bash -eu\n" + text)
        file.chmod(0o755)

    def write(self, path, text):
        file = self.workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self):
        sh("git", "add", "--all", cwd=self.workspace)
        sh("git", "commit", "--quiet", "--message", "x", cwd=self.workspace)
        return sh("git", "rev-parse", "HEAD", cwd=self.workspace)

    def value(self, text, inputs):
        """A value of action.yml; expressions may only name something."""

        def named(match):
            first, *rest = match[1].split(".")
            value = {"inputs": inputs, "github": {**self.github, "event": self.event}}[first]
            for key in rest:
                value = value.get(key, "") if isinstance(value, dict) else ""
            return str(value)

        return re.sub(r"\$\{\{ ([a-z_.-]+) \}\}", named, str(text))

    def run(self, **given):
        given = {key.replace("_", "-"): value for key, value in given.items()}
        assert given.keys() <= ACTION["inputs"].keys(), given
        inputs = {key: given.get(key, self.value(it["default"], {})) for key, it in ACTION["inputs"].items()}
        (step,) = ACTION["runs"]["steps"]
        assert step["shell"] == "bash" and "${{" not in step["run"]
        temp = pathlib.Path(tempfile.mkdtemp(dir=self.home))
        files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_ENV")}
        for file in files.values():
            file.touch()
        script = temp / "step.sh"
        script.write_text(step["run"])
        environment = {
            "PATH": str(self.programs),
            "HOME": str(self.home),
            "RUNNER_OS": self.system[0],
            "RUNNER_ARCH": self.system[1],
            "RUNNER_TEMP": str(temp),
            "RUNNER_TOOL_CACHE": str(self.home / "tool cache"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_SERVER_URL": "https://github.com",
            **self.variables,
            **{name: str(file) for name, file in files.items()},
            **{key: self.value(value, inputs) for key, value in step["env"].items()},
        }
        Releases.asked = []
        # As the runner starts a step with `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script]
        ran = subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False)
        outputs = read_outputs(files["GITHUB_OUTPUT"].read_text())
        values = {
            name: outputs.get(re.fullmatch(r"\$\{\{ steps\.kubelint\.outputs\.([a-z-]+) \}\}", it["value"])[1], "")
            for name, it in ACTION["outputs"].items()
        }
        assert outputs.keys() <= values.keys(), outputs
        assert files["GITHUB_ENV"].read_text() == ""
        assert "secret-token" not in ran.stdout + ran.stderr
        assert not list(self.home.rglob("pwned")), ran
        return Ran(ran, values, files["GITHUB_STEP_SUMMARY"].read_text(), files["GITHUB_PATH"].read_text())


def read_outputs(text):
    """The outputs of a step, as the runner reads its file."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, delimiter = line.split("<<", 1)
        value = []
        while (line := next(lines)) != delimiter:
            value.append(line)
        outputs[name] = "\n".join(value)
    return outputs


class Ran:
    def __init__(self, ran, outputs, summary, path):
        self.status, self.log, self.said = ran.returncode, ran.stdout, ran.stderr
        self.outputs, self.summary, self.path = outputs, summary, path

    def __repr__(self):
        return f"status {self.status}, {self.outputs}, summary {self.summary!r}\n{self.log}\n{self.said}"

    def is_red(self, errors=1):
        assert self.status == 1 and self.outputs["exit-status"] == "1", self
        assert self.outputs["errors"] == str(errors), self
        assert len(re.findall("^::error ", self.log, re.MULTILINE)) == errors, self
        assert f"## kubelint: {errors} error" in self.summary, self
        return self

    def is_green(self):
        assert self.status == 0 and self.outputs["exit-status"] == "0", self
        assert (self.outputs["errors"], self.outputs["warnings"], self.outputs["infos"]) == ("0", "0", "0"), self
        assert "## kubelint: no findings" in self.summary, self
        return self

    def is_refused(self, *words):
        assert self.status == 2 and self.outputs["exit-status"] == "2", self
        assert self.outputs["errors"] == self.outputs["report"] == self.summary == "", self
        (error,) = re.findall("^::error title=kubelint::(.*)$", self.log, re.MULTILINE)
        assert all(it in error for it in words), self
        return self


def red_and_green(runner):
    run = runner(("Linux", "X64"), {"deploy/a.yaml": BAD}).run()
    run.is_red()
    assert "::error file=deploy/a.yaml,line=11,endLine=11,col=3,endColumn=4,title=duplicate-key::" in run.log, run
    report = json.loads(pathlib.Path(run.outputs["report"]).read_text())
    assert report["findings"][0]["primary"]["path"] == "deploy/a.yaml", report
    folder = run.path.removesuffix("\n")
    said = subprocess.run([f"{folder}/kubelint", "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("kubelint "), said
    runner(("Linux", "X64"), {"deploy/a.yaml": GOOD}).run().is_green()


def inputs_reach_kubelint(runner):
    job = runner(("Linux", "X64"), {"a b/c.yaml": BAD, "d.yaml": BAD.replace("other", "third"), "-": GOOD})
    job.run().is_red(2)
    job.run(paths="a b").is_red()
    job.run(paths="a b/c.yaml\r\n\nd.yaml\n").is_red(2)
    job.run(paths="-").is_green()
    job.run(paths="c.yaml", working_directory="a b").is_red()
    job.run(working_directory="none").is_refused("there is no folder `none`")
    assert job.run(fail_on="never").outputs["errors"] == "2"
    concise = job.run(format="concise")
    assert "\nd.yaml:11:3: error[duplicate-key]" in concise.log and "::error" not in concise.log, concise
    job.write("k.yaml", "ignore: [duplicate-key]\n")
    job.run(config="k.yaml").is_green()
    assert job.run(config="none.yaml").status == 2
    job.write("baseline.json", '{"version": 1, "findings": {}}')
    assert job.run(baseline="none.json").status == 2
    assert job.run(min_confidence="none").status == 2
    assert job.run(format="xml").status == 2
    job.run(online="yes").is_refused("the input online is `yes`")
    # Nothing is in a registry here: that it cannot be asked is said.
    job.write("d.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 127.0.0.1:9/a:1}]}\n")
    asked = job.run(paths="d.yaml", online="true", min_confidence="low", fail_on="never")
    assert "127.0.0.1:9" in asked.log + asked.summary, asked
    offline = job.run(paths="d.yaml", online="false", min_confidence="low", fail_on="never")
    assert offline.log != asked.log


def reports(runner):
    job = runner(("Linux", "X64"), {"sub/a.yaml": BAD})
    run = job.run(sarif_file="k=1.sarif", working_directory="sub").is_red()
    (result,) = json.loads((job.workspace / "sub/k=1.sarif").read_text())["runs"][0]["results"]
    # Below the repository's folder, where GitHub looks for it.
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/a.yaml", result
    assert "::error file=sub/a.yaml," in run.log, run
    for format, beginning in [("json", "{"), ("sarif", "{"), ("gitlab", "["), ("junit", "<?xml"), ("markdown", "## ")]:
        run = job.run(format=format).is_red()
        assert pathlib.Path(run.outputs["report"]).read_text().startswith(beginning), run


def releases(runner):
    job = runner(("Linux", "X64"), {"a.yaml": GOOD})
    job.run().is_green()
    assert Releases.asked[0] == f"{RELEASES}/latest" and len(Releases.asked) == 3, Releases.asked
    job.run().is_green()
    assert Releases.asked == [f"{RELEASES}/latest"], Releases.asked
    for ref in ["v" + Releases.latest, "v1", "a" * 40]:
        job = runner(("Linux", "X64"), {"a.yaml": GOOD})
        job.github["action_ref"] = ref
        job.run().is_green()
        assert len(Releases.asked) == 2 and f"/v{Releases.latest}/" in Releases.asked[0], Releases.asked
        job.run().is_green()
        assert Releases.asked == [], Releases.asked
    job.run(version=Releases.latest).is_green()
    job.run(version="9.9.9").is_refused("version 9.9.9 was not released")
    for wrong in ["1", "../../x", "0.1.0\nerrors=0", "0.1.0 --output x", "$(touch pwned)"]:
        job.run(version=wrong).is_refused("the input version is")
    known, Releases.latest = Releases.latest, None
    job.run(version="latest").is_refused("there is no release of kubelint yet")
    Releases.latest = known
    for system in [("Linux", "ARM"), ("Linux", "S390X"), ("FreeBSD", "X64"), ("$(touch pwned)", "`touch pwned`")]:
        runner(system, {"a.yaml": GOOD}).run().is_refused("to download; `build-from-source: true` compiles it")
    for system in [("macOS", "ARM64"), ("Windows", "X64"), ("Windows", "ARM64")]:
        job = runner(system, {"a.yaml": BAD})
        if system[0] == "macOS" and shutil.which("shasum"):
            (job.programs / "sha256sum").unlink()
            (job.programs / "shasum").symlink_to(shutil.which("shasum"))
        job.run().is_red()


def nothing_unverified_runs(runner):
    good = dict(Releases.files)
    (name,) = [it for it in good if it.endswith("linux-musl.tar.gz")]
    other = good[name][:-1] + bytes([good[name][-1] ^ 1])
    for content, checksum in [
        (other, good[name + ".sha256"]),
        (good[name], b"0" * 64 + b"  x\n"),
        (good[name], b""),
        (good[name], b"\n::error::x\n"),
    ]:
        Releases.files = {**good, name: content, name + ".sha256": checksum}
        job = runner(("Linux", "X64"), {"a.yaml": GOOD})
        run = job.run().is_refused("the checksum of", "it is not run")
        assert run.path == "" and not list(job.home.rglob("tool cache/**/kubelint")), run
    Releases.files = {key: it for key, it in good.items() if key != name + ".sha256"}
    runner(("Linux", "X64"), {"a.yaml": GOOD}).run().is_refused("there is no https://github.com")
    Releases.files = good
    # An attestation is asked for with the token, and believed.
    for status in [0, 1]:
        job = runner(("Linux", "X64"), {"a.yaml": GOOD})
        job.program("gh", f'[[ $2 != --help ]] || exit 0\n[[ $GH_TOKEN == secret-token ]]; printf "%s " "$@" >"$HOME/asked"; exit {status}\n')
        run = job.run()
        asked = (job.home / "asked").read_text()
        assert asked.startswith("attestation verify ") and "--repo kubelint/kubelint --signer-workflow" in asked, asked
        if status == 0:
            run.is_green()
        else:
            run.is_refused("GitHub does not attest")
            assert not list(job.home.rglob("tool cache/**/kubelint")), run
        (job.home / "asked").unlink()
        runner_without_token = job.run(github_token="", version=Releases.latest)
        runner_without_token.is_green()
        assert not (job.home / "asked").exists()


def from_source(runner, kubelint):
    job = runner(("Linux", "S390X"), {"a.yaml": BAD, "rust-toolchain.toml": "x"})
    job.run(build_from_source="true").is_refused("needs Cargo")
    job.program(
        "cargo",
        f'printf "%s " "$PWD" "$@" >"$HOME/asked"; while [[ $1 != --root ]]; do shift; done; mkdir -p "$2/bin"; cat <"$HOME/built" >"$2/bin/kubelint"; {shutil.which("chmod")} +x "$2/bin/kubelint"\n',
    )
    # What kubelint is given is nobody else's: not the token.
    (job.home / "built").write_text(f'#!/usr/bin/env -S bash -eu\nexport -p >"$HOME/given"\nexec {kubelint} "$@"\n')
    job.run(build_from_source="true").is_red()
    asked = (job.home / "asked").read_text()
    assert asked.startswith(f"{ROOT} install --locked ") and asked.endswith(" --path . "), asked
    assert "secret-token" not in (job.home / "given").read_text()
    job.run(build_from_source="true", version="0.1.0").is_red()
    asked = (job.home / "asked").read_text()
    assert asked.endswith(" --git https://github.com/kubelint/kubelint --tag v0.1.0 kubelint "), asked
    job.program("cargo", "exit 1\n")
    job.run(build_from_source="true").is_refused("could not be compiled")


def hostile(runner):
    for text in HOSTILE:
        job = runner(("Linux", "X64"), {"a.yaml": BAD})
        branch = re.sub(r"[\s~^:?*\[\\]|\.\.|@\{|^-+", "_", text)
        sh("git", "checkout", "--quiet", "-B", branch, cwd=job.workspace)
        head = job.commit()
        job.variables.update({name: text for name in ("GITHUB_HEAD_REF", "GITHUB_BASE_REF", "GITHUB_REF_NAME", "GITHUB_ACTOR")})
        job.variables["GITHUB_REF"] = f"refs/heads/{text}"
        job.run().is_red()
        job.event = {"before": head, "head_commit": {"message": text}}
        job.run(changed_only="true").is_green()
        job.event = {"before": text}
        job.run(changed_only="true").is_refused("names no commit")
        job.event = {}
        for name in ACTION["inputs"]:
            run = job.run(**{name.replace("-", "_"): text})
            forged = run.outputs["errors"] not in ("", "1") or run.outputs["report"] == "/etc/passwd"
            assert run.status in (1, 2) and not forged, run
            assert not re.search("^(::set-output|errors=)", run.log, re.MULTILINE), run
        job.github["action_ref"] = text
        job.run().is_red()
        job.write(f"{text.replace('/', '_')}.yaml", BAD.replace("other", "third"))
        job.run(paths=".").is_red(2)


def changes(runner):
    job = runner(("Linux", "X64"), {"old.yaml": BAD})
    base = job.commit()
    sh("git", "checkout", "--quiet", "-b", "topic", cwd=job.workspace)
    job.write("new.yaml", BAD.replace("other", "third"))
    job.commit()
    job.write("good.yaml", GOOD.replace("settings", "good"))
    topic = job.commit()
    job.event = {"before": base}
    assert "1 finding from before the change" in job.run(changed_only="true").is_red().summary
    job.run(changed_only="false").is_red(2)
    job.event = {"before": "0" * 40}
    assert "the branch is new" in job.run(changed_only="true").is_red(2).log
    job.event = {"before": "1" * 40}
    job.run(changed_only="true").is_refused("fetch-depth: 0")
    job.variables["GITHUB_EVENT_NAME"] = "schedule"
    assert "everything counts" in job.run(changed_only="true").is_red(2).log
    job.variables["GITHUB_EVENT_NAME"], job.event = "merge_group", {"merge_group": {"base_sha": base}}
    job.run(changed_only="true").is_red()
    # A pull request: GitHub's merge of a base that went on, with and without the depth that it needs.
    sh("git", "checkout", "--quiet", "main", cwd=job.workspace)
    job.write("third.yaml", BAD.replace("other", "fourth"))
    job.commit()
    sh("git", "merge", "--quiet", "--no-ff", "topic", cwd=job.workspace)
    merge = sh("git", "rev-parse", "HEAD", cwd=job.workspace)
    origin = job.home / "origin"
    job.workspace.rename(origin)
    for depth in [1, 2]:
        shutil.rmtree(job.workspace, ignore_errors=True)
        sh("git", "clone", "--quiet", f"--depth={depth}", origin.as_uri(), job.workspace, cwd=job.home)
        job.variables.update({"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": merge})
        job.event = {"pull_request": {"base": {"sha": base}}}
        run = job.run(changed_only="true")
        if depth == 1:
            run.is_refused("fetch-depth: 2")
        else:
            run.is_red()
            assert "new.yaml" in run.log and "third.yaml" not in run.log, run
    # The pull request's own commit was checked out instead.
    shutil.rmtree(job.workspace)
    sh("git", "clone", "--quiet", "--branch=topic", origin.as_uri(), job.workspace, cwd=job.home)
    job.run(changed_only="true").is_red()
    assert topic == sh("git", "rev-parse", "HEAD", cwd=job.workspace)
    (job.workspace / ".git").rename(job.home / "git")
    job.run(changed_only="true").is_refused("actions/checkout has to come first")


def table(heading, rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in [heading, ["---"] * len(heading), *rows])


def documented(actionlint):
    """The page on the Action has its inputs and outputs, and workflows that are right."""
    file = ROOT / "docs/github-action.md"
    page = file.read_text()
    default = {"": "", "false": "`false`", ".": "`.`"}
    inputs = [[f"`{name}`", default.get(it["default"], f"`{it['default']}`"), it["description"]] for name, it in ACTION["inputs"].items()]
    outputs = [[f"`{name}`", it["description"]] for name, it in ACTION["outputs"].items()]
    fresh = page
    for name, text in [("inputs", table(["input", "default", ""], inputs)), ("outputs", table(["output", ""], outputs))]:
        fresh = re.sub(rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)", lambda it, text=text: it[1] + text + it[2], fresh)
    if fresh != page:
        if not os.environ.get("CI"):
            file.write_text(fresh)
        raise AssertionError("docs/github-action.md was stale; without CI in the environment it is now refreshed")
    for text in re.findall(r"(?s)```yaml\n(.*?)```", page):
        if text.startswith("- "):
            text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" + re.sub("(?m)^", "      ", text)
        subprocess.run([actionlint, "-"], input=text, text=True, check=True)
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("kubelint/kubelint@"):
                    assert step.get("with", {}).keys() <= ACTION["inputs"].keys(), step
        used = set(re.findall(r"steps\.kubelint\.outputs\.([a-z-]+)", text))
        assert used <= ACTION["outputs"].keys(), used


def main(kubelint, actionlint):
    documented(actionlint)
    kubelint = pathlib.Path(kubelint).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        windows = folder / "kubelint.exe"
        windows.symlink_to(kubelint)
        archives = folder / "archives"
        systems = ["x86_64-unknown-linux-musl", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"]
        for target in systems:
            # Every archive holds the program for this system, so that it can be run.
            binary = windows if "windows" in target else kubelint
            copy = folder / target / binary.name
            copy.parent.mkdir()
            shutil.copy(binary, copy)
            command = [sys.executable, ROOT / ".ci/archive.py", "--binary", copy, "--target", target, "--output", archives]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        Releases.latest = re.search(r"-v(\d+\.\d+\.\d+)-", next(archives.iterdir()).name)[1]
        Releases.files = {f"v{Releases.latest}/{it.name}": it.read_bytes() for it in archives.iterdir()}
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        jobs = iter(range(1000))

        def runner(system, files):
            return Runner(folder / f"job {next(jobs)}", server.server_port, files, system)

        for test in [
            red_and_green,
            inputs_reach_kubelint,
            reports,
            releases,
            nothing_unverified_runs,
            functools.partial(from_source, kubelint=kubelint),
            hostile,
            changes,
        ]:
            test(runner)
            print(f"{getattr(test, '__name__', 'from_source')}: ok", flush=True)
        print(f"the Action ran in {next(jobs)} jobs; kubelint has {hashlib.sha256(kubelint.read_bytes()).hexdigest()}")


main(*sys.argv[1:])
