//! Which paths Next.js serves, as its files are called (nextjs.org/docs/app/api-reference/file-conventions, and of the Pages Router
//! nextjs.org/docs/pages/building-your-application/routing).

use kubelint_parser::source::SourcePath;

use crate::program::RoutePart;

/// A path that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// As the names of its folders write it.
    pub(super) text: String,
    pub(super) parts: Vec<RoutePart>,
    /// The file that serves it.
    pub(super) file: SourcePath,
    /// Whether the methods that it answers are those that the file exports functions for.
    pub(super) is_handler: bool,
}

/// What a file of the folder `app` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It serves a path.
    Page,
    /// It serves a path for the methods that it exports.
    Handler,
    /// It is a file that is served, or makes one.
    Metadata,
    /// It is a part of pages.
    Layout,
}

/// Files that pages are made of.
const LAYOUTS: [&str; 8] = [
    "layout",
    "template",
    "loading",
    "error",
    "global-error",
    "not-found",
    "global-not-found",
    "default",
];
/// Files of metadata that any folder may have, maybe with a digit (`isMetadataRouteFile` of Next.js).
const IMAGES: [&str; 4] = ["icon", "apple-icon", "opengraph-image", "twitter-image"];
/// The pages that frame others or tell of failures.
const FRAMES: [&str; 6] = ["_app", "_document", "_error", "_middleware", "404", "500"];

/// The name of a file without its extension, if that is one of pages.
fn stem<'n>(name: &'n str, extensions: &[String]) -> Option<&'n str> {
    if name.ends_with(".d.ts") {
        return None;
    }
    let mut extensions = extensions.iter();
    extensions.find_map(|it| name.strip_suffix(it.as_str())?.strip_suffix('.'))
}

/// What the file at `path` below the folder `app` is for.
pub(super) fn part(path: &str, extensions: &[String]) -> Option<Part> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // Folders that are left out (`_components`).
    if folder.split('/').any(|it| it.starts_with('_')) {
        return None;
    }
    let plain = name.split('.').next().unwrap_or_default();
    let code = stem(name, extensions);
    match code {
        Some("page") => return Some(Part::Page),
        Some("route") => return Some(Part::Handler),
        Some(it) if LAYOUTS.contains(&it) => return Some(Part::Layout),
        _ => {}
    }
    let of_root = folder.is_empty()
        && matches!(plain, "robots" | "manifest" | "favicon")
        && (code.is_some() || !is_code(name));
    let numbered = plain.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_image = IMAGES.contains(&numbered) || plain == "sitemap";
    let is_served = code == Some(plain) || (!is_code(name) && extension(name) != "txt");
    (of_root || (is_image && is_served)).then_some(Part::Metadata)
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |it| it.1)
}

fn is_code(name: &str) -> bool {
    matches!(extension(name), "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs")
}

/// The path that the file at `path` below the folder `app` serves, which is `part` of it; `None` if it serves none.
pub(super) fn of_app(path: &str, part: Part) -> Option<(String, Vec<RoutePart>)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut text = String::new();
    let mut parts = Vec::new();
    for segment in folder.split('/').filter(|it| !it.is_empty()) {
        let is_slot = segment.starts_with('@');
        // Those that take the place of others serve no requests of their own.
        let is_intercepting = segment.starts_with("(.");
        let is_group = segment.starts_with('(') && segment.ends_with(')');
        if is_intercepting {
            return None;
        }
        if is_slot || is_group {
            continue;
        }
        let name = match segment.strip_prefix("%5F") {
            Some(rest) => format!("_{rest}"),
            None => segment.to_owned(),
        };
        push(&name, &mut text, &mut parts);
    }
    match part {
        Part::Page | Part::Handler => {}
        Part::Layout => return None,
        Part::Metadata => {
            let plain = name.split('.').next().unwrap_or_default();
            let own = match plain {
                "robots" => "robots.txt",
                "favicon" => "favicon.ico",
                plain => plain,
            };
            // Some have an extension, or numbers of their own.
            text = format!("{text}/{own}");
            parts.push(RoutePart::Begins(plain.to_owned()));
            if plain == "sitemap" || IMAGES.contains(&plain) {
                parts.push(RoutePart::Rest);
            }
        }
    }
    if text.is_empty() {
        text.push('/');
    }
    Some((text, parts))
}

/// The path that the file at `path` below the folder `pages` serves; `None` if it serves none.
pub(super) fn of_pages(path: &str, extensions: &[String]) -> Option<(String, Vec<RoutePart>)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let own = stem(name, extensions)?;
    if folder.is_empty() && FRAMES.contains(&own) {
        return None;
    }
    let mut text = String::new();
    let mut parts = Vec::new();
    let folders = folder.split('/').filter(|it| !it.is_empty());
    for segment in folders.chain((own != "index").then_some(own)) {
        push(segment, &mut text, &mut parts);
    }
    if text.is_empty() {
        text.push('/');
    }
    Some((text, parts))
}

/// Whether a file of the folder `pages` frames others.
pub(super) fn is_frame(path: &str, extensions: &[String]) -> bool {
    stem(path, extensions).is_some_and(|it| FRAMES.contains(&it))
}

/// Adds the part that a folder stands for: `[id]`, `[...rest]`, `[[...rest]]`.
fn push(segment: &str, text: &mut String, parts: &mut Vec<RoutePart>) {
    text.push('/');
    text.push_str(segment);
    let inner = segment
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'));
    match inner {
        Some(inner) if inner.starts_with("[...") => parts.push(RoutePart::Rest),
        Some(inner) if inner.starts_with("...") => {
            parts.push(RoutePart::Any);
            parts.push(RoutePart::Rest);
        }
        Some(_) => parts.push(RoutePart::Any),
        None => parts.push(RoutePart::Text(segment.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{RouteStyle, Slash};
    use crate::program::RoutePath;

    fn extensions() -> Vec<String> {
        ["tsx", "ts", "jsx", "js"].map(str::to_owned).to_vec()
    }

    fn served(found: Option<(String, Vec<RoutePart>)>, path: &str) -> Option<bool> {
        let (text, parts) = found?;
        let style = RouteStyle::Plain;
        let route = RoutePath { text, parts, style };
        Some(route.matches(path, Slash::Either))
    }

    #[test]
    fn files_of_the_app_router() {
        for (file, path, expected) in [
            ("page.tsx", "/", Some(true)),
            ("page.tsx", "/a", Some(false)),
            ("(shop)/items/page.jsx", "/items", Some(true)),
            ("items/[id]/page.tsx", "/items/7/", Some(true)),
            ("items/[id]/page.tsx", "/items", Some(false)),
            ("docs/[...slug]/page.tsx", "/docs/a/b", Some(true)),
            ("docs/[...slug]/page.tsx", "/docs", Some(false)),
            ("docs/[[...slug]]/page.tsx", "/docs", Some(true)),
            ("@modal/photo/page.tsx", "/photo", Some(true)),
            ("feed/(..)photo/page.tsx", "/photo", None),
            ("feed/(.)photo/page.tsx", "/feed/photo", None),
            ("_parts/page.tsx", "/_parts", None),
            ("%5Fparts/page.tsx", "/_parts", Some(true)),
            ("api/health/route.ts", "/api/health", Some(true)),
            ("api/health/route.ts", "/api/healthz", Some(false)),
            ("api/health/route.test.ts", "/api/health", None),
            ("api/health/handler.ts", "/api/health", None),
            ("layout.tsx", "/", None),
            ("favicon.ico", "/favicon.ico", Some(true)),
            ("robots.ts", "/robots.txt", Some(true)),
            ("shop/robots.ts", "/shop/robots.txt", None),
            ("blog/sitemap.ts", "/blog/sitemap.xml", Some(true)),
            ("blog/sitemap.ts", "/blog/sitemap/1.xml", Some(true)),
            ("manifest.json", "/manifest.json", Some(true)),
            ("icon1.png", "/icon1.png", Some(true)),
            ("icon.test.tsx", "/icon", None),
            ("opengraph-image.alt.txt", "/opengraph-image", None),
        ] {
            let part = part(file, &extensions());
            let found = part.and_then(|it| of_app(file, it));
            assert_eq!(served(found, path), expected, "{file} {path}");
        }
    }

    #[test]
    fn files_of_the_pages_router() {
        for (file, path, expected) in [
            ("index.js", "/", Some(true)),
            ("about.tsx", "/about", Some(true)),
            ("blog/index.tsx", "/blog", Some(true)),
            ("blog/[slug].tsx", "/blog/a", Some(true)),
            ("api/health.ts", "/api/health", Some(true)),
            ("api/[...all].ts", "/api/a/b", Some(true)),
            ("_app.tsx", "/_app", None),
            ("404.tsx", "/404", None),
            ("types.d.ts", "/types", None),
            ("styles.css", "/styles", None),
        ] {
            let found = of_pages(file, &extensions());
            assert_eq!(served(found, path), expected, "{file} {path}");
        }
    }
}
