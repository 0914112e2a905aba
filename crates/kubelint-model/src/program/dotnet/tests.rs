use std::sync::Arc;

use kubelint_parser::source::{MemorySources, ReadError, SourcePath, SourceText, Sources};

use crate::program::tests::{check, deployment, project, read, shown};

const PUBLISHED: &str = "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nWORKDIR /src\nCOPY . .\nRUN dotnet publish src/Shop.Api/Shop.Api.csproj -c Release -o /app\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\nWORKDIR /app\nCOPY --from=build /app .\nENTRYPOINT [\"dotnet\", \"Shop.Api.dll\"]\n";
const PROJECT: &str = "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup><ProjectReference Include=\"..\\Defaults\\Defaults.csproj\" /></ItemGroup></Project>";
const LIBRARY: &str = "<Project Sdk=\"Microsoft.NET.Sdk\" />";
const DEFAULTS: &str = "public static class Extensions\n{\n    public static WebApplication MapDefaultEndpoints(this WebApplication app)\n    {\n        if (app.Environment.IsDevelopment())\n        {\n            app.MapHealthChecks(\"/health\");\n        }\n        return app;\n    }\n    public static void MapNever(this WebApplication app) { app.MapGet(\"/never\", () => 1); }\n}\n";
const PROGRAM: &str = "var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\napp.UseHttpsRedirection();\napp.MapDefaultEndpoints();\napp.MapGroup(\"/api\").MapOrders();\napp.MapControllers();\napp.Run();\n";
const ORDERS: &str = "public static class Orders\n{\n    const string One = \"/orders/{id?}\";\n    public static RouteGroupBuilder MapOrders(this RouteGroupBuilder group)\n    {\n        group.MapGet(One, (int id) => id);\n        return group;\n    }\n}\n";
const CONTROLLERS: &str = "[ApiController]\n[Route(\"v1/[controller]\")]\npublic abstract class Base : ControllerBase { [HttpGet(\"ping\")] public string Ping() => \"x\"; }\npublic class ItemsController : Base\n{\n    [HttpPost] public void Add() { }\n    [HttpGet(\"/raw\")] public void Raw() { }\n}\n";

fn shop<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        ("api/src/Shop.Api/Shop.Api.csproj", PROJECT),
        ("api/src/Defaults/Defaults.csproj", LIBRARY),
        ("api/src/Defaults/Extensions.cs", DEFAULTS),
        ("api/src/Shop.Api.Tests/Shop.Api.Tests.csproj", LIBRARY),
        (
            "api/src/Shop.Api.Tests/Program.cs",
            "var app = WebApplication.Create(); app.MapGet(\"/test\", () => 1);",
        ),
    ];
    files.extend_from_slice(more);
    files
}

#[test]
fn routes_of_groups_controllers_and_other_projects() {
    let files = shop(&[
        ("api/src/Shop.Api/Program.cs", PROGRAM),
        ("api/src/Shop.Api/Orders.cs", ORDERS),
        ("api/src/Shop.Api/Controllers/Items.cs", CONTROLLERS),
        (
            "api/src/Shop.Api/obj/Made.cs",
            "app.MapGet(\"/made\", () => 1);",
        ),
    ]);
    check(
        "",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\nGET /api/orders/{id?}\nGET /api/orders\nPOST /v1/Items\nGET /raw\nGET /v1/Items/ping\nlistens 8080 \n",
    );
}

#[test]
fn some_routes_are_for_developers_only() {
    let files = shop(&[(
        "api/src/Shop.Api/Program.cs",
        "var app = WebApplication.CreateBuilder(args).Build();\napp.MapDefaultEndpoints();\n",
    )]);
    check(
        "        env:\n        - {name: ASPNETCORE_ENVIRONMENT, value: development}\n        - {name: ASPNETCORE_URLS, value: 'http://+:5000;https://+:5001'}\n",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\n* /health\nlistens 5000 k8s/api.yaml:14\nlistens 5001 k8s/api.yaml:14\n",
    );
}

#[test]
fn ports_of_settings_stand_before_those_of_variables() {
    let files = shop(&[
        ("api/src/Shop.Api/Program.cs", PROGRAM),
        (
            "api/src/Shop.Api/appsettings.json",
            "{\n  \"Kestrel\": {\"Endpoints\": {\"Web\": {\"Url\": \"http://+:80\"}}}\n}\n",
        ),
        (
            "api/src/Shop.Api/appsettings.Production.json",
            "{\n  \"Kestrel\": {\"EndPoints\": {\"Web\": {\"Url\": \"http://+:81\"}}}\n}\n",
        ),
    ]);
    check(
        "",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\ngap Some(Routes): `MapOrders` may add routes\nlistens 81 api/src/Shop.Api/appsettings.Production.json:2\n",
    );
}

#[test]
fn sections_are_read_by_the_properties_of_their_classes() {
    let program = "var builder = WebApplication.CreateBuilder(args);\nbuilder.Services.Configure<Mail>(builder.Configuration.GetSection(\"Mail\"));\nvar name = builder.Configuration[\"Shop:Name\"] ?? throw new Exception();\nvar region = builder.Configuration[\"Region\"] ?? throw new Exception();\nbuilder.Services.AddCompany(builder.Configuration);\nbuilder.AddOwn();\nvar app = builder.Build();\nclass Mail : Server { public string From { get; set; } public List<string> To { get; set; } }\nclass Server { public int Port { get; set; } }\nstatic class Own { public static void AddOwn(this WebApplicationBuilder builder) { var x = builder.Configuration.GetConnectionString(\"Db\"); } }\n";
    let files = shop(&[
        ("api/src/Shop.Api/Program.cs", program),
        (
            "api/src/Shop.Api/appsettings.json",
            "{\"shop\": {\"name\": \"x\"}}",
        ),
    ]);
    check(
        "",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\nreads SHOP__NAME in any case at start\nreads REGION in any case at start required\nreads CONNECTIONSTRINGS__DB in any case at start\nreads MAIL__PORT in any case\nreads MAIL__FROM in any case\nreads MAIL__TO in any case\nreads MAIL__TO__*\ngap Some(Reads): `AddCompany` is given the configuration\nlistens 8080 \n",
    );
}

#[test]
fn what_is_not_understood_is_said() {
    let program = "var builder = WebApplication.CreateBuilder(args);\nbuilder.WebHost.UseUrls(\"http://*:\" + Port());\nvar app = builder.Build();\napp.UseCompany();\nfoo.Register(app);\napp.UseMiddleware<Theirs>();\napp.UseMiddleware<Own>();\napp.UsePathBase(Prefix());\nforeach (var one in all) { app.MapGet(one.Path, one.Run); }\nclass Own { }\n";
    let files = shop(&[("api/src/Shop.Api/Program.cs", program)]);
    check(
        "",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\ngap Some(Routes): a route's path is computed\ngap Some(Routes): `UseCompany` may add routes\ngap Some(Routes): `Register` may add routes\ngap Some(Routes): middleware of a package may answer\ngap Some(Routes): what stands before all paths is computed\nlistens ? api/src/Shop.Api/Program.cs:2\n",
    );
}

#[test]
fn older_images_and_startup_classes() {
    let dockerfile = PUBLISHED
        .replace("aspnet:8.0", "aspnet:6.0")
        .replace("[\"dotnet\", \"Shop.Api.dll\"]", "[\"./Shop.Api\"]");
    let program = "public class Program { public static void Main(string[] args) { Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web => web.UseStartup<Startup>()).Build().Run(); } }\npublic class Startup { public void Configure(IApplicationBuilder app) { app.UseRouting(); app.UseEndpoints(endpoints => { endpoints.MapHealthChecks(\"/hc\"); }); } }\n";
    let files = shop(&[("api/src/Shop.Api/Program.cs", program)]);
    check(
        "",
        &dockerfile,
        &files,
        "$ ./Shop.Api\nentry api/src/Shop.Api/Program.cs\n* /hc\nlistens 80 \n",
    );
}

/// A repository whose git ignores the settings of production.
struct Kept(MemorySources);

impl Sources for Kept {
    fn list(&self) -> &[SourcePath] {
        self.0.list()
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        self.0.read(path)
    }

    fn exists(&self, path: &SourcePath) -> bool {
        self.0.exists(path)
    }

    fn is_ignored(&self, path: &SourcePath) -> bool {
        path.file_name() == "appsettings.Production.json"
    }
}

#[test]
fn settings_that_git_ignores_may_say_anything() {
    let program = "var builder = WebApplication.CreateBuilder(args);\nvar region = builder.Configuration[\"Region\"] ?? throw new Exception();\nvar app = builder.Build();\n";
    for (environment, expected) in [
        (
            "Production",
            "reads REGION in any case at start\ngap Some(Ports): git ignores settings that may say where it listens\n",
        ),
        (
            "Development",
            "reads REGION in any case at start required\n",
        ),
    ] {
        let container =
            format!("        env: [{{name: ASPNETCORE_ENVIRONMENT, value: {environment}}}]\n");
        let deployment = deployment(&container);
        let files = shop(&[("api/src/Shop.Api/Program.cs", program)]);
        let files = project(&deployment, PUBLISHED, &files);
        let graph = read(&Kept(MemorySources::new(files)));
        let expected = format!(
            "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\n{expected}listens 8080 \n"
        );
        assert_eq!(shown(&graph), expected);
    }
}

#[test]
fn other_configuration_may_say_where_it_listens() {
    for (added, gap) in [
        ("AddJsonFile(\"appsettings.json\", true)", ""),
        (
            "AddJsonFile($\"appsettings.{builder.Environment.EnvironmentName}.json\", true)",
            "",
        ),
        ("AddEnvironmentVariables()", ""),
        ("AddJsonFile(\"hosting.json\")", "AddJsonFile"),
        ("AddJsonFile(path)", "AddJsonFile"),
        ("AddKeyPerFile(\"/etc/shop\")", "AddKeyPerFile"),
    ] {
        let program = format!(
            "var builder = WebApplication.CreateBuilder(args);\nbuilder.Configuration.{added};\nvar app = builder.Build();\n"
        );
        let gap = match gap {
            "" => String::new(),
            name => format!("gap Some(Ports): `{name}` may say where it listens\n"),
        };
        let files = shop(&[("api/src/Shop.Api/Program.cs", &program)]);
        check(
            "",
            PUBLISHED,
            &files,
            &format!(
                "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\n{gap}listens 8080 \n"
            ),
        );
    }
}

#[test]
fn addresses_of_source_and_of_settings_are_not_told_apart() {
    let files = shop(&[
        (
            "api/src/Shop.Api/Program.cs",
            "var builder = WebApplication.CreateBuilder(args);\nbuilder.WebHost.UseUrls(\"http://*:5000\");\n",
        ),
        (
            "api/src/Shop.Api/appsettings.json",
            "{\"Kestrel\": {\"Endpoints\": {\"Web\": {\"Url\": \"http://+:80\"}}}}",
        ),
    ]);
    check(
        "",
        PUBLISHED,
        &files,
        "$ dotnet Shop.Api.dll\nentry api/src/Shop.Api/Program.cs\ngap Some(Ports): source and settings say where it listens\nlistens 5000 api/src/Shop.Api/Program.cs:2\n",
    );
}
