//! Programs of Go, from the image to what their packages say.

use super::tests::{deployment, graph, project, shown};

const MODULE: &str = "module example.com/shop\n\ngo 1.22\n";
const DOCKERFILE: &str = "FROM golang AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -ldflags \"-s -w\" -o /out/api ./cmd/api\nFROM scratch\nCOPY --from=build /out/api /bin/api\nENTRYPOINT [\"/bin/api\"]\n";

fn check(container: &str, dockerfile: &str, files: &[(&str, &str)], expected: &str) {
    let deployment = deployment(container);
    let files = project(&deployment, dockerfile, files);
    assert_eq!(shown(&graph(&files)), expected);
}

#[test]
fn packages_are_put_together() {
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/api/main.go",
                "package main\n\nimport (\n\t\"example.com/shop/internal/env\"\n\t\"example.com/shop/internal/server\"\n)\n\nfunc main() {\n\tserver.New(env.Get(\"PORT\", \"8080\")).Run()\n}\n",
            ),
            (
                "api/cmd/api/main_test.go",
                "package main\n\nfunc x() { os.Getenv(\"TEST\") }\n",
            ),
            (
                "api/internal/env/env.go",
                "package env\n\nimport \"os\"\n\nfunc Get(key, fallback string) string {\n\tif v := os.Getenv(key); v != \"\" {\n\t\treturn v\n\t}\n\treturn fallback\n}\n",
            ),
            (
                "api/internal/server/server.go",
                "package server\n\nimport \"net/http\"\n\ntype Server struct {\n\tport string\n\tmux *http.ServeMux\n}\n\nfunc New(port string) *Server {\n\ts := &Server{port: port, mux: http.NewServeMux()}\n\ts.routes()\n\treturn s\n}\n\nfunc (s *Server) Run() error {\n\treturn http.ListenAndServe(\":\"+s.port, s.mux)\n}\n",
            ),
            (
                "api/internal/server/routes.go",
                "package server\n\nfunc (s *Server) routes() {\n\ts.mux.HandleFunc(\"GET /healthz\", s.health)\n\ts.mux.HandleFunc(\"/v1/\", s.v1)\n}\n",
            ),
        ],
        "$ /bin/api\nentry api/cmd/api/main.go\nGET /healthz\n* /v1/\nreads PORT at start\nlistens 8080 api/internal/server/server.go:17\n",
    );
}

#[test]
fn what_is_not_read_leaves_gaps() {
    check(
        "        args: [--port=9000]\n",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/api/main.go",
                "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n\t\"net/http\"\n\n\t\"example.net/other/lib\"\n\t\"github.com/gorilla/mux\"\n)\n\nvar port = flag.Int(\"port\", 8080, \"\")\n\nfunc main() {\n\tflag.Parse()\n\tr := mux.NewRouter()\n\tr.HandleFunc(\"/ready\", ready)\n\tlib.Register(r)\n\tgo lib.Serve()\n\thttp.ListenAndServe(fmt.Sprintf(\":%d\", *port), r)\n}\n",
            ),
        ],
        "$ /bin/api --port=9000\nentry api/cmd/api/main.go\n* /ready\ngap Some(Routes): a package that is not read may add routes\ngap Some(Ports): a package that is not read may listen\nlistens 9000 api/cmd/api/main.go:20\n",
    );
}

#[test]
fn binaries_that_nothing_builds_are_guessed_by_their_names() {
    check(
        "",
        "FROM scratch\nCOPY bin/worker /worker\nCMD [\"/worker\"]\n",
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/worker/main.go",
                "package main\n\nimport \"os\"\n\nfunc main() { print(os.Getenv(\"QUEUE\")) }\n",
            ),
            ("api/cmd/api/main.go", "package main\n\nfunc main() {}\n"),
        ],
        "$ /worker\nentry api/cmd/worker/main.go\nreads QUEUE at start\ngap Some(Ports): no place is found where it listens\ngap Some(Routes): which application it serves is not known\n",
    );
}

#[test]
fn files_count_where_they_are_built() {
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/api/main.go",
                "package main\n\nimport \"net/http\"\n\nfunc main() {\n\troutes()\n\thttp.ListenAndServe(\":8080\", nil)\n}\n",
            ),
            (
                "api/cmd/api/routes.go",
                "//go:build !windows\n\npackage main\n\nimport \"net/http\"\n\nfunc routes() { http.HandleFunc(\"/a\", a) }\n",
            ),
            (
                "api/cmd/api/service.go",
                "//go:build windows\n\npackage main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc routes() { http.HandleFunc(os.Getenv(\"W\"), w) }\n",
            ),
            (
                "api/cmd/api/paid.go",
                "//go:build paid\n\npackage main\n\nimport \"os\"\n\nfunc init() {\n\tif os.Getenv(\"LICENCE\") == \"\" {\n\t\tpanic(1)\n\t}\n}\n",
            ),
        ],
        "$ /bin/api\nentry api/cmd/api/main.go\n* /a\nreads LICENCE at start\ngap Some(Reads): a file is built only with some tags\ngap Some(Ports): a file is built only with some tags\ngap Some(Routes): a file is built only with some tags\nlistens 8080 api/cmd/api/main.go:7\n",
    );
}

#[test]
fn modules_of_the_same_owner_may_do_anything() {
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/api/main.go",
                "package main\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/common/config\"\n\t\"example.net/other\"\n)\n\nfunc main() {\n\tconfig.Load()\n\thttp.HandleFunc(\"/a\", other.A)\n\thttp.ListenAndServe(\":8080\", nil)\n}\n",
            ),
        ],
        "$ /bin/api\nentry api/cmd/api/main.go\n* /a\ngap None: `example.com/common/config` is imported, and its file is not there\nlistens 8080 api/cmd/api/main.go:13\n",
    );
}

#[test]
fn folders_within_a_package_belong_to_others() {
    let import = "\t\"example.com/shop/store\"\n";
    let reads = |name: &str| {
        format!(
            "package store\n\nimport \"os\"\n\nvar {} = os.Getenv(\"{name}\")\n",
            name.to_lowercase()
        )
    };
    let main = format!(
        "package main\n\nimport (\n{import}\t\"example.com/shop/zero\"\n)\n\nfunc main() {{ store.Open(); zero.Run() }}\n"
    );
    let zero = format!("package zero\n\nimport (\n{import})\n\nfunc Run() {{ store.Open() }}\n");
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            ("api/cmd/api/main.go", &main),
            ("api/zero/zero.go", &zero),
            ("api/store/a.go", &reads("FIRST")),
            ("api/store/a/deep/x.go", &reads("NEVER")),
            ("api/store/b/y.go", &reads("NEVER")),
            ("api/store/b.go", &reads("SECOND")),
            ("api/store/c.go", &reads("THIRD")),
            ("api/stored/z.go", &reads("NEVER")),
        ],
        "$ /bin/api\nentry api/cmd/api/main.go\nreads SECOND at start\nreads THIRD at start\nreads FIRST at start\ngap Some(Ports): no place is found where it listens\ngap Some(Routes): which application it serves is not known\n",
    );
}

#[test]
fn helpers_are_told_apart_by_their_calls() {
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            (
                "api/cmd/api/main.go",
                "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\n\t\"example.com/shop/internal/env\"\n)\n\nfunc main() {\n\tadmin := env.Or(\"ADMIN_ADDR\", \":9090\")\n\tgo http.ListenAndServe(admin, nil)\n\tport := env.Int(\"PORT\", 8080)\n\thttp.ListenAndServe(env.Addr(\"HOST\", port), nil)\n\tprint(env.Int(\"LEVEL\", 3), env.Or(\"MODE\", \"web\"), fmt.Sprint(port))\n}\n",
            ),
            (
                "api/internal/env/env.go",
                "package env\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"strconv\"\n)\n\nfunc Or(key, fallback string) string {\n\tif v, ok := os.LookupEnv(key); ok {\n\t\treturn v\n\t}\n\treturn fallback\n}\n\nfunc Int(key string, fallback int) int {\n\tif v := os.Getenv(key); v != \"\" {\n\t\tif n, err := strconv.Atoi(v); err == nil {\n\t\t\treturn n\n\t\t}\n\t}\n\treturn fallback\n}\n\nfunc Addr(key string, port int) string {\n\thost := os.Getenv(key)\n\tif host == \"\" {\n\t\thost = \"0.0.0.0\"\n\t}\n\taddr := fmt.Sprintf(\"%s:%d\", host, port)\n\treturn addr\n}\n",
            ),
        ],
        "$ /bin/api\nentry api/cmd/api/main.go\nreads ADMIN_ADDR at start\nreads MODE at start\nreads PORT at start\nreads LEVEL at start\nreads HOST at start\ngap Some(Routes): which application it serves is not known\nlistens 9090 api/cmd/api/main.go:12\nlistens 8080 api/cmd/api/main.go:14\n",
    );
}

#[test]
fn structs_of_other_packages_are_filled() {
    let check_with = |main: &str, expected: &str| {
        let main = format!(
            "package main\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/shop/internal/app\"\n\t\"github.com/caarlos0/env/v11\"\n\t\"github.com/kelseyhightower/envconfig\"\n)\n\nfunc main() {{\n{main}\thttp.ListenAndServe(\":\"+cfg.HTTP.Port, nil)\n}}\n"
        );
        check(
            "",
            DOCKERFILE,
            &[
                ("api/go.mod", MODULE),
                ("api/cmd/api/main.go", &main),
                (
                    "api/internal/app/config.go",
                    "package app\n\nimport \"example.com/shop/internal/web\"\n\ntype Config struct {\n\tBase\n\tHTTP web.Config `envPrefix:\"HTTP_\"`\n\tDB struct {\n\t\tURL string `env:\"URL,required\" envconfig:\"DB_URL\" required:\"true\"`\n\t} `envPrefix:\"DB_\"`\n}\n\ntype Base struct {\n\tLevel string `env:\"LEVEL\" envDefault:\"info\" default:\"info\"`\n}\n",
                ),
                (
                    "api/internal/web/config.go",
                    "package web\n\ntype Config struct {\n\tPort string `env:\"PORT\" envDefault:\"8080\" default:\"8080\"`\n}\n",
                ),
            ],
            &format!(
                "$ /bin/api\nentry api/cmd/api/main.go\n{expected}gap Some(Routes): which application it serves is not known\nlistens 8080 api/cmd/api/main.go:14\n"
            ),
        );
    };
    check_with(
        "\tcfg := app.Config{}\n\tif err := env.Parse(&cfg); err != nil { panic(err) }\n",
        "reads LEVEL at start\nreads HTTP_PORT at start\nreads DB_URL at start required\n",
    );
    check_with(
        "\tvar cfg app.Config\n\tenvconfig.MustProcess(\"shop\", &cfg)\n",
        "reads SHOP_LEVEL at start\nreads SHOP_HTTP_PORT at start\nreads SHOP_DB_DB_URL at start\nreads DB_URL at start required\n",
    );
    check_with(
        "\tvar cfg app.Config\n\tenv.ParseWithOptions(&cfg, env.Options{Prefix: \"X_\"})\n",
        "reads X_LEVEL at start\nreads X_HTTP_PORT at start\nreads X_DB_URL at start\n",
    );
    check_with(
        "\tcfg, err := env.ParseAs[app.Config]()\n\tif err != nil { log.Fatal(err) }\n",
        "reads LEVEL at start\nreads HTTP_PORT at start\nreads DB_URL at start required\n",
    );
    check_with(
        "\topts := env.Options{Prefix: \"X_\"}\n\tcfg := env.Must(env.ParseAsWithOptions[app.Config](opts))\n",
        "reads X_LEVEL at start\nreads X_HTTP_PORT at start\nreads X_DB_URL at start required\n",
    );
}

/// The program of a `main.go` whose `main` is `main`, and of a package `config`.
fn check_main(main: &str, config: &str, expected: &str) {
    let main = format!(
        "package main\n\nimport (\n\t\"log\"\n\t\"net/http\"\n\t\"os\"\n\t\"time\"\n\n\t\"example.com/shop/internal/config\"\n)\n\n{main}"
    );
    check(
        "",
        DOCKERFILE,
        &[
            ("api/go.mod", MODULE),
            ("api/cmd/api/main.go", &main),
            ("api/internal/config/config.go", config),
        ],
        &format!("$ /bin/api\nentry api/cmd/api/main.go\n{expected}"),
    );
}

#[test]
fn errors_that_main_ends_on_require_variables() {
    let config = "package config\n\nimport (\n\t\"errors\"\n\t\"os\"\n)\n\ntype Config struct {\n\tURL string\n\tPort string\n}\n\nfunc Load() (*Config, error) {\n\tkey, err := need(\"KEY\")\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tcfg := &Config{URL: os.Getenv(\"URL\"), Port: os.Getenv(\"PORT\")}\n\tif cfg.Port == \"\" {\n\t\tcfg.Port = \"8080\"\n\t}\n\treturn cfg, cfg.validate()\n}\n\nfunc (c *Config) validate() error {\n\tif c.URL == \"\" {\n\t\treturn errors.New(\"no URL\")\n\t}\n\treturn nil\n}\n\nfunc need(name string) (string, error) {\n\tif v, ok := os.LookupEnv(name); ok {\n\t\treturn v, nil\n\t}\n\treturn \"\", errors.New(name)\n}\n";
    let serve = "\thttp.ListenAndServe(\":80\", nil)\n}\n";
    let gap = "gap Some(Routes): which application it serves is not known\nlistens 80 ";
    check_main(
        &format!(
            "func main() {{\n\tcfg, err := config.Load()\n\tif err != nil {{\n\t\tlog.Fatal(err)\n\t}}\n{serve}"
        ),
        config,
        &format!(
            "reads URL at start required\nreads PORT at start\nreads KEY at start required\n{gap}api/cmd/api/main.go:17\n"
        ),
    );
    // What goes on does without.
    check_main(
        &format!(
            "func main() {{\n\tcfg, err := config.Load()\n\tif err != nil {{\n\t\tlog.Print(err)\n\t}}\n{serve}"
        ),
        config,
        &format!(
            "reads URL at start\nreads PORT at start\nreads KEY at start\n{gap}api/cmd/api/main.go:17\n"
        ),
    );
}

#[test]
fn viper_looks_keys_up_in_variables() {
    let config = "package config\n\nimport (\n\t\"strings\"\n\n\t\"github.com/spf13/viper\"\n)\n\nfunc init() {\n\tviper.SetEnvPrefix(\"shop\")\n\tviper.SetEnvKeyReplacer(strings.NewReplacer(\".\", \"_\", \"-\", \"_\"))\n\tviper.AutomaticEnv()\n\tviper.SetDefault(\"http.port\", 8080)\n\tviper.BindEnv(\"db-url\", \"DATABASE_URL\")\n}\n\nfunc Port() string { return viper.GetString(\"HTTP.Port\") }\nfunc URL() string { return viper.GetString(\"db-url\") }\n";
    check_main(
        "func main() {\n\tif config.URL() == \"\" {\n\t\tlog.Fatal(\"no URL\")\n\t}\n\thttp.ListenAndServe(\":\"+config.Port(), nil)\n}\n",
        config,
        "reads SHOP_DB_URL at start\nreads DATABASE_URL at start\nreads SHOP_HTTP_PORT at start\nreads SHOP_DB_URL at start\nreads DATABASE_URL at start\ngap Some(Routes): which application it serves is not known\nlistens 8080 api/cmd/api/main.go:16\n",
    );
    // Keys may be called otherwise, and values come from a file.
    check_main(
        "func main() {\n\thttp.ListenAndServe(\":\"+config.Port(), nil)\n}\n",
        "package config\n\nimport \"github.com/spf13/viper\"\n\nfunc Port() string {\n\tviper.AutomaticEnv()\n\tviper.SetDefault(\"port\", viper.GetString(\"port\"))\n\tviper.ReadInConfig()\n\tviper.Unmarshal(&all)\n\treturn viper.GetString(\"port\")\n}\n",
        "reads PORT at start\nreads PORT at start\ngap Some(Reads): any key of the configuration may be a variable\ngap Some(Routes): which application it serves is not known\nlistens ? api/cmd/api/main.go:13\n",
    );
}

#[test]
fn every_start_waits_before_it_listens() {
    let config =
        "package config\n\nimport \"time\"\n\nfunc Warm() {\n\ttime.Sleep(20 * time.Second)\n}\n";
    check_main(
        "func main() {\n\tgo func() {\n\t\ttime.Sleep(300 * time.Second)\n\t}()\n\tdefer time.Sleep(40 * time.Second)\n\tgo config.Warm()\n\tconfig.Warm()\n\tserve()\n\ttime.Sleep(50 * time.Second)\n}\n\nfunc serve() {\n\ttime.Sleep(time.Minute * 1)\n\thttp.ListenAndServe(\":80\", nil)\n}\n",
        config,
        "gap Some(Routes): which application it serves is not known\nwaits 60\nwaits 20\nlistens 80 api/cmd/api/main.go:25\n",
    );
}

#[test]
fn middleware_stands_before_routes() {
    let config = "package config\n\nimport \"net/http\"\n\nfunc Auth(next http.Handler) http.Handler {\n\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n\t\tif r.Header.Get(\"Authorization\") == \"\" {\n\t\t\thttp.Error(w, \"no\", http.StatusUnauthorized)\n\t\t\treturn\n\t\t}\n\t\tnext.ServeHTTP(w, r)\n\t})\n}\n\nfunc Maybe(next http.Handler) http.Handler {\n\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n\t\tif r.URL.Scheme == \"http\" {\n\t\t\tnext.ServeHTTP(w, r)\n\t\t\treturn\n\t\t}\n\t\tif r.Header.Get(\"Authorization\") == \"\" {\n\t\t\thttp.Error(w, \"no\", http.StatusUnauthorized)\n\t\t\treturn\n\t\t}\n\t\tnext.ServeHTTP(w, r)\n\t})\n}\n";
    for (around, guard) in [
        ("config.Auth(mux)", " auth"),
        ("config.Maybe(mux)", ""),
        ("mux", ""),
    ] {
        check_main(
            &format!(
                "func main() {{\n\tmux := http.NewServeMux()\n\tmux.HandleFunc(\"/healthz\", healthz)\n\thttp.ListenAndServe(\":80\", {around})\n}}\n"
            ),
            config,
            &format!("* /healthz{guard}\nlistens 80 api/cmd/api/main.go:15\n"),
        );
    }
    let chi = "package config\n\nimport (\n\t\"time\"\n\n\t\"github.com/go-chi/chi/v5\"\n\t\"github.com/go-chi/httprate\"\n)\n\nfunc Router() chi.Router {\n\tr := chi.NewRouter()\n\tr.Use(httprate.LimitByIP(5, time.Minute))\n\tr.Get(\"/healthz\", healthz)\n\treturn r\n}\n";
    check_main(
        "func main() {\n\thttp.ListenAndServe(\":80\", config.Router())\n}\n",
        chi,
        "GET /healthz 5/60s\nlistens 80 api/cmd/api/main.go:13\n",
    );
}
