//! What next.config says of paths (nextjs.org/docs/app/api-reference/config/next-config-js).

use kubelint_parser::TextRange;
use kubelint_parser::code::{Language, Node};

use super::script::{Script, Tree, below};
use crate::code::Subject;
use crate::code::javascript::{bare, inner, key};

/// What pages are called by unless `pageExtensions` says otherwise.
const EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];
/// Packages whose functions are given the configuration and change nothing of what is read here.
const HARMLESS: [&str; 12] = [
    "@ducanh2912/next-pwa",
    "@next/bundle-analyzer",
    "@next/mdx",
    "@sentry/nextjs",
    "@serwist/next",
    "@vanilla-extract/next-plugin",
    "next-contentlayer",
    "next-intl/plugin",
    "next-pwa",
    "next-transpile-modules",
    "next-with-less",
    "next-yak/withYak",
];
/// Functions and names are followed so deep.
const MOST_STEPS: u32 = 12;

/// What a configuration says.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// What stands before all paths.
    pub(super) base_path: String,
    /// The extensions of files that are pages.
    pub(super) extensions: Vec<String>,
    /// The patterns of paths that are answered by redirects or rewrites.
    pub(super) answered: Vec<(String, TextRange)>,
    /// Where rewrites lead, if that is written out.
    pub(super) destinations: Vec<(String, TextRange)>,
    /// The variables whose values are put into source.
    pub(super) inlined: Vec<String>,
    /// Whether it speaks of the file that is run at the start, which old versions only then do.
    pub(super) has_hook: bool,
    /// What is not known.
    pub(super) gaps: Vec<(Subject, &'static str, TextRange)>,
}

impl Config {
    /// The configuration of a project that has none.
    pub(super) fn none() -> Self {
        Self {
            extensions: EXTENSIONS.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    /// What the text of a configuration says.
    pub(super) fn of(text: &str, language: Language) -> Self {
        let mut this = Self::none();
        this.has_hook = text.contains("instrumentationHook");
        let Some(tree) = Tree::of(text, language) else {
            this.gap("its configuration is not read", TextRange::empty(0));
            return this;
        };
        let script = tree.script();
        match script.default_export() {
            Some(exported) => this.read(&script, exported, MOST_STEPS),
            None => this.gap("its configuration is not read", TextRange::empty(0)),
        }
        this
    }

    fn gap(&mut self, why: &'static str, range: TextRange) {
        self.gaps.push((Subject::Routes, why, range));
    }

    /// Takes over what an expression that is a configuration says.
    fn read<'a>(&mut self, script: &Script<'a>, node: Node<'a>, left: u32) {
        let is_named = bare(node).kind() == "identifier";
        if is_named && script.is_changed(bare(node).text()) {
            self.gap("its configuration is put together", node.range());
        }
        let at = script.resolved(node);
        let Some(left) = left.checked_sub(1) else {
            return self.gap("its configuration is not read", at.range());
        };
        match at.kind() {
            "object" => self.object(script, at, left),
            "call_expression" => self.wrapped(script, at, left),
            "arrow_function" | "function_declaration" | "function_expression" => {
                let returned = returned(at);
                let [only] = returned.as_slice() else {
                    return self.gap("its configuration is computed", at.range());
                };
                self.read(script, *only, left);
            }
            _ => self.gap("its configuration is computed", at.range()),
        }
    }

    /// Takes over what a function is given that hands on a configuration.
    fn wrapped<'a>(&mut self, script: &Script<'a>, call: Node<'a>, left: u32) {
        let function = call.field("function");
        let module = function.and_then(|it| script.module_of(it));
        let is_harmless = module.is_some_and(|it| HARMLESS.contains(&it.as_str()));
        if !is_harmless || call.text().contains("tunnelRoute") {
            self.gap("a function may change its configuration", call.range());
        }
        let arguments = call.field("arguments");
        let first = arguments.and_then(|it| it.children().next());
        match first {
            Some(first) => self.read(script, first, left),
            None => self.gap("its configuration is computed", call.range()),
        }
    }

    fn object<'a>(&mut self, script: &Script<'a>, object: Node<'a>, left: u32) {
        for member in object.children() {
            let (name, value) = match member.kind() {
                "pair" => (
                    member.field("key").and_then(key),
                    member.field("value").unwrap_or(member),
                ),
                "shorthand_property_identifier" => (Some(member.text().to_owned()), member),
                "method_definition" => (member.field("name").and_then(key), member),
                "spread_element" => {
                    match member.children().next() {
                        Some(inner) => self.read(script, inner, left),
                        None => self.gap("its configuration is computed", member.range()),
                    }
                    continue;
                }
                _ => continue,
            };
            match name {
                Some(name) => self.member(script, &name, value),
                None => self.gap("its configuration is computed", member.range()),
            }
        }
    }

    fn member<'a>(&mut self, script: &Script<'a>, name: &str, value: Node<'a>) {
        let range = value.range();
        match name {
            "basePath" => match script.text(value) {
                Some(text) => self.base_path = text,
                None => self.gap("what stands before all paths is computed", range),
            },
            "pageExtensions" => {
                let list = script.resolved(value);
                let texts: Option<Vec<String>> =
                    list.children().map(|it| script.text(it)).collect();
                match texts.filter(|_| list.kind() == "array") {
                    Some(texts) => self.extensions = texts,
                    None => self.gap("which files are pages is computed", range),
                }
            }
            "i18n" => self.gap("paths begin with languages", range),
            "useFileSystemPublicRoutes" => self.gap("pages are not served by their files", range),
            "rewrites" | "redirects" => {
                let known = self.destinations.len();
                if self.sources(script, value, MOST_STEPS).is_none() {
                    self.gap("redirects or rewrites are computed", range);
                }
                if name == "redirects" {
                    // There browsers go.
                    self.destinations.truncate(known);
                }
            }
            "env" => {
                let object = script.resolved(value);
                for it in object.children() {
                    if let Some(name) = it.field("key").and_then(key) {
                        self.inlined.push(name);
                    } else {
                        let why = "what its configuration sets is computed";
                        self.gaps.push((Subject::Reads, why, range));
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds the `source` of all rewrites or redirects that a value may be; `None` if there may be others.
    fn sources<'a>(&mut self, script: &Script<'a>, node: Node<'a>, left: u32) -> Option<()> {
        let left = left.checked_sub(1)?;
        let at = script.resolved(node);
        match at.kind() {
            "array" => {
                for it in at.children() {
                    self.sources(script, it, left)?;
                }
            }
            "spread_element" => self.sources(script, at.children().next()?, left)?,
            "ternary_expression" => {
                self.sources(script, at.field("consequence")?, left)?;
                self.sources(script, at.field("alternative")?, left)?;
            }
            "object" => {
                let pairs = || at.children().filter(|it| it.kind() == "pair");
                let named = |name: &str| {
                    let mut pairs = pairs();
                    pairs.find(|it| it.field("key").and_then(key).as_deref() == Some(name))
                };
                if let Some(source) = named("source") {
                    let value = source.field("value")?;
                    self.answered.push((script.text(value)?, inner(value)));
                    let leads = named("destination").and_then(|it| it.field("value"));
                    if let Some(leads) = leads
                        && let Some(text) = script.text(leads)
                    {
                        self.destinations
                            .push((text, inner(script.resolved(leads))));
                    }
                    return Some(());
                }
                if at.children().any(|it| it.kind() == "spread_element") {
                    return None;
                }
                for name in ["beforeFiles", "afterFiles", "fallback"] {
                    if let Some(list) = named(name) {
                        self.sources(script, list.field("value")?, left)?;
                    }
                }
            }
            "arrow_function"
            | "function_declaration"
            | "function_expression"
            | "method_definition" => {
                let returned = returned(at);
                if returned.is_empty() {
                    return None;
                }
                for it in returned {
                    self.sources(script, it, left)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// What a function returns; of those within it, too, so that nothing is missed.
fn returned(function: Node<'_>) -> Vec<Node<'_>> {
    let Some(body) = function.field("body") else {
        return Vec::new();
    };
    if body.kind() != "statement_block" {
        return vec![body];
    }
    let returns = below(body).filter(|it| it.kind() == "return_statement");
    returns.filter_map(|it| it.children().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let found = Config::of(text, Language::TypeScript);
        let mut all = vec![format!("{:?}", found.base_path)];
        all.extend(found.answered.into_iter().map(|it| it.0));
        all.extend(found.inlined.into_iter().map(|it| format!("env {it}")));
        all.extend(found.gaps.into_iter().map(|it| it.1.to_owned()));
        all.join("; ")
    }

    #[test]
    fn what_configurations_say() {
        for (text, expected) in [
            ("module.exports = { output: 'standalone' };", "\"\""),
            (
                "import type { NextConfig } from 'next';\nconst nextConfig: NextConfig = { basePath: '/shop', trailingSlash: true };\nexport default nextConfig;",
                "\"/shop\"",
            ),
            (
                "const base = '/docs';\nexport default { basePath: base } satisfies NextConfig;",
                "\"/docs\"",
            ),
            (
                "export default { basePath: process.env.BASE_PATH || '' };",
                "\"\"; what stands before all paths is computed",
            ),
            (
                "export default { async rewrites() { return [{ source: '/api/:path*', destination: `${process.env.API}/:path*` }]; } };",
                "\"\"; /api/:path*",
            ),
            (
                "export default { redirects: async () => [{ source: '/a', destination: '/b', permanent: true }], rewrites: async () => ({ beforeFiles: [{ source: '/c', destination: '/d' }], fallback: others }) };",
                "\"\"; /a; /c; redirects or rewrites are computed",
            ),
            (
                "const { withSentryConfig } = require('@sentry/nextjs');\nmodule.exports = withSentryConfig({ basePath: '/x' }, { silent: true });",
                "\"/x\"",
            ),
            (
                "import createNextIntlPlugin from 'next-intl/plugin';\nconst withNextIntl = createNextIntlPlugin();\nexport default withNextIntl({ env: { ZONE: 'a' } });",
                "\"\"; env ZONE",
            ),
            (
                "const withX = require('./with-x');\nmodule.exports = withX({ basePath: '/x' });",
                "\"/x\"; a function may change its configuration",
            ),
            (
                "module.exports = (phase) => ({ basePath: '/x' });",
                "\"/x\"",
            ),
            (
                "module.exports = async (phase) => { if (phase) { return {}; } return { basePath: '/x' }; };",
                "\"\"; its configuration is computed",
            ),
            (
                "const config = {};\nif (process.env.CI) { config.basePath = '/x'; }\nmodule.exports = config;",
                "\"\"; its configuration is put together",
            ),
            (
                "module.exports = { i18n: { locales: ['en'] } };",
                "\"\"; paths begin with languages",
            ),
            (
                "module.exports = { ...base };",
                "\"\"; its configuration is computed",
            ),
            ("const config = {};", "\"\"; its configuration is not read"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
