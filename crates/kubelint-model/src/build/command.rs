//! What one command does with images: docker and its kin build, tag and push them; tools of local clusters load them.

use kubelint_parser::TextRange;

use super::{
    BuildArg, BuildStep, Builder, BuiltName, ImageAct, ImageStep, ImageSteps, Place, StepPath,
    UNKNOWN_IMAGE, pattern,
};

/// A word of a command.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// Its value; `*` stands for what is not known.
    pub text: &'a str,
    /// Where it is written.
    pub range: TextRange,
}

/// Flags of `build` that take the next word for their value, in docker, buildx, podman, buildah and nerdctl.
const BUILD_VALUES: &str = "--add-host --allow --annotation --arch --attest --authfile --build-arg --build-arg-file \
    --build-context --builder --cache-from --cache-to --cache-ttl --call --cap-add --cap-drop --cert-dir \
    --cgroup-parent --cgroupns --cpp-flag --cpu-period --cpu-quota --cpu-shares --cpuset-cpus --cpuset-mems \
    --creds --decryption-key --device --dns --dns-option --dns-search --env --file --format --from --group-add \
    --hooks-dir --ignorefile --iidfile --ipc --isolation --jobs --label --layer-label --logfile --manifest \
    --memory --memory-swap --metadata-file --network --no-cache-filter --os --os-feature --os-version --output \
    --pid --platform --progress --retry --retry-delay --runtime --runtime-flag --sbom-output --secret \
    --security-opt --shm-size --sign-by --ssh --tag --target --timestamp --ulimit --unsetenv --unsetlabel \
    --userns --uts --variant --volume -c -f -m -o -t -v";

/// Flags before the verb that take the next word for their value.
const GLOBAL_VALUES: &str = "--address --cgroup-manager --config --connection --context --host --identity --log-level \
    --module --namespace --profile --root --runroot --storage-driver --storage-opt --tlscacert --tlscert --tlskey \
    --url -H -a -c -l -n -p";

/// What one command, cut into words, does with images.
pub fn command(words: &[Word<'_>], place: &Place<'_>) -> ImageSteps {
    let Some((first, rest)) = words.split_first() else {
        return ImageSteps::default();
    };
    let reader = Reader {
        place,
        first,
        range: words
            .iter()
            .fold(first.range, |all, it| all.cover(it.range)),
    };
    let tool = first.text.rsplit(['/', '\\']).next().unwrap_or_default();
    let tool = tool.strip_suffix(".exe").unwrap_or(tool);
    let rest = match tool {
        // `minikube -p name image load …`, `docker --context x build …`.
        "docker" | "podman" | "nerdctl" | "finch" | "buildah" | "minikube" => after_flags(rest),
        _ => rest,
    };
    let verb = |index: usize| rest.get(index).map(|it| it.text);
    match tool {
        "docker" | "podman" | "nerdctl" | "finch" | "buildah" => match verb(0) {
            Some("image" | "buildx" | "builder") => {
                reader.container_tool(tool, rest.get(1..).unwrap_or_default())
            }
            _ => reader.container_tool(tool, rest),
        },
        "gcloud" if [verb(0), verb(1)] == [Some("builds"), Some("submit")] => {
            reader.cloud_build(rest.get(2..).unwrap_or_default())
        }
        // Cloud Build's builders are called after their tool.
        "executor" | "kaniko" => reader.kaniko(rest),
        "kind" | "minikube" | "k3d" | "k3s" | "microk8s" | "ctr" => reader.local(tool, rest),
        "skopeo" if verb(0) == Some("copy") => reader.copied(&positional(&rest[1..], "")),
        "crane" if matches!(verb(0), Some("cp" | "copy" | "push")) => {
            reader.copied(&positional(&rest[1..], "--platform"))
        }
        _ => ImageSteps::default(),
    }
}

/// Whether a line points docker at the daemon of a local cluster, so that what it builds is there at once.
pub(crate) fn enters_cluster(line: &str) -> bool {
    line.contains("docker-env")
}

/// Reads the words of one command.
struct Reader<'a> {
    place: &'a Place<'a>,
    first: &'a Word<'a>,
    /// The whole command.
    range: TextRange,
}

/// The flags of one command that matter, and the words that are none.
struct Arguments<'w, 'a> {
    flags: Vec<(&'a str, Option<Word<'a>>)>,
    others: Vec<&'w Word<'a>>,
}

impl Reader<'_> {
    /// A verb of docker and its kin, and what follows.
    fn container_tool(&self, tool: &str, words: &[Word<'_>]) -> ImageSteps {
        let Some((verb, rest)) = words.split_first() else {
            return ImageSteps::default();
        };
        match verb.text {
            "build" | "b" | "bud" | "build-using-dockerfile" => self.build(tool, rest),
            "push" => {
                let others = positional(rest, "--authfile --creds --cert-dir --format --platform");
                let all = rest.iter().any(|it| matches!(it.text, "-a" | "--all-tags"));
                let Some(image) = others.first() else {
                    return ImageSteps::default();
                };
                // `podman push NAME docker://DESTINATION` pushes it under another name.
                let image = others.get(1).filter(|_| tool != "docker").unwrap_or(image);
                let text = if all {
                    format!("{}:*", image.text)
                } else {
                    plain(image.text).to_owned()
                };
                ImageSteps::done([self.step(ImageAct::Pushed, &text, image.range)])
            }
            "tag" => {
                let others = positional(rest, "");
                let Some((source, names)) = others.split_first() else {
                    return ImageSteps::default();
                };
                ImageSteps::done(names.iter().map(|it| self.tagged(source, it)))
            }
            "imagetools" if rest.first().is_some_and(|it| it.text == "create") => {
                self.image_tools(&rest[1..])
            }
            "manifest" if rest.first().is_some_and(|it| it.text == "push") => {
                let others = positional(&rest[1..], "--authfile --creds --cert-dir --format");
                let pushed = others.last().map(|it| {
                    let text = plain(it.text);
                    self.step(ImageAct::Pushed, text, it.range)
                });
                ImageSteps::done(pushed)
            }
            _ => ImageSteps::default(),
        }
    }

    /// `docker build` and its like.
    fn build(&self, tool: &str, words: &[Word<'_>]) -> ImageSteps {
        let arguments = Arguments::read(words, BUILD_VALUES);
        // What a variable stands for alone may be flags.
        let others = &arguments.others;
        let known = others.iter().find(|it| it.text != UNKNOWN_IMAGE);
        let Some(context) = known.or(others.first()) else {
            // Without a context podman and buildah take the working folder; docker refuses.
            if tool != "docker" && !arguments.names().is_empty() {
                let step = self.place.build(Builder::Command, self.range, self.here());
                return self.built(step, &arguments);
            }
            return self.built_from_elsewhere(&arguments);
        };
        let is_address = is_address(context.text) || context.text == "-";
        let path = if is_address {
            unknown(context.range)
        } else {
            self.place.path(context.text, context.range)
        };
        let mut step = self.place.build(Builder::Command, self.range, path);
        step.elsewhere = is_address.then_some(context.range);
        self.built(step, &arguments)
    }

    fn built(&self, mut step: BuildStep, arguments: &Arguments<'_, '_>) -> ImageSteps {
        step.names = arguments.names();
        for (flag, value) in &arguments.flags {
            match (*flag, value) {
                ("-f" | "--file", Some(value)) if value.text == "-" => {
                    step.elsewhere = Some(value.range);
                }
                ("-f" | "--file", Some(value)) => {
                    step.dockerfile = Some(self.place.path(value.text, value.range));
                }
                ("--target", Some(value)) => step.target = Some(named(value)),
                ("--build-arg", Some(value)) => step.args.push(argument(value)),
                ("--push", _) => step.pushes = true,
                ("-o" | "--output", Some(value)) => {
                    step.pushes |= value.text.contains("type=registry")
                        || (value.text.contains("type=image") && value.text.contains("push=true"));
                }
                _ => {}
            }
        }
        ImageSteps::built(step)
    }

    /// A build without a context: what stands after a redirection, or what a loop brings.
    fn built_from_elsewhere(&self, arguments: &Arguments<'_, '_>) -> ImageSteps {
        if arguments.names().is_empty() {
            return ImageSteps::default();
        }
        let step = self
            .place
            .build(Builder::Command, self.range, unknown(self.range));
        self.built(step, arguments)
    }

    /// `gcloud builds submit --tag NAME [SOURCE]`, which pushes what it builds.
    fn cloud_build(&self, words: &[Word<'_>]) -> ImageSteps {
        let values = "-t --tag --config --project --region --substitutions --timeout --machine-type --ignore-file \
            --gcs-source-staging-dir --gcs-log-dir --service-account --pack";
        let arguments = Arguments::read(words, values);
        let names = arguments.names();
        if names.is_empty() {
            return ImageSteps::default();
        }
        let source = arguments.others.first();
        let context = source.map_or_else(|| self.here(), |it| self.place.path(it.text, it.range));
        let mut step = self.place.build(Builder::Command, self.range, context);
        step.names = names;
        step.pushes = true;
        ImageSteps::built(step)
    }

    /// kaniko's executor, which pushes what it builds.
    fn kaniko(&self, words: &[Word<'_>]) -> ImageSteps {
        let values = "-d --destination -c --context -f --dockerfile --build-arg --target --context-sub-path \
            --cache-repo --snapshot-mode --verbosity --registry-mirror --label --git";
        let arguments = Arguments::read(words, values);
        let names: Vec<BuiltName> = arguments.of(&["-d", "--destination"]).map(named).collect();
        if names.is_empty() {
            return ImageSteps::default();
        }
        let mut step = match arguments.of(&["-c", "--context"]).last() {
            Some(context) => {
                let text = context.text.strip_prefix("dir://").unwrap_or(context.text);
                let is_address = is_address(text);
                let path = if is_address {
                    unknown(context.range)
                } else {
                    self.place.path(text, context.range)
                };
                let mut step = self.place.build(Builder::Command, self.range, path);
                step.elsewhere = is_address.then_some(context.range);
                step
            }
            None => self.place.build(Builder::Command, self.range, self.here()),
        };
        step.names = names;
        step.target = arguments.of(&["--target"]).last().map(named);
        step.args = arguments.of(&["--build-arg"]).map(argument).collect();
        // kaniko looks for the Dockerfile in the working folder, and then in the context.
        let dockerfile = arguments.of(&["-f", "--dockerfile"]).last();
        step.dockerfile = dockerfile.map(|it| self.place.path(it.text, it.range));
        let keeps = words
            .iter()
            .any(|it| matches!(it.text, "--no-push" | "--no-push=true"));
        step.pushes = !keeps;
        ImageSteps::built(step)
    }

    /// Tools that put images onto the nodes of local clusters.
    fn local(&self, tool: &str, words: &[Word<'_>]) -> ImageSteps {
        let verb = |index: usize| words.get(index).map(|it| it.text);
        match (tool, [verb(0), verb(1)]) {
            ("kind", [Some("load"), Some("docker-image")])
            | ("minikube", [Some("image"), Some("load")] | [Some("cache"), Some("add")])
            | ("k3d", [Some("image" | "images"), Some("import" | "load")]) => {
                let names = "-c -p -n --name --cluster --nodes --profile --mode";
                let images = positional(&words[2..], names);
                ImageSteps::done(
                    images
                        .iter()
                        .map(|it| self.step(ImageAct::Loaded, it.text, it.range)),
                )
            }
            ("minikube", [Some("image"), Some("build")]) => {
                let mut steps = self.build("minikube", &words[2..]);
                let names = steps.builds.iter().flat_map(|it| &it.names);
                steps.acts = names
                    .map(|it| self.step(ImageAct::Loaded, &it.text, it.range))
                    .collect();
                steps
            }
            ("kind", [Some("load"), _]) | ("minikube", [Some("docker-env"), _]) => {
                self.loads_unknown()
            }
            // containerd on a node takes what it is given: `k3s ctr images import`, `microk8s ctr image import`.
            ("ctr" | "k3s" | "microk8s", _) if words.iter().any(|it| it.text == "import") => {
                self.loads_unknown()
            }
            _ => ImageSteps::default(),
        }
    }

    /// `docker buildx imagetools create -t NAME SOURCE…`, which pushes what it makes.
    fn image_tools(&self, words: &[Word<'_>]) -> ImageSteps {
        let arguments = Arguments::read(
            words,
            "-t --tag -f --file --builder --progress --annotation",
        );
        let source = arguments.others.first();
        let names = arguments.of(&["-t", "--tag"]);
        ImageSteps::done(names.flat_map(|name| {
            let pushed = self.step(ImageAct::Pushed, name.text, name.range);
            let tagged = source.map(|it| self.tagged(it, name));
            tagged.into_iter().chain([pushed])
        }))
    }

    /// A copy from one registry to another.
    fn copied(&self, images: &[&Word<'_>]) -> ImageSteps {
        let [source, name, ..] = images else {
            return ImageSteps::default();
        };
        let pushed = self.step(ImageAct::Pushed, plain(name.text), name.range);
        ImageSteps::done([self.tagged(source, name), pushed])
    }

    fn loads_unknown(&self) -> ImageSteps {
        ImageSteps::done([self.step(ImageAct::Loaded, UNKNOWN_IMAGE, self.first.range)])
    }

    fn tagged(&self, source: &Word<'_>, name: &Word<'_>) -> ImageStep {
        ImageStep {
            source: Some(pattern(plain(source.text))),
            ..self.step(ImageAct::Tagged, plain(name.text), name.range)
        }
    }

    fn step(&self, act: ImageAct, image: &str, range: TextRange) -> ImageStep {
        self.place.step(act, image, range)
    }

    /// The working folder.
    fn here(&self) -> StepPath {
        self.place.path(".", self.range)
    }
}

impl<'w, 'a> Arguments<'w, 'a> {
    /// Reads words in any of the forms `-t value`, `-tvalue`, `--tag value`, `--tag=value`; those of `values` take one.
    fn read(words: &'w [Word<'a>], values: &str) -> Self {
        let takes = |flag: &str| values.split_ascii_whitespace().any(|it| it == flag);
        let mut found = Self {
            flags: Vec::new(),
            others: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if !word.text.starts_with('-') || word.text == "-" {
                found.others.push(word);
            } else if let Some((flag, value)) = word.text.split_once('=') {
                found.flags.push((
                    flag,
                    Some(Word {
                        text: value,
                        ..*word
                    }),
                ));
            } else if takes(word.text) {
                found.flags.push((word.text, words.next().copied()));
            } else {
                let short = word.text.get(..2).filter(|it| takes(it));
                let value = word.text.get(2..).filter(|_| !word.text.starts_with("--"));
                match (short, value) {
                    (Some(short), Some(text)) => {
                        found.flags.push((short, Some(Word { text, ..*word })));
                    }
                    _ => found.flags.push((word.text, None)),
                }
            }
        }
        found
    }

    /// The values of a flag.
    fn of(&self, names: &[&str]) -> impl Iterator<Item = &Word<'a>> {
        let flags = self.flags.iter();
        flags.filter_map(move |(flag, value)| value.as_ref().filter(|_| names.contains(flag)))
    }

    fn names(&self) -> Vec<BuiltName> {
        self.of(&["-t", "--tag"]).map(named).collect()
    }
}

fn named(word: &Word<'_>) -> BuiltName {
    BuiltName {
        text: pattern(word.text),
        range: word.range,
    }
}

fn argument(word: &Word<'_>) -> BuildArg {
    let (name, value) = match word.text.split_once('=') {
        Some((name, value)) => (name, Some(pattern(value))),
        None => (word.text, None),
    };
    BuildArg {
        name: name.to_owned(),
        value,
        range: word.range,
    }
}

/// An image without what says how it is carried.
fn plain(image: &str) -> &str {
    image.strip_prefix("docker://").unwrap_or(image)
}

/// Whether docker takes a context for the address of another repository, or of an archive.
fn is_address(context: &str) -> bool {
    context.contains("://") && !context.starts_with("file://")
        || context.starts_with("git@")
        || context.starts_with("github.com/")
}

fn unknown(range: TextRange) -> StepPath {
    StepPath {
        path: UNKNOWN_IMAGE.to_owned(),
        range,
        by_end: true,
    }
}

/// The words that are neither flags nor their values.
fn positional<'w, 'a>(words: &'w [Word<'a>], values: &str) -> Vec<&'w Word<'a>> {
    Arguments::read(words, values).others
}

/// Words from the first on that is no flag, nor the value of one before the verb.
fn after_flags<'w, 'a>(words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        if !first.text.starts_with('-') {
            break;
        }
        let takes_value = GLOBAL_VALUES
            .split_ascii_whitespace()
            .any(|it| it == first.text);
        rest = if takes_value {
            after.get(1..).unwrap_or_default()
        } else {
            after
        };
    }
    rest
}
