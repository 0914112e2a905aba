//! What may be asked of registries, and how.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as ClapArgs};
use kubelint_model::registry::Platform;

/// Whether `check` asks registries about images.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "Images")]
pub(crate) struct OnlineArgs {
    /// Ask registries about the images that workloads run. Nothing in a repository can turn this on
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new(), hide_possible_values = true, env = "KUBELINT_ONLINE")]
    pub(crate) online: Option<bool>,
    /// Ask, and fail if a registry does not tell: exit status 2
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new(), hide_possible_values = true, env = "KUBELINT_REQUIRE_ONLINE")]
    pub(crate) require_online: Option<bool>,
    /// The platforms of the cluster's nodes, as `linux/arm64`
    #[arg(
        long,
        value_name = "OS/ARCH",
        value_delimiter = ',',
        value_parser = parse_platform,
        env = "KUBELINT_PLATFORM"
    )]
    pub(crate) platform: Vec<Platform>,
    /// How they are asked.
    #[command(flatten)]
    pub(crate) registries: RegistryArgs,
}

/// How registries are asked.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "Images")]
pub(crate) struct RegistryArgs {
    /// Ask registries again what they said a short time ago
    #[arg(long, env = "KUBELINT_NO_CACHE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) no_cache: bool,
    /// Take credentials from FILE only, which docker or podman wrote [default: from the files that these keep]
    #[arg(long, value_name = "FILE", env = "KUBELINT_REGISTRY_AUTH")]
    pub(crate) registry_auth: Option<PathBuf>,
    /// Ask MIRROR before REGISTRY, as `docker.io=mirror.example.com`; may be given several times
    #[arg(
        long,
        value_name = "REGISTRY=MIRROR",
        value_delimiter = ',',
        env = "KUBELINT_REGISTRY_MIRROR"
    )]
    pub(crate) registry_mirror: Vec<String>,
    /// Ask this registry without encryption, wherever it is; may be given several times
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        value_delimiter = ',',
        env = "KUBELINT_INSECURE_REGISTRY"
    )]
    pub(crate) insecure_registry: Vec<String>,
    /// Ask this registry even if it is at a private address; may be given several times
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        value_delimiter = ',',
        env = "KUBELINT_ALLOW_REGISTRY"
    )]
    pub(crate) allow_registry: Vec<String>,
}

fn parse_platform(text: &str) -> Result<Platform, &'static str> {
    Platform::parse(text).ok_or("expected a platform as `linux/arm64`")
}
