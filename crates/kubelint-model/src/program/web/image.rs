//! Images of web servers: which server they hold, and what its configuration is as long as nothing changes it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::base_image::official;
use crate::{ImageRef, data};

/// An image that holds a web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerImage {
    pub(super) kind: Kind,
    /// Where it listens by itself.
    pub(super) port: u16,
}

/// What kind of image it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// nginx's own, which runs as root.
    Nginx,
    /// The one of nginx's that runs as another user.
    Unprivileged,
    OpenResty,
    Caddy,
}

/// The rows of `data/server-images.tsv`, by image.
static IMAGES: LazyLock<BTreeMap<&'static str, ServerImage>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../../data/server-images.tsv"));
    let entries = rows.filter_map(|[image, server, _]| {
        let (kind, port) = server.split_once(' ')?;
        let kind = match kind {
            "nginx" => Kind::Nginx,
            "unprivileged" => Kind::Unprivileged,
            "openresty" => Kind::OpenResty,
            "caddy" => Kind::Caddy,
            _ => return None,
        };
        let port = port.parse().ok()?;
        Some((image, ServerImage { kind, port }))
    });
    entries.collect()
});

/// The image of a web server that `image` is.
pub(super) fn of(image: &str) -> Option<ServerImage> {
    let name = ImageRef::parse(image)?.canonical();
    let name = official(&name).unwrap_or(name);
    IMAGES.get(name.as_str()).copied()
}

impl ServerImage {
    /// Whether its entry point handles templates and scripts before it starts the server (`docker-entrypoint.sh` of nginx's images).
    pub(super) const fn prepares(self) -> bool {
        matches!(self.kind, Kind::Nginx | Kind::Unprivileged)
    }

    /// The file of the configuration that the server reads first.
    pub(super) const fn main(self) -> &'static str {
        match self.kind {
            Kind::Nginx | Kind::Unprivileged => "/etc/nginx/nginx.conf",
            Kind::OpenResty => "/usr/local/openresty/nginx/conf/nginx.conf",
            Kind::Caddy => "/etc/caddy/Caddyfile",
        }
    }

    /// The files of its configuration that say where it listens: paths, and what is in them as far as that counts.
    pub(super) const fn files(self) -> &'static [(&'static str, &'static str)] {
        const MAIN: &str = "events {} http { include /etc/nginx/conf.d/*.conf; }";
        match self.kind {
            Kind::Nginx => &[
                ("/etc/nginx/nginx.conf", MAIN),
                (
                    "/etc/nginx/conf.d/default.conf",
                    "server { listen 80; location / { root /usr/share/nginx/html; } }",
                ),
            ],
            Kind::Unprivileged => &[
                ("/etc/nginx/nginx.conf", MAIN),
                (
                    "/etc/nginx/conf.d/default.conf",
                    "server { listen 8080; location / { root /usr/share/nginx/html; } }",
                ),
            ],
            Kind::OpenResty => &[
                ("/usr/local/openresty/nginx/conf/nginx.conf", MAIN),
                (
                    "/etc/nginx/conf.d/default.conf",
                    "server { listen 80; location / { root /usr/local/openresty/nginx/html; } }",
                ),
            ],
            Kind::Caddy => &[(
                "/etc/caddy/Caddyfile",
                ":80\nroot * /usr/share/caddy\nfile_server\n",
            )],
        }
    }

    /// Whether its folders hold other files that a server may include: `mime.types`, parameters of FastCGI.
    pub(super) fn has_beside(self, path: &str) -> bool {
        const BESIDE: [&str; 6] = [
            "fastcgi.conf",
            "fastcgi_params",
            "mime.types",
            "scgi_params",
            "uwsgi_params",
            "koi-utf",
        ];
        let folder = match self.kind {
            Kind::Caddy => return false,
            Kind::Nginx | Kind::Unprivileged => "/etc/nginx/",
            Kind::OpenResty => "/usr/local/openresty/nginx/conf/",
        };
        path.strip_prefix(folder)
            .is_some_and(|it| BESIDE.contains(&it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_servers() {
        for (image, port) in [
            ("nginx", Some(80)),
            ("nginx:1.27-alpine", Some(80)),
            ("public.ecr.aws/docker/library/nginx:1", Some(80)),
            ("nginxinc/nginx-unprivileged:alpine", Some(8080)),
            ("caddy:2-alpine", Some(80)),
            ("openresty/openresty:alpine", Some(80)),
            ("nginx/nginx-ingress", None),
            ("bitnami/nginx", None),
            ("shop/nginx", None),
        ] {
            assert_eq!(of(image).map(|it| it.port), port, "{image}");
        }
    }
}
