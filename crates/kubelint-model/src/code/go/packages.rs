//! Packages of Go that are known: what patterns call them, and what their functions make.

/// Packages by the paths that they are imported by, and the names that patterns have for them.
const KNOWN: [(&str, &str); 42] = [
    ("crypto/tls", "tls"),
    ("errors", "errors"),
    ("expvar", "expvar"),
    ("flag", "flag"),
    ("fmt", "fmt"),
    ("github.com/caarlos0/env", "caarlos0"),
    ("github.com/gin-gonic/gin", "gin"),
    ("github.com/go-chi/chi", "chi"),
    ("github.com/go-chi/chi/middleware", "middleware"),
    ("github.com/gofiber/fiber", "fiber"),
    ("github.com/gorilla/mux", "mux"),
    ("github.com/ilyakaznacheev/cleanenv", "cleanenv"),
    ("github.com/joho/godotenv", "godotenv"),
    ("github.com/julienschmidt/httprouter", "httprouter"),
    ("github.com/kelseyhightower/envconfig", "envconfig"),
    ("github.com/knadh/koanf", "koanf"),
    ("github.com/knadh/koanf/providers/env", "env"),
    ("github.com/labstack/echo", "echo"),
    ("github.com/namsral/flag", "flag"),
    ("github.com/pressly/chi", "chi"),
    ("github.com/sethvargo/go-envconfig", "sethvargo"),
    ("github.com/spf13/cobra", "cobra"),
    ("github.com/spf13/pflag", "pflag"),
    ("github.com/spf13/viper", "viper"),
    ("github.com/urfave/cli", "cli"),
    ("google.golang.org/grpc", "grpc"),
    ("gopkg.in/urfave/cli", "cli"),
    ("io/ioutil", "ioutil"),
    ("k8s.io/utils/env", "env"),
    ("log", "log"),
    ("net", "net"),
    ("net/http", "http"),
    ("net/http/pprof", "pprof"),
    ("os", "os"),
    ("os/exec", "exec"),
    ("path", "path"),
    ("path/filepath", "filepath"),
    ("sigs.k8s.io/controller-runtime", "ctrl"),
    ("sigs.k8s.io/controller-runtime/pkg/manager", "ctrl"),
    ("strconv", "strconv"),
    ("strings", "strings"),
    ("syscall", "syscall"),
];

/// What functions and methods make, where patterns ask for it: the name of the package where all its objects that matter are alike.
const MADE: [(&str, &str); 43] = [
    ("chi.Group", "chi"),
    ("chi.NewMux", "chi"),
    ("chi.NewRouter", "chi"),
    ("chi.Route", "chi"),
    ("chi.With", "chi"),
    ("cobra.Flags", "pflag"),
    ("cobra.PersistentFlags", "pflag"),
    ("cron.New", "cron"),
    ("echo.Group", "echo"),
    ("echo.New", "echo"),
    ("exec.Command", "exec"),
    ("exec.CommandContext", "exec"),
    ("fiber.Group", "fiber"),
    ("fiber.New", "fiber"),
    ("flag.NewFlagSet", "flag"),
    ("gin.Default", "gin"),
    ("gin.Group", "gin"),
    ("gin.New", "gin"),
    ("grpc.NewServer", "grpc"),
    ("http.NewServeMux", "http.ServeMux"),
    ("httprouter.New", "httprouter"),
    ("mux.Handle", "mux"),
    ("mux.HandleFunc", "mux"),
    ("mux.Handler", "mux"),
    ("mux.HandlerFunc", "mux"),
    ("mux.Headers", "mux"),
    ("mux.Host", "mux"),
    ("mux.Methods", "mux"),
    ("mux.Name", "mux"),
    ("mux.NewRoute", "mux"),
    ("mux.NewRouter", "mux"),
    ("mux.Path", "mux"),
    ("mux.PathPrefix", "mux"),
    ("mux.Queries", "mux"),
    ("mux.Schemes", "mux"),
    ("mux.SkipClean", "mux"),
    ("mux.StrictSlash", "mux"),
    ("mux.Subrouter", "mux"),
    ("mux.UseEncodedPath", "mux"),
    ("pflag.NewFlagSet", "pflag"),
    ("pprof.NewServeMux", "http.ServeMux"),
    ("viper.New", "viper"),
    ("viper.NewWithOptions", "viper"),
];

/// Methods of routers of chi and Gorilla that give back the router that they are called on, or one that stands for it.
const SAME: [&str; 5] = [
    "NewRoute",
    "SkipClean",
    "StrictSlash",
    "UseEncodedPath",
    "With",
];

/// The name that patterns have for the package of an import; of others the path, without dots, which no pattern has.
pub(super) fn short(path: &str) -> String {
    let bare = unversioned(path);
    match KNOWN.binary_search_by(|it| it.0.cmp(&bare)) {
        Ok(at) => KNOWN[at].1.to_owned(),
        Err(_) => bare.replace('.', "_"),
    }
}

/// Whether `name` begins with the name of a package that patterns know.
pub(super) fn is_known(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    KNOWN.iter().any(|it| it.1 == first)
}

/// A path without its version: `/v5` at its end or before the last part, `.v1` of gopkg.in.
fn unversioned(path: &str) -> String {
    let is_version = |it: &str| {
        let digits = it.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
    };
    let parts = path.split('/').filter(|it| !is_version(it));
    let parts = parts.map(|it| match it.rsplit_once('.') {
        Some((name, version)) if is_version(version) => name,
        _ => it,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What a call of the function or method makes.
pub(super) fn made(callee: &str) -> Option<&'static str> {
    let at = MADE.binary_search_by(|it| it.0.cmp(callee)).ok()?;
    Some(MADE[at].1)
}

/// Whether a method of a router gives back what it is called on.
pub(super) fn is_same(method: &str) -> bool {
    SAME.contains(&method)
}

/// What an object of a type is called by patterns: `gin` for `gin.RouterGroup`.
pub(super) fn of_type(name: &str) -> String {
    let package = name.split('.').next().unwrap_or_default();
    match package {
        "chi" | "cobra" | "echo" | "fiber" | "gin" | "grpc" | "httprouter" | "mux" | "pflag"
        | "viper" | "exec" => package.to_owned(),
        _ if name == "flag.FlagSet" => "flag".to_owned(),
        _ => name.to_owned(),
    }
}

/// The names that a package may have by the last part of its path: `redis` of `go-redis`, `yaml` of `yaml.v3`.
pub(super) fn names(path: &str) -> Vec<String> {
    let bare = unversioned(path);
    let last = bare.rsplit('/').next().unwrap_or_default();
    let mut found = vec![last.to_owned()];
    if last.contains(['-', '.']) {
        found.push(last.replace(['-', '.'], ""));
        found.push(last.replace(['-', '.'], "_"));
        found.extend(last.split(['-', '.']).map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(KNOWN.is_sorted_by_key(|it| it.0));
        assert!(MADE.is_sorted_by_key(|it| it.0));
    }

    #[test]
    fn versions_do_not_count() {
        for (path, expected) in [
            ("github.com/go-chi/chi/v5", "chi"),
            ("github.com/go-chi/chi/v5/middleware", "middleware"),
            ("gopkg.in/urfave/cli.v1", "cli"),
            ("net/http", "http"),
            ("example.com/shop/http", "example_com/shop/http"),
        ] {
            assert_eq!(short(path), expected);
        }
        assert_eq!(names("github.com/go-redis/redis/v8"), ["redis"]);
        assert!(names("gopkg.in/yaml.v3").contains(&"yaml".to_owned()));
    }
}
