use super::*;

/// What a script does: each command with its folder, and what becomes of its failure where that is not the end of the script.
fn shown(text: &str) -> Vec<String> {
    shown_with(text, false, &[])
}

fn outcome(text: &str, errexit: bool, others: &[(&str, &str)]) -> Outcome {
    let sourced = |path: &str| {
        let found = others.iter().find(|it| it.0 == path)?;
        Some(Text {
            file: FileId(1),
            path: found.0,
            text: found.1,
            places: Places::At(0),
            templates: &[],
        })
    };
    let options = Options {
        folder: &Folder::default(),
        errexit,
        pipefail: false,
        variables: &BTreeMap::new(),
        arguments: None,
        keeps_environment: false,
        template: &|_| Value::unknown(),
        sourced: &sourced,
    };
    let text = Text {
        file: FileId(0),
        path: "scripts/x.sh",
        text,
        places: Places::At(0),
        templates: &[],
    };
    read(&text, &options)
}

fn shown_with(text: &str, errexit: bool, others: &[(&str, &str)]) -> Vec<String> {
    let found = outcome(text, errexit, others);
    let runs = found.runs.iter().map(|it| {
        let words: Vec<String> = it.words.iter().map(|it| it.value.pattern()).collect();
        let from = match &it.folder {
            it if it.anchored => format!("/{}: ", it.segments.join("/")),
            it if it.by_end => format!("…/{}: ", it.segments.join("/")),
            it if it.segments.is_empty() => String::new(),
            it => format!("{}: ", it.segments.join("/")),
        };
        let fate = match it.fate {
            Fate::Ends => String::new(),
            fate => format!(" ({fate:?})"),
        };
        format!("{from}{}{fate}", words.join(" "))
    });
    runs.collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}");
}

#[test]
fn values() {
    for (text, expected) in [
        ("A=x; k $A ${A}y \"$A z\"", &["k x xy x z"][..]),
        ("k $B/x ${B:-y}/x", &["k */x y/x"]),
        ("B=; k ${B:-y} $B", &["k y"]),
        (
            "A=a.b.yaml; k ${A%.yaml} ${A##*.} ${A%%.*} ${A/b/c}",
            &["k a.b yaml a a.c.yaml"],
        ),
        (
            "A=(a \"b c\"); A+=(d); k \"${A[@]}\" ${A[1]}",
            &["k a b c d b c"],
        ),
        (
            "declare -A M=([a]=1 [b]=2); for k in \"${!M[@]}\"; do k $k ${M[$k]}; done",
            &["k a 1 (Unchecked)", "k b 2 (Unchecked)"],
        ),
        ("A='a b'; k $A", &["k a b"]),
        ("k x{a,b}.yaml {1..2}", &["k xa.yaml xb.yaml 1 2"]),
        ("if a; then X=1; else X=2; fi; k $X", &["a (Tested)", "k *"]),
        ("X=1; if a; then X=1; fi; k $X", &["a (Tested)", "k 1"]),
        ("X=1; [ -z \"$1\" ] || X=$1; k $X", &["k *"]),
        (
            "while a; do k $X; X=1; done; k $X",
            &["a (Tested)", "k * (Unchecked)", "k *"],
        ),
        (
            "i=0; for f in a b; do ((i++)); k $i; done",
            &["k * (Unchecked)", "k * (Unchecked)"],
        ),
        ("case $1 in a) X=1 ;; *) X=1 ;; esac; k $X", &["k 1"]),
        ("export A=b; k $(echo $A) $(date)", &["date", "k b *"]),
    ] {
        let expected: Vec<String> = expected
            .iter()
            .map(|it| it.replace(" (Ends)", ""))
            .collect();
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn folders() {
    for (text, expected) in [
        ("cd a; k; cd ..; l", &["a: k (Unchecked)", "l"][..]),
        ("(cd a && k); l", &["a: k (Unchecked)", "l"]),
        ("cd \"$(dirname \"$0\")\" && k", &["/scripts: k"]),
        (
            "DIR=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\" && pwd)\"; k $DIR/deploy",
            &["k */deploy"],
        ),
        ("R=$(git rev-parse --show-toplevel); cd $R/a; k", &["/a: k"]),
        ("pushd a; popd; k", &["k"]),
        ("cd $X; k", &["…/: k"]),
    ] {
        let goes = |it: &String| {
            ["cd ", "pushd", "popd"]
                .iter()
                .any(|word| it.contains(word))
        };
        let shown: Vec<String> = shown(text).into_iter().filter(|it| !goes(it)).collect();
        assert_eq!(shown, expected, "{text}");
    }
}

#[test]
fn functions_and_other_scripts() {
    check(
        "f() { k \"$1\" \"${2:-x}\"; }; f a; f b c",
        &["k a x (Unchecked)", "k b c"],
    );
    check(
        "f() { local X=$1; g $X; }; X=0; f 1; k $X",
        &["g 1 (Unchecked)", "k 0"],
    );
    check("f() { k \"$@\"; }", &["k *"]);
    check(
        "f() { k \"$1\" \"$2\" \"$3\"; }; f a \"$@\" b",
        &["k a * *"],
    );
    check("f() { k \"$1\" \"$2\"; }; set -- a b; f $@", &["k a b"]);
    check(
        "f() { case $2 in a | b) E=$2 ;; esac; k x/$E/y; }; f $@",
        &["k x/*/y"],
    );
    check("f() { f; }; f; k", &["k"]);
    check("[ -n \"$1\" ] && exit 1; k", &["k"]);
    let lib = [("scripts/lib.sh", "NS=prod\nf() { k -n $NS $1; }\n")];
    let text = "source \"$(dirname \"$0\")/lib.sh\"\nf x\n";
    assert_eq!(
        shown_with(text, false, &lib),
        ["source */scripts/lib.sh (Unchecked)", "k -n prod x"]
    );
    check(
        "bash -c \"cd a && kubectl apply\"",
        &[
            "cd a (Skips)",
            "a: kubectl apply",
            "bash -c cd a && kubectl apply",
        ],
    );
}

#[test]
fn fates() {
    for (text, expected) in [
        ("set -e\nb\nc", &["b", "c"][..]),
        ("b\nc", &["b (Unchecked)", "c"]),
        ("b || true\nc", &["b (Swallowed)", "c"]),
        ("b || exit 1\nc", &["b (Tested)", "c"]),
        ("b || echo no\nc", &["b (Printed)", "c"]),
        (
            "fail() { echo; exit 1; }; b || fail\nc",
            &["b (Tested)", "c"],
        ),
        ("warn() { echo no; }; b || warn\nc", &["b (Printed)", "c"]),
        ("b && c\nd", &["b (Skips)", "c (Unchecked)", "d"]),
        ("b && c || exit\nd", &["b (Tested)", "c (Tested)", "d"]),
        ("set -e; b | c; d", &["b (Piped)", "c", "d"]),
        ("set -eo pipefail; b | c; d", &["b", "c", "d"]),
        ("b; if [ $? -ne 0 ]; then exit 1; fi", &["b (Tested)"]),
        ("if b; then c; fi; d", &["b (Tested)", "c (Unchecked)", "d"]),
        ("if ! b; then echo no; fi; d", &["b (Printed)", "d"]),
        ("b & c", &["b (Background)", "c"]),
        ("trap 'exit 1' ERR; b; c", &["b", "c"]),
    ] {
        let commands = ["true", "echo"];
        let shown = shown(text).into_iter();
        let shown: Vec<String> = shown
            .filter(|it| !commands.iter().any(|command| it.starts_with(command)))
            .collect();
        assert_eq!(shown, expected, "{text}");
    }
    assert_eq!(shown_with("b\nc", true, &[]), ["b", "c"]);
}

#[test]
fn paths_that_are_made_and_asked_for() {
    let text = "mkdir -p out\ncat > out/a.yaml <<EOF\nx\nEOF\ngit clone https://x/y.git\ncurl -o b.yaml https://x\n[ -f c.yaml ] && k\n";
    let found = outcome(text, false, &[]);
    let paths: Vec<String> = found.made.iter().filter_map(|it| it.path.path()).collect();
    assert_eq!(paths, ["out", "out/a.yaml", "y", "b.yaml"]);
    let tested: Vec<String> = found.tested.iter().filter_map(Folder::path).collect();
    assert_eq!(tested, ["c.yaml"]);
}

#[test]
fn inputs() {
    let found = outcome(
        "cat <<EOF | kubectl apply -f -\nname: $X\nEOF\nenvsubst < a.yaml > /dev/null 2>&1",
        false,
        &[],
    );
    assert_eq!(
        found.runs[0]
            .text
            .as_ref()
            .map(|it| it.value.pattern())
            .as_deref(),
        Some("name: *\n")
    );
    assert_eq!(found.runs[0].pipeline, found.runs[1].pipeline);
    assert_eq!(found.runs[2].inputs[0].value.text, "a.yaml");
    assert!(found.runs[2].silent);
}

#[test]
fn values_know_where_they_are_written() {
    let text = "D=deploy/k8s\nkubectl apply -f $D/a.yaml\n";
    let found = outcome(text, false, &[]);
    let word = &found.runs[0].words[3];
    assert_eq!(word.value.text, "deploy/k8s/a.yaml");
    assert_eq!(word.range.of(text), "$D/a.yaml");
    assert_eq!(word.value.origins[0].range.of(text), "deploy/k8s");
}

#[test]
fn names_that_begin_with_an_underscore() {
    check(
        "_A=a\nB=b\nk $_A/$B.yaml ${_A}/$B x$_A-${B}c",
        &["k a/b.yaml a/b xa-bc"],
    );
}

#[test]
fn places_in_pieces() {
    let options = Options {
        folder: &Folder::root(),
        errexit: true,
        pipefail: false,
        variables: &BTreeMap::new(),
        arguments: None,
        keeps_environment: false,
        template: &|it| Value::from(it.trim_matches(['{', '}', ' '])),
        sourced: &|_| None,
    };
    let text = Text {
        file: FileId(0),
        path: "x",
        text: "k a\n{{ b }}\n",
        places: Places::Pieces(&[(0, 10), (4, 20)]),
        templates: &[TextRange::new(4, 11)],
    };
    let found = read(&text, &options);
    assert_eq!(found.runs[1].words[0].value.text, "b");
    assert_eq!(found.runs[1].range, TextRange::new(20, 27));
}

#[test]
fn hostile_scripts() {
    for text in [
        "f() { f; f; }; f",
        "for a in 1 2 3 4 5 6 7 8; do for b in 1 2 3 4 5 6 7 8; do for c in 1 2 3 4 5 6 7 8; do for d in 1 2 3 4 5 6 7 8; do for e in 1 2 3 4 5 6 7 8; do k; done; done; done; done; done",
        "A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; for i in 1 2 3 4 5 6 7 8 9; do A=$A$A$A$A; done; k $A",
        "k {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        "eval \"eval \\\"eval x kubectl \\\"\"",
        "source x.sh",
        "shift; shift 99; set -- a; shift 5; k $1",
    ] {
        let found = outcome(text, false, &[("x.sh", "source x.sh")]);
        assert!(found.runs.len() <= 5_000);
    }
    let many = "if a; then X=1; fi\n".repeat(5_000);
    outcome(&many, false, &[]);
}

#[test]
fn branches_that_are_not_taken_are_told() {
    let skipped = |text: &str| {
        let runs = outcome(text, false, &[]).runs;
        let skipped = runs.iter().filter(|it| it.skipped);
        skipped
            .map(|it| it.words[0].value.pattern())
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (text, expected) in [
        ("A=x; if [ $A = x ]; then k; else l; fi; m", "l"),
        (
            "A=x; if [ \"$A\" != x ]; then k; elif [ $A == y ]; then l; else m; fi",
            "k l",
        ),
        (
            "for A in x y; do [[ $A = x ]] && k; [[ $A = x ]] || l; done",
            "l k",
        ),
        ("A=x; case $A in x|z) k;; y) l;; *) m;; esac", "l m"),
        ("A=x; case $A in x*) k;; y) l;; *) m;; esac", "l"),
        // Somebody may set these.
        ("if [ $A = x ]; then k; else l; fi", ""),
        ("if [ ${A:-x} = x ]; then k; else l; fi", ""),
        ("A=$(cat x); if [ $A = x ]; then k; else l; fi", ""),
        (
            "A=x; if [ $1 ]; then A=y; fi; if [ $A = x ]; then k; else l; fi",
            "",
        ),
        ("A=x; if [[ $A = ?* ]]; then k; else l; fi", ""),
        ("A=x; [ $A = y ] && k || l; [ $A = y ] && k && l", "k k"),
    ] {
        assert_eq!(skipped(text), expected, "{text}");
    }
}
