//! What commands do to files: those of a Dockerfile's `RUN`, and those that run before a server starts. Only what writes is of interest, and
//! what is not understood counts as a change.

use std::collections::BTreeSet;

use super::super::build::absolute;

/// What commands change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Whether they may change anything.
    pub(super) all: bool,
    /// Files and folders that hold something else afterwards: absolute paths.
    pub(super) written: BTreeSet<String>,
    /// Files and folders that are removed: absolute paths, or patterns.
    pub(super) removed: BTreeSet<String>,
    /// Files that are made of others.
    pub(super) made: Vec<Made>,
    /// Scripts that are run, by their absolute paths.
    pub(super) scripts: Vec<String>,
    /// Whether something else is started that may stay and listen.
    pub(super) starts_others: bool,
    /// The commands that start servers of the web: their words.
    pub(super) servers: Vec<Vec<String>>,
}

/// A file that a command makes of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) from: String,
    pub(super) to: String,
    /// Whether variables of the environment are replaced on the way (`envsubst`).
    pub(super) is_template: bool,
}

/// More commands of one text are not looked at.
const MOST_COMMANDS: usize = 2_000;

/// Commands that change no file's content, and end.
const HARMLESS: [&str; 46] = [
    ":", "[", "[[", "addgroup", "adduser", "apk", "apt", "apt-get", "cd", "chgrp", "chmod",
    "chown", "date", "dnf", "echo", "env", "exit", "export", "false", "find", "getent", "groupadd",
    "grep", "groupmod", "head", "ls", "microdnf", "mkdir", "npm", "pnpm", "printenv", "printf",
    "pwd", "set", "setcap", "shift", "sleep", "test", "touch", "true", "umask", "useradd",
    "usermod", "wait", "yarn", "yum",
];

/// Words that a command may follow.
const BEFORE: [&str; 12] = [
    "!", "do", "elif", "else", "exec", "if", "sudo", "then", "time", "until", "while", "command",
];

/// Words of the shell that are no commands.
const SHELL: [&str; 7] = ["case", "done", "esac", "fi", "for", "in", "function"];

/// Commands that read their arguments and write only where they are told by `>`.
const READERS: [&str; 8] = ["awk", "cat", "cut", "jq", "sort", "tr", "uniq", "envsubst"];

/// What is run to serve.
const SERVERS: [&str; 4] = ["nginx", "nginx-debug", "openresty", "caddy"];

/// A command of a text.
#[derive(Debug, Default)]
struct Command {
    words: Vec<String>,
    /// What it reads by `<`.
    input: Option<String>,
    /// What it writes by `>`.
    outputs: Vec<String>,
    /// Whether another one gives it what it reads.
    is_piped: bool,
    is_background: bool,
}

/// What the commands of `text` change that start in `folder`.
pub(super) fn changes(text: &str, folder: &str) -> Changes {
    let mut found = Changes::default();
    let commands = commands(text);
    found.all = commands.len() >= MOST_COMMANDS;
    let mut folder = folder.to_owned();
    for command in &commands {
        found.command(command, &mut folder);
    }
    found
}

impl Changes {
    /// Whether the file at `path` may hold something else afterwards.
    pub(super) fn touches(&self, path: &str) -> bool {
        self.all || self.written.iter().any(|it| is_below(path, it))
    }

    /// Whether a file of that path is removed.
    pub(super) fn removes(&self, path: &str) -> bool {
        self.removed.iter().any(|it| {
            let is_match = match it.rsplit_once('/') {
                Some((folder, name)) if name.contains(['*', '?', '[']) => path
                    .strip_prefix(folder)
                    .and_then(|it| it.strip_prefix('/'))
                    .and_then(|it| it.split('/').next())
                    .is_some_and(|it| crate::dockerfile::matches_part(name, it)),
                _ => false,
            };
            is_match || is_below(path, it)
        })
    }

    /// Adds what others change.
    pub(super) fn add(&mut self, other: Self) {
        self.all |= other.all;
        self.starts_others |= other.starts_others;
        self.written.extend(other.written);
        self.removed.extend(other.removed);
        self.made.extend(other.made);
        self.scripts.extend(other.scripts);
        self.servers.extend(other.servers);
    }

    fn command(&mut self, command: &Command, folder: &mut String) {
        let words = skip_before(&command.words);
        let name = words.first().map_or("", |it| file_name(it));
        let arguments = words.get(1..).unwrap_or_default();
        let plain: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
        let made = match (name, command.outputs.as_slice(), &command.input) {
            ("envsubst", [to], Some(from)) => Some((from, to, true)),
            ("cat", [to], None) if plain.len() == 1 => Some((plain[0], to, false)),
            ("cp" | "mv", [], None) if plain.len() == 2 => Some((plain[0], plain[1], false)),
            _ => None,
        };
        if let Some((from, to, is_template)) = made.filter(|it| is_fixed(it.0) && is_fixed(it.1)) {
            let from = absolute(folder, from);
            let is_folder = to.ends_with('/');
            let mut to = absolute(folder, to);
            if is_folder {
                to = format!("{to}/{}", file_name(&from));
            }
            if name == "mv" {
                self.removed.insert(from.clone());
            }
            self.written.insert(to.clone());
            self.made.push(Made {
                from,
                to,
                is_template,
            });
            return;
        }
        for output in &command.outputs {
            self.writes(output, folder);
        }
        self.starts_others |= command.is_background;
        match name {
            "cd" => {
                if let Some(to) = plain.first().filter(|it| is_fixed(it)) {
                    *folder = absolute(folder, to);
                }
            }
            "rm" | "unlink" => {
                for it in plain.iter().filter(|it| is_fixed(it)) {
                    self.removed.insert(absolute(folder, it));
                }
            }
            "ln" => {
                if let Some(it) = plain.last() {
                    self.writes(it, folder);
                }
            }
            "sh" | "bash" | "ash" | "." | "source" => match plain.first() {
                Some(it) if is_fixed(it) => self.scripts.push(absolute(folder, it)),
                _ => self.all = true,
            },
            "sed" | "perl" if !arguments.iter().any(|it| is_in_place(it)) => {}
            "find" if arguments.iter().any(|it| it == "-exec" || it == "-delete") => {
                self.arguments(&plain, folder);
            }
            it if SERVERS.contains(&it) => {
                // To test the configuration, or to tell one that runs.
                let serves = !arguments
                    .iter()
                    .any(|it| matches!(it.as_str(), "-s" | "-t" | "-T"));
                self.servers.extend(serves.then(|| words.to_vec()));
            }
            it if SHELL.contains(&it) || HARMLESS.contains(&it) || READERS.contains(&it) => {}
            it if it.strip_suffix(".sh").is_some() => {
                let first = &words[0];
                if is_fixed(first) && first.contains('/') {
                    self.scripts.push(absolute(folder, first));
                } else {
                    self.all = true;
                }
            }
            "" => {}
            it if it.contains('=') => {}
            "sed" | "perl" => {
                let is_path = |it: &&&String| {
                    let second = it.as_bytes().get(1).copied().unwrap_or_default();
                    !(it.starts_with(['s', 'y']) && second.is_ascii_punctuation())
                };
                let paths: Vec<&String> = plain.iter().filter(is_path).copied().collect();
                self.arguments(&paths, folder);
            }
            "cp" | "mv" | "tee" | "install" | "dd" | "tar" | "unzip" | "curl" | "wget"
            | "rsync" | "truncate" | "patch" => self.arguments(&plain, folder),
            _ => {
                self.starts_others = true;
                self.arguments(&plain, folder);
            }
        }
    }

    /// Whatever a command is told may be what it changes.
    fn arguments(&mut self, words: &[&String], folder: &str) {
        for it in words {
            self.writes(it, folder);
        }
    }

    fn writes(&mut self, word: &str, folder: &str) {
        let is_page = [".js", ".html", ".json", ".css", ".txt"]
            .iter()
            .any(|it| word.ends_with(it));
        if word.is_empty() || is_page || word.starts_with("/dev/") || word.contains("://") {
            return;
        }
        if !is_fixed(word) {
            let is_path = word.starts_with(['/', '.', '$']) && !word.contains([' ', '|']);
            self.all |= is_path;
            return;
        }
        // An expression of `sed` is no path.
        if word.contains([' ', '\\', '(', '{', ',', ';', '|', '\n']) {
            return;
        }
        let path = absolute(folder, word);
        let folder_of_pattern = path.find(['*', '?', '[']).map(|at| {
            path[..at]
                .rsplit_once('/')
                .map_or("/", |it| it.0)
                .to_owned()
        });
        self.written.insert(folder_of_pattern.unwrap_or(path));
    }
}

fn is_in_place(word: &str) -> bool {
    let is_short = word.starts_with('-') && !word.starts_with("--");
    (is_short && word.contains('i')) || word.starts_with("--in-place")
}

/// Whether no variable or command stands in a word.
fn is_fixed(word: &str) -> bool {
    !word.contains(['$', '`'])
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether `path` is `above` or lies below it.
fn is_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    path.strip_prefix(above)
        .is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

fn skip_before(words: &[String]) -> &[String] {
    let is_set = |it: &str| {
        let name = it.split('=').next().unwrap_or_default();
        it.contains('=')
            && !name.is_empty()
            && name
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    let count = words
        .iter()
        .take_while(|it| BEFORE.contains(&it.as_str()) || is_set(it))
        .count();
    &words[count..]
}

/// The commands of a text, one behind the other, whatever decides which of them run.
fn commands(text: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut current = Command::default();
    let mut rest = text.chars().peekable();
    // Where the next word goes to: `<` or `>`.
    let mut redirect = None;
    while let Some(&it) = rest.peek() {
        if found.len() >= MOST_COMMANDS {
            break;
        }
        match it {
            '\\' => {
                rest.next();
                if rest.peek() == Some(&'\n') {
                    rest.next();
                } else {
                    let word = word(&mut rest, "\\");
                    place(word, &mut current, &mut redirect);
                }
            }
            '#' => while rest.next_if(|it| *it != '\n').is_some() {},
            ' ' | '\t' | '\r' => {
                rest.next();
            }
            ';' | '\n' | '&' | '|' | '(' | ')' | '{' | '}' => {
                rest.next();
                let is_double = rest.next_if_eq(&it).is_some();
                if it == '&' && rest.peek() == Some(&'>') {
                    continue;
                }
                let mut ended = std::mem::take(&mut current);
                ended.is_background = it == '&' && !is_double;
                current.is_piped = it == '|' && !is_double;
                redirect = None;
                if !ended.words.is_empty() || !ended.outputs.is_empty() {
                    found.push(ended);
                }
            }
            '<' | '>' => {
                rest.next();
                while rest
                    .next_if(|next| matches!(next, '<' | '>' | '|'))
                    .is_some()
                {}
                if rest.next_if_eq(&'&').is_some() {
                    // `2>&1`: no file.
                    while rest
                        .next_if(|it| it.is_ascii_digit() || *it == '-')
                        .is_some()
                    {}
                } else {
                    redirect = Some(it);
                }
            }
            _ => {
                let word = word(&mut rest, "");
                // The number of what is redirected.
                let is_number = word.bytes().all(|it| it.is_ascii_digit());
                if !(is_number && matches!(rest.peek(), Some('<' | '>'))) {
                    place(word, &mut current, &mut redirect);
                }
            }
        }
    }
    if !current.words.is_empty() || !current.outputs.is_empty() {
        found.push(current);
    }
    for it in &mut found {
        if it.is_piped {
            it.input = None;
        }
    }
    found
}

fn place(word: String, command: &mut Command, redirect: &mut Option<char>) {
    match redirect.take() {
        Some('<') => command.input = Some(word),
        Some(_) => command.outputs.push(word),
        None => command.words.push(word),
    }
}

/// A word without its quotes; `$` stays where it is.
fn word(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, start: &str) -> String {
    let mut word = start.to_owned();
    let mut quote = None;
    while let Some(&it) = rest.peek() {
        match (quote, it) {
            (Some(open), it) if it == open => quote = None,
            (None, '"' | '\'') => quote = Some(it),
            (None, '$') => {
                word.push(it);
                rest.next();
                if let Some(brace) = rest.next_if(|it| matches!(it, '{' | '(')) {
                    word.push(brace);
                    let end = if brace == '{' { '}' } else { ')' };
                    for it in rest.by_ref() {
                        word.push(it);
                        if it == end {
                            break;
                        }
                    }
                }
                continue;
            }
            (None, ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')') => break,
            (None, '\\') => {
                rest.next();
                word.extend(rest.peek());
            }
            (_, it) => word.push(it),
        }
        rest.next();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = changes(text, "/app");
        let mut words: Vec<String> = Vec::new();
        words.extend(found.all.then(|| "all".to_owned()));
        words.extend(found.starts_others.then(|| "others".to_owned()));
        words.extend(found.removed.iter().map(|it| format!("-{it}")));
        let made = found.made.iter();
        words.extend(made.map(|it| {
            let mark = if it.is_template { "$" } else { "" };
            format!("{}>{mark}{}", it.from, it.to)
        }));
        let is_made = |path: &String| found.made.iter().any(|it| it.to == *path);
        words.extend(found.written.iter().filter(|it| !is_made(it)).cloned());
        words.extend(found.scripts.iter().map(|it| format!("run {it}")));
        assert_eq!(words.join(" "), expected, "{text}");
    }

    #[test]
    fn what_commands_change() {
        for (text, expected) in [
            (
                "rm /etc/nginx/conf.d/default.conf",
                "-/etc/nginx/conf.d/default.conf",
            ),
            (
                "rm -rf /etc/nginx/conf.d/* && mkdir -p /x",
                "-/etc/nginx/conf.d/*",
            ),
            (
                "sed -i 's/80/8080/' /etc/nginx/conf.d/default.conf",
                "/etc/nginx/conf.d/default.conf",
            ),
            ("sed -i -e \"s,a,b,\" nginx.conf", "/app/nginx.conf"),
            (
                "chown -R nginx:nginx /etc/nginx && chmod 644 /etc/nginx/nginx.conf",
                "",
            ),
            (
                "echo 'listen 80;' > /etc/nginx/conf.d/a.conf 2>&1",
                "/etc/nginx/conf.d/a.conf",
            ),
            (
                "ln -sf /dev/stdout /var/log/nginx/access.log",
                "/var/log/nginx/access.log",
            ),
            (
                "envsubst '$PORT' < /a.template > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'",
                "/a.template>$/etc/nginx/conf.d/default.conf",
            ),
            ("cat a.conf | envsubst > /b.conf; nginx", "/b.conf"),
            (
                "cp a.conf /etc/nginx/conf.d/",
                "/app/a.conf>/etc/nginx/conf.d/a.conf",
            ),
            ("echo \"x\" > $CONF", "all"),
            (
                "envsubst < a.js.tpl > /usr/share/nginx/html/env.js",
                "/app/a.js.tpl>$/usr/share/nginx/html/env.js",
            ),
            ("apk add --no-cache nginx", ""),
            (
                "/docker/env.sh && nginx -g 'daemon off;'",
                "run /docker/env.sh",
            ),
            ("php-fpm -D; nginx", "others"),
            ("node server.js & nginx", "others /app/server"),
            ("if [ -n \"$X\" ]; then rm /a; fi", "-/a"),
            (
                "cd /etc/nginx && sed -i 's/a/b/' nginx.conf",
                "/etc/nginx/nginx.conf",
            ),
            ("FOO=1 BAR=2 nginx", ""),
            ("tar -xzf x.tgz -C /", "/ /app/x.tgz"),
        ] {
            let expected = expected.replace("others /app/server", "others");
            check(text, &expected);
        }
    }

    #[test]
    fn what_is_removed() {
        let found = changes("rm -f /etc/nginx/conf.d/* /etc/nginx/sites-enabled", "/");
        for (path, expected) in [
            ("/etc/nginx/conf.d/default.conf", true),
            ("/etc/nginx/sites-enabled/default", true),
            ("/etc/nginx/nginx.conf", false),
        ] {
            assert_eq!(found.removes(path), expected, "{path}");
        }
    }
}
