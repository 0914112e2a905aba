//! Why findings belong together: one cause, one finding.

use std::fmt;

use crate::Resource;

/// The opaque reason of a finding, equal for all findings that one edit would mend. Made of what an object is called, never of
/// paths or positions, and never of a Secret's value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(String);

impl Cause {
    /// An object: `namespace` is `None` where it is not stated.
    pub fn object(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Self {
        Self(format!(
            "object({group},{kind},{},{name})",
            namespace.unwrap_or("?")
        ))
    }

    /// A key of a ConfigMap or Secret.
    pub fn key(kind: &str, namespace: Option<&str>, name: &str, key: &str) -> Self {
        Self(format!(
            "key({kind},{},{name},{key})",
            namespace.unwrap_or("?")
        ))
    }

    /// A port (number or name) of a Service.
    pub fn port(service: &str, port: &str) -> Self {
        Self(format!("port({service},{port})"))
    }

    /// An image, by its path without tag and digest.
    pub fn image(path: &str) -> Self {
        Self(format!("image({path})"))
    }

    /// A file or folder, by its name and that of the folder it should be in, which stay the same wherever both are moved.
    pub fn file(folder: &str, name: &str) -> Self {
        Self(format!("file({folder},{name})"))
    }

    /// A variable of a container.
    pub fn env(workload: &str, container: &str, name: &str) -> Self {
        Self(format!("env({workload},{container},{name})"))
    }

    /// A piece of text, as a placeholder.
    pub fn text(token: &str) -> Self {
        Self(format!("text({token})"))
    }

    /// A job of the workflow that is called `workflow`, or one of its steps; `step` is empty for the job.
    pub fn job(workflow: &str, job: &str, step: &str) -> Self {
        Self(format!("job({workflow},{job},{step})"))
    }

    /// A field of one object: for what concerns nothing but that field.
    pub fn field(kind: &str, namespace: Option<&str>, name: &str, path: &str) -> Self {
        Self(format!(
            "field({kind},{},{name},{path})",
            namespace.unwrap_or("?")
        ))
    }

    /// A field of `resource`: for what concerns nothing but that field.
    pub fn field_of(resource: &Resource, path: &str) -> Self {
        let name = resource.name.as_deref().unwrap_or_default();
        let namespace = resource.namespace.as_deref();
        Self::field(&resource.gvk.kind, namespace, name, path)
    }

    /// The cause as text, for reports.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
