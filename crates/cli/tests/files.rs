//! Which files are read, and which never.

use crate::tree::{BAD, Tree, bad};

#[test]
fn what_git_ignores_and_tools_make_is_passed_over() {
    let tree = Tree::repository([
        ("app.yaml", &*bad("a")),
        (".github/app.yaml", &*bad("b")),
        (".hidden.yaml", &*bad("c")),
        ("out/app.yaml", &*bad("d")),
        ("out/kept.yaml", &*bad("e")),
        ("made.yaml", &*bad("f")),
        (".gitignore", "/out/*\n!/out/kept.yaml\n"),
        (".git/info/exclude", "made.yaml\n"),
        (".git/app.yaml", &*bad("g")),
        ("node_modules/p/app.yaml", &*bad("h")),
        ("vendor/p/app.yaml", &*bad("i")),
        ("target/app.yaml", &*bad("j")),
    ]);
    let found = |args: &[&str]| {
        let args: Vec<_> = args.iter().chain(&["--select", "image"]).copied().collect();
        let found = tree.check(&args).found();
        let paths = found
            .iter()
            .map(|it| it.split_once(':').unwrap().0.to_owned());
        paths.collect::<Vec<_>>()
    };
    let usual = [
        ".github/app.yaml",
        ".hidden.yaml",
        "app.yaml",
        "out/kept.yaml",
    ];
    assert_eq!(found(&[]), usual);
    // What is named is checked, whatever git or its folder's name say.
    assert_eq!(found(&["out"]), ["out/kept.yaml"]);
    assert_eq!(
        found(&["out/app.yaml", "made.yaml"]),
        ["made.yaml", "out/app.yaml"]
    );
    assert_eq!(found(&["vendor"]), ["vendor/p/app.yaml"]);
    assert_eq!(found(&["target/app.yaml"]), ["target/app.yaml"]);
    tree.write(".gitignore", "/out/\n");
    assert_eq!(found(&["out"]), ["out/app.yaml", "out/kept.yaml"]);
    let git = tree.check(&[".git/app.yaml"]);
    git.fails("kubelint: error: .git/app.yaml is one of git's own files, which are not read\n");
}

#[test]
fn a_named_file_is_read_whatever_it_is_called() {
    let tree = Tree::repository([("manifest.txt", BAD), ("no-extension", &*bad("web"))]);
    assert_eq!(tree.check(&["--select", "image"]).found(), [""; 0]);
    let run = tree.check(&["manifest.txt", "no-extension", "--select", "image"]);
    assert_eq!(
        run.found(),
        [
            "manifest.txt:7 mini/floating-tag",
            "no-extension:7 mini/floating-tag"
        ]
    );
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use crate::tree::{BAD, GOOD, Tree, bad, finish, is_root};

    #[test]
    fn links_inside_the_root_are_read_once() {
        let tree = Tree::repository([("base/app.yaml", BAD), ("prod/other.yaml", GOOD)]);
        symlink("../base/app.yaml", tree.path.join("prod/app.yaml")).unwrap();
        symlink("app.yaml", tree.path.join("base/again.yaml")).unwrap();
        symlink(
            tree.path.join("base/app.yaml"),
            tree.path.join("absolute.yaml"),
        )
        .unwrap();
        symlink("../base", tree.path.join("prod/base")).unwrap();
        symlink("..", tree.path.join("prod/loop")).unwrap();
        let once = ["base/app.yaml:7 mini/floating-tag"];
        for path in [
            ".",
            "base",
            "prod",
            "prod/app.yaml",
            "absolute.yaml",
            "prod/base",
            "prod/base/app.yaml",
        ] {
            assert_eq!(
                tree.check(&[path, "--select", "image"]).found(),
                once,
                "{path}"
            );
        }
        tree.check(&["--show-files", "prod"]).holds(
            0,
            &[
                "prod/app.yaml: left out: a link to base/app.yaml, which is read at its own place\n",
                "prod/base: left out: a link to the folder base, which is searched at its own place\n",
                "prod/loop: left out: a link to the root\n",
            ],
        );
    }

    #[test]
    fn links_out_of_the_root_are_not_followed() {
        let outside = Tree::bare([("secret.yaml", BAD)]);
        let tree = Tree::repository([("deploy/app.yaml", GOOD)]);
        symlink(
            outside.path.join("secret.yaml"),
            tree.path.join("deploy/a.yaml"),
        )
        .unwrap();
        symlink(&outside.path, tree.path.join("deploy/folder")).unwrap();
        tree.check(&[]).prints(
            0,
            "note: deploy/a.yaml, deploy/folder lead out of the root and are not followed\n",
        );
        let root = tree.path.display();
        tree.check(&["deploy/a.yaml", "deploy/folder"]).fails(&format!(
            "kubelint: error: deploy/a.yaml is a link that leads out of the root {root}; it is not followed\n\
             kubelint: error: deploy/folder is a link that leads out of the root {root}; it is not followed\n"
        ));
        for name in ["b", "c", "d"] {
            symlink("/etc", tree.path.join("deploy").join(name)).unwrap();
        }
        tree.check(&[]).holds(
            0,
            &["deploy/a.yaml, deploy/b, deploy/c and 2 more lead out of the root"],
        );
    }

    #[test]
    fn a_link_is_no_way_into_git_s_own_files() {
        let tree = Tree::repository([(".git/config", BAD), ("app.yaml", GOOD)]);
        symlink(".git/config", tree.path.join("config.yaml")).unwrap();
        tree.check(&[]).prints(0, "");
        tree.check(&["config.yaml"])
            .fails("kubelint: error: config.yaml is one of git's own files, which are not read\n");
    }

    #[test]
    fn broken_links_and_loops_are_told() {
        let tree = Tree::repository([("app.yaml", GOOD)]);
        symlink("nowhere.yaml", tree.path.join("broken.yaml")).unwrap();
        symlink("nowhere", tree.path.join("broken-too")).unwrap();
        symlink("loop.yaml", tree.path.join("loop.yaml")).unwrap();
        tree.check(&[])
            .prints(0, "note: broken.yaml, loop.yaml are links to nothing\n");
        tree.check(&["broken.yaml"])
            .fails("kubelint: error: broken.yaml is a link to something that does not exist\n");
        let run = tree.check(&["loop.yaml"]);
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains("cannot read loop.yaml: "), "{run:?}");
    }

    #[test]
    fn pipes_sockets_and_devices_are_never_opened() {
        let tree = Tree::repository([("app.yaml", GOOD)]);
        let pipe = tree.path.join("pipe.yaml");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let _socket =
            std::os::unix::net::UnixListener::bind(tree.path.join("socket.yaml")).unwrap();
        tree.check(&[]).prints(
            0,
            "note: pipe.yaml, socket.yaml are not files and are not read\n",
        );
        tree.check(&["pipe.yaml"])
            .fails("kubelint: error: pipe.yaml is a named pipe, which is not read; standard input is `-`\n");
        tree.check(&["/dev/zero"]).fails(
            "kubelint: error: /dev/zero is a device, which is not read; standard input is `-`\n",
        );
        tree.check(&["--config", "pipe.yaml"])
            .fails("kubelint: error: cannot read pipe.yaml: it is a named pipe, not a file\n");
        assert!(
            Command::new("mkfifo")
                .arg(tree.path.join("kubelint.yaml"))
                .status()
                .unwrap()
                .success()
        );
        tree.check(&[])
            .fails("kubelint: error: cannot read kubelint.yaml: it is a named pipe, not a file\n");
        fs::remove_file(tree.path.join("kubelint.yaml")).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(tree.path.join(".gitignore"))
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(tree.check(&[]).status, Some(0));
    }

    #[test]
    fn what_cannot_be_read_is_a_problem_of_the_run() {
        if is_root() {
            return;
        }
        let tree = Tree::repository([
            ("app.yaml", BAD),
            ("locked.yaml", BAD),
            ("folder/app.yaml", BAD),
        ]);
        for path in ["locked.yaml", "folder"] {
            fs::set_permissions(tree.path.join(path), fs::Permissions::from_mode(0o000)).unwrap();
        }
        let run = tree.check(&["--select", "image"]);
        fs::set_permissions(tree.path.join("folder"), fs::Permissions::from_mode(0o755)).unwrap();
        run.holds(
            2,
            &[
                "app.yaml:7:85: error[mini/floating-tag]",
                "locked.yaml: problem: ",
                "folder: problem: cannot be read: permission denied\n",
            ],
        );
    }

    #[test]
    fn names_are_shown_and_never_obeyed() {
        let tree = Tree::repository([
            ("new\nline.yaml", &*bad("a")),
            ("esc\u{1b}[31m.yaml", &*bad("b")),
            ("sp ace.yaml", &*bad("c")),
        ]);
        fs::write(tree.path.join(OsStr::from_bytes(b"caf\xe9.yaml")), bad("d")).unwrap();
        fs::write(tree.path.join(OsStr::from_bytes(b"caf\xe8.yaml")), bad("e")).unwrap();
        let run = tree.check(&["--select", "image"]);
        assert_eq!(
            run.found(),
            [
                "caf\\xE8.yaml:7 mini/floating-tag",
                "caf\\xE9.yaml:7 mini/floating-tag",
                "esc\\x1b[31m.yaml:7 mini/floating-tag",
                "new\\nline.yaml:7 mini/floating-tag",
                "sp ace.yaml:7 mini/floating-tag",
            ]
        );
        for format in ["human", "json", "sarif", "github"] {
            let run = tree.check(&["--format", format]);
            assert_eq!(run.status, Some(1), "{run:?}");
            assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
        }
        let mut command = tree.check_command("", &["--select", "image"]);
        let run = finish(command.arg(OsStr::from_bytes(b"caf\xe9.yaml")));
        assert_eq!(run.found(), ["caf\\xE9.yaml:7 mini/floating-tag"]);
        let run = finish(
            tree.check_command("", &[])
                .arg(OsStr::from_bytes(b"x\xff\x1b")),
        );
        run.fails("kubelint: error: x\\xFF\\x1b does not exist\n");
    }
}
