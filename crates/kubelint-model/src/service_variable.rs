//! The variables that Kubernetes adds to containers for each Service, and the programs that take them for their own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::base_image::official;
use crate::{ImageRef, data};

/// The rows of `data/service-variables.tsv`, by image.
static READ: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    data::rows(include_str!("../data/service-variables.tsv"))
        .map(|[image, variable, _]| (image, variable))
        .collect()
});

/// The variable that holds `tcp://ADDRESS:PORT` of the Service `name` in every container of its namespace: `makeEnvVariableName` in
/// `pkg/kubelet/envvars`.
pub fn port_variable(name: &str) -> String {
    format!("{}_PORT", name.to_ascii_uppercase().replace('-', "_"))
}

/// The variable of this kind that the program of `image` is known to read as a number, or to refuse.
pub fn read_by(image: &ImageRef<'_>) -> Option<&'static str> {
    let name = image.canonical();
    READ.get(official(&name).as_deref().unwrap_or(&name))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        assert_eq!(port_variable("schema-registry"), "SCHEMA_REGISTRY_PORT");
        let image = ImageRef::parse("n8nio/n8n:1.60").unwrap();
        assert_eq!(read_by(&image), Some("N8N_PORT"));
        let image = ImageRef::parse("neo4j:5").unwrap();
        assert_eq!(read_by(&image), Some("NEO4J_PORT"));
        assert_eq!(read_by(&ImageRef::parse("nginx").unwrap()), None);
    }
}
