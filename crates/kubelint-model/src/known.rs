//! What the person who runs kubelint states and no file shows: objects made elsewhere, the repository's URLs, custom kinds.

/// What is known besides the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Objects that are made elsewhere.
    pub external: Vec<ExternalObject>,
    /// The URLs under which this repository is known, as `github.com/org/name`.
    pub repository: Vec<String>,
    /// Kinds that are not built in and run pods.
    pub kinds: Vec<CustomKind>,
}

/// Objects that are made elsewhere: nothing is said if they are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalObject {
    /// Their kind.
    pub kind: String,
    /// Their name; `*` stands for any characters.
    pub name: String,
    /// Their namespace; `None` for any.
    pub namespace: Option<String>,
}

/// A custom kind that runs pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomKind {
    /// Its API group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// The path of its pod template, as `spec.template`.
    pub pod_template: String,
}
