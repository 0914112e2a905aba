"""Reads what kubelint writes with the readers that others use: libxml2 with the schema of Jenkins, junitparser, GitHub's own renderer of
Markdown, and the JavaScript engine that GitHub's runner matches problems with.

usage: read-formats.py KUBELINT SCRATCH
"""

import json
import pathlib
import re
import subprocess
import sys

import cmarkgfm
import junitparser
from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parent.parent
FORMATS = ["concise", "json", "sarif", "github", "gitlab", "junit", "markdown"]
HOSTILE = [
    "</failure>]]><x y=\"&#27;&lt;\">",
    "</details></li></ul><img src=x onerror=alert(1)><script>",
    "`![x](https://a.example/y) [z](https://a.example/w) <https://a.example/v> @octocat #1 `",
    "https://a.example www.a.example a@a.example |x| ~~y~~ **z** __u__",
    "\u001b[31m \u202e \u200b \u2028 \u0085 \ufffe \uffff \r\n::error::x",
]
MATCH = """
const [matchers, log] = process.argv.slice(1).map(it => require('fs').readFileSync(it, 'utf8'));
const patterns = JSON.parse(matchers).problemMatcher.map(it => [it, it.pattern[0]]);
const found = [];
for (const line of log.split('\\n')) {
  for (const [matcher, pattern] of patterns) {
    const match = new RegExp(pattern.regexp).exec(line);
    if (match === null) continue;
    const of = name => match[pattern[name]];
    found.push([of('file'), +of('line'), +of('column'), of('severity') ?? matcher.severity, of('code'), of('message')]);
  }
}
console.log(JSON.stringify(found));
"""


def hostile_tree(folder):
    (folder / ".git").mkdir(parents=True)
    for number, text in enumerate(HOSTILE):
        name = json.dumps(f"{text}{number}")
        pod = f"spec: {{containers: [{{name: {name}, image: {name}, ports: [{{containerPort: 0}}]}}]}}"
        (folder / f"{number}.yaml").write_text(
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n{pod}\n"
            f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
            f"spec: {{selector: {{app: {name}}}, ports: [{{port: 80, targetPort: {name}}}]}}\n"
        )
        file = text.translate({ord("/"): "\u2215", ord("\n"): " ", ord("\r"): " "})
        (folder / f"{file}.yaml").write_text("a: [\n")


def check(kubelint, folder, reports, *paths):
    reports.mkdir()
    arguments = [f"--report={it}={reports / it}" for it in FORMATS]
    command = [kubelint, "check", "--quiet", "--min-confidence", "low", *arguments, *paths]
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    assert ran.returncode == 1, ran
    return json.loads((reports / "json").read_text())


def read_junit(file, report):
    schema = etree.XMLSchema(file=str(ROOT / "testdata/schemas/junit-10.xsd"))
    schema.assertValid(etree.parse(str(file)))
    suites = junitparser.JUnitXml.fromfile(str(file))
    groups = {it["group"] for it in report["findings"] if it["state"] == "active" and not it["explainedBy"]}
    assert suites.tests == len(groups) + 1, (suites.tests, len(groups))
    cases = [case for suite in suites for case in suite]
    assert sum(suite.failures for suite in suites) == report["summary"]["error"]
    assert len({(it.classname, it.name) for it in cases}) == len(cases)


def read_markdown(file):
    html = cmarkgfm.github_flavored_markdown_to_html(file.read_text(), cmarkgfm.Options.CMARK_OPT_UNSAFE)
    outside = re.sub(r"<code>.*?</code>", "", html)
    tags = set(re.findall(r"<[^>]*>", outside))
    plain = {f"<{end}{tag}>" for tag in ("h2", "h3", "ul", "li", "p", "strong") for end in ("", "/")}
    page = re.compile(r'<a href="https://github\.com/kubelint/kubelint/blob/main/rules/[a-z0-9/-]+\.md">|</a>|<br />')
    odd = [it for it in tags - plain if not page.fullmatch(it)]
    assert not odd, odd
    assert "@" not in outside, outside


def read_problems(folder, report):
    matchers = ROOT / "docs/problem-matcher.json"
    ran = subprocess.run(["node", "-e", MATCH, matchers, folder / "concise"], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    firsts = {}
    for it in report["findings"]:
        if it["state"] == "active" and not it["explainedBy"]:
            firsts.setdefault(it["group"], []).append(it)
    assert len(found) == len(firsts), (len(found), len(firsts))
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    known = {
        (it["primary"]["start"]["line"], it["primary"]["start"]["column"], levels[it["severity"]], it["rule"])
        for its in firsts.values()
        for it in its
    }
    assert {tuple(it[1:5]) for it in found} <= known, found


def main(kubelint, scratch):
    scratch = pathlib.Path(scratch)
    hostile_tree(scratch / "hostile")
    for name, folder, paths in [
        ("shop", ROOT, ["examples/shop"]),
        ("hostile", scratch / "hostile", []),
    ]:
        reports = scratch / f"{name}-reports"
        report = check(kubelint, folder, reports, *paths)
        assert len(report["findings"]) >= 4, report
        read_junit(reports / "junit", report)
        read_markdown(reports / "markdown")
        read_problems(reports, report)
        print(f"{name}: {len(report['findings'])} findings read in every format")


main(*sys.argv[1:])
