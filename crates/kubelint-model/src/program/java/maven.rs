//! Maven's modules: pom.xml with its parents in the repository (maven.apache.org/pom.html).

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;

use super::module::{Dependency, Module};
use super::xml::{ROOT, Xml};
use crate::program::store::Store;

/// Parents are not followed further.
const MOST_PARENTS: usize = 12;
/// More modules of one repository are not looked at.
const MOST_MODULES: usize = 1000;
/// Parents that add no dependencies.
const PLAIN_PARENTS: [&str; 7] = [
    "spring-boot-starter-parent",
    "spring-boot-dependencies",
    "spring-cloud-starter-parent",
    "spring-cloud-build",
    "micronaut-parent",
    "quarkus-bom",
    "oss-parent",
];

/// What a pom.xml says itself.
#[derive(Debug, Default)]
struct Pom {
    group: Option<String>,
    artifact: String,
    parent: Option<Parent>,
    properties: BTreeMap<String, String>,
    dependencies: Vec<(Dependency, String)>,
    boot: Option<String>,
    /// Where its source and its resources are, as far as it says so.
    source: Option<String>,
    resources: Vec<String>,
}

#[derive(Debug)]
struct Parent {
    group: String,
    artifact: String,
    version: String,
    path: String,
}

fn pom(folder: &str, store: &mut Store<'_>) -> Option<Pom> {
    let path = SourcePath::new(&format!("{folder}/pom.xml"));
    let id = store.read_text(&path)?;
    Some(read(store.text_of(id)))
}

fn read(text: &str) -> Pom {
    let xml = Xml::parse(text);
    let Some(project) = xml.at(ROOT, &["project"]) else {
        return Pom::default();
    };
    let of = |at: usize, name: &str| xml.text(at, &[name]).unwrap_or_default().to_owned();
    let mut pom = Pom {
        group: xml.text(project, &["groupId"]).map(str::to_owned),
        artifact: of(project, "artifactId"),
        ..Pom::default()
    };
    if let Some(parent) = xml.at(project, &["parent"]) {
        pom.parent = Some(Parent {
            group: of(parent, "groupId"),
            artifact: of(parent, "artifactId"),
            version: of(parent, "version"),
            path: match xml.at(parent, &["relativePath"]) {
                Some(_) => of(parent, "relativePath"),
                None => "../pom.xml".to_owned(),
            },
        });
    }
    if let Some(properties) = xml.at(project, &["properties"]) {
        for it in xml.children(properties, "") {
            if let Some(element) = xml.get(it) {
                let (name, text) = (element.name.to_owned(), element.text.to_owned());
                pom.properties.insert(name, text);
            }
        }
    }
    let profiles = xml.at(project, &["profiles"]);
    let profiles = profiles
        .into_iter()
        .flat_map(|it| xml.children(it, "profile"));
    for holder in std::iter::once(project).chain(profiles) {
        let lists = xml.children(holder, "dependencies");
        for it in lists.flat_map(|it| xml.children(it, "dependency")) {
            let dependency = Dependency {
                group: of(it, "groupId"),
                artifact: of(it, "artifactId"),
                version: xml.text(it, &["version"]).map(str::to_owned),
            };
            pom.dependencies.push((dependency, of(it, "scope")));
        }
    }
    let source = xml.text(project, &["build", "sourceDirectory"]);
    pom.source = source.map(str::to_owned);
    let resources = xml.at(project, &["build", "resources"]);
    let resources = resources
        .into_iter()
        .flat_map(|it| xml.children(it, "resource"));
    pom.resources = resources.map(|it| of(it, "directory")).collect();
    let managed = xml.at(project, &["dependencyManagement", "dependencies"]);
    for it in managed
        .into_iter()
        .flat_map(|it| xml.children(it, "dependency"))
    {
        if of(it, "artifactId") == "spring-boot-dependencies" {
            pom.boot = Some(of(it, "version"));
        }
    }
    pom
}

/// The module of the pom.xml in `folder`.
pub(super) fn module(folder: &str, store: &mut Store<'_>) -> Option<Module> {
    let first = pom(folder, store)?;
    let mut chain = vec![first];
    let mut at = folder.to_owned();
    let mut unknown = None;
    while let Some(parent) = chain.last().and_then(|it| it.parent.as_ref()) {
        let path = parent.path.strip_suffix("pom.xml").unwrap_or(&parent.path);
        let above = SourcePath::new(&format!("{at}/{path}"));
        let above = above.as_str().to_owned();
        let is_inside = !parent.path.is_empty() && above != at;
        let found = is_inside.then(|| pom(&above, store)).flatten();
        let found = found.filter(|it| it.artifact == parent.artifact);
        let Some(found) = found.filter(|_| chain.len() < MOST_PARENTS) else {
            if !PLAIN_PARENTS.contains(&parent.artifact.as_str()) {
                unknown = Some(format!("{}:{}", parent.group, parent.artifact));
            }
            break;
        };
        at = above;
        chain.push(found);
    }
    let mut properties: BTreeMap<String, String> = BTreeMap::new();
    for pom in chain.iter().rev() {
        properties.extend(pom.properties.clone());
    }
    let parent_group = chain
        .iter()
        .find_map(|it| Some(it.parent.as_ref()?.group.clone()));
    let group = chain[0].group.clone().or(parent_group).unwrap_or_default();
    for name in ["project.groupId", "pom.groupId", "groupId"] {
        properties.insert(name.to_owned(), group.clone());
    }
    let version = chain.iter().find_map(|it| {
        let parent = it.parent.as_ref()?;
        (parent.artifact == "spring-boot-starter-parent").then(|| parent.version.clone())
    });
    let boot = version.or_else(|| chain.iter().find_map(|it| it.boot.clone()));
    for name in ["project.basedir", "basedir"] {
        properties.insert(name.to_owned(), ".".to_owned());
    }
    let mut module = Module {
        boot: boot.map(|it| expanded(&it, &properties)),
        unknown,
        ..Module::in_folder(folder)
    };
    let source = chain.iter().find_map(|it| it.source.as_ref());
    let source = source.map(|it| expanded(it, &properties));
    let source = source.map(|it| it.trim_start_matches("./").to_owned());
    if let Some(source) = source.filter(|it| !it.starts_with("src/main")) {
        module.sources = vec![source];
    }
    let resources = chain.iter().find(|it| !it.resources.is_empty());
    if let Some(pom) = resources {
        let resources = pom.resources.iter();
        module.resources = resources.map(|it| expanded(it, &properties)).collect();
    }
    let mut own: Vec<Dependency> = Vec::new();
    for (dependency, scope) in chain.iter().flat_map(|it| &it.dependencies) {
        if scope != "test" {
            own.push(Dependency {
                group: expanded(&dependency.group, &properties),
                artifact: expanded(&dependency.artifact, &properties),
                version: dependency
                    .version
                    .as_ref()
                    .map(|it| expanded(it, &properties)),
            });
        }
    }
    let near = own.iter().any(|it| shares_owner(&it.group, &group));
    let index = if near { index(store) } else { BTreeMap::new() };
    for it in own {
        let key = (it.group.clone(), it.artifact.clone());
        match index.get(&key) {
            Some(local) if *local != folder => drop(module.locals.insert(local.clone())),
            _ => drop(module.dependencies.insert(it)),
        }
    }
    module.group = group;
    Some(module)
}

/// Whether two groups may be of one repository: they begin alike.
pub(super) fn shares_owner(a: &str, b: &str) -> bool {
    let first = |it: &str| it.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    !a.is_empty() && first(a) == first(b)
}

/// The folders of all modules of the repository by group and artifact.
fn index(store: &mut Store<'_>) -> BTreeMap<(String, String), String> {
    let all = store.named("pom.xml");
    let mut found = BTreeMap::new();
    for path in all.into_iter().take(MOST_MODULES) {
        let folder = path.parent().to_owned();
        let Some(pom) = pom(&folder, store) else {
            continue;
        };
        let group = pom.group.or_else(|| pom.parent.map(|it| it.group));
        found.insert((group.unwrap_or_default(), pom.artifact), folder);
    }
    found
}

/// A text with `${name}` replaced.
fn expanded(text: &str, properties: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for _ in 0..4 {
        let Some((before, rest)) = text.split_once("${") else {
            break;
        };
        let Some((name, after)) = rest.split_once('}') else {
            break;
        };
        let Some(value) = properties.get(name) else {
            break;
        };
        text = format!("{before}{value}{after}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pom_says() {
        let text = "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.2.1</version><relativePath/></parent><artifactId>a</artifactId><properties><v>1</v></properties><dependencies><dependency><groupId>g</groupId><artifactId>b-${v}</artifactId></dependency><dependency><groupId>g</groupId><artifactId>t</artifactId><scope>test</scope></dependency></dependencies></project>";
        let pom = read(text);
        let parent = pom.parent.unwrap();
        assert_eq!(
            (parent.version.as_str(), parent.path.as_str()),
            ("3.2.1", "")
        );
        assert_eq!(pom.artifact, "a");
        assert_eq!((pom.source, pom.resources.len()), (None, 0));
        assert_eq!(pom.dependencies[1].1, "test");
        assert_eq!(
            expanded(&pom.dependencies[0].0.artifact, &pom.properties),
            "b-1"
        );
    }

    #[test]
    fn where_a_pom_has_its_source() {
        let text = "<project><build><sourceDirectory>src</sourceDirectory><resources><resource><directory>conf</directory></resource></resources></build></project>";
        let pom = read(text);
        assert_eq!(pom.source.as_deref(), Some("src"));
        assert_eq!(pom.resources, ["conf"]);
    }
}
