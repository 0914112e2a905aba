use super::*;

/// What is found, as `key scheme host port`, each `-` if there is none; `/` for a path and `#` for a comment behind.
fn shown(text: &str) -> Vec<String> {
    let show = |it: Option<TextRange>| it.map_or("-", |it| it.of(text)).to_owned();
    let found = scan(text).into_iter().map(|it| {
        let port = match it.port {
            Port::Absent => "-".to_owned(),
            Port::Number(number, range) => {
                assert_eq!(range.of(text), number.to_string(), "{text}");
                number.to_string()
            }
            Port::Replaced => "?".to_owned(),
        };
        let path = if it.has_path { "/" } else { "" };
        let comment = if it.is_comment { "#" } else { "" };
        let (key, scheme, host) = (show(it.key), show(it.scheme), it.host.of(text));
        format!("{key} {scheme} {host} {port}{path}{comment}")
    });
    found.collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}");
}

#[test]
fn urls() {
    check("http://api:8080/v1", &["- http api 8080/"]);
    check("http://api", &["- http api -"]);
    check("http://api.", &["- http api -"]);
    check("(see http://api:80.)", &["see http api 80"]);
    check(
        "URL=https://user:p:w@api.shop:443",
        &["URL https api.shop 443"],
    );
    check(
        "postgres://app:p%40w@db:5432/app?x=1",
        &["- postgres db 5432/"],
    );
    check("redis://:pw@cache:6379/0", &["- redis cache 6379/"]);
    check("jdbc:mysql://db:3306/app", &["- mysql db 3306/"]);
    check(
        "url=jdbc:sqlserver://db:1433;x=y",
        &["url sqlserver db 1433"],
    );
    check("jdbc:oracle:thin:@//db:1521/sid", &["- - db 1521/"]);
    check("http://[::1]:80/", &["- http ::1 80/"]);
    check("http://[fe80::1]", &["- http fe80::1 -"]);
    check("tcp://10.0.0.1:80", &["- tcp 10.0.0.1 80"]);
}

#[test]
fn several_hosts() {
    check(
        "mongodb://u:p@m-0.m:27017,m-1.m:27018/db",
        &["- mongodb m-0.m 27017", "- mongodb m-1.m 27018/"],
    );
    check(
        "nats://a:4222,nats://b:4223",
        &["- nats a 4222", "- nats b 4223"],
    );
    check(
        "a=http://x:2380,b=http://y:2381",
        &["a http x 2380", "b http y 2381"],
    );
    check(
        "BROKERS=kafka-0.kafka:9092,kafka-1.kafka:9093",
        &[
            "BROKERS - kafka-0.kafka 9092",
            "BROKERS - kafka-1.kafka 9093",
        ],
    );
    check("http://a, http://b", &["- http a -", "- http b -"]);
}

#[test]
fn names_and_ports() {
    check("redis:6379", &["- - redis 6379"]);
    check("app:pw@tcp(mysql:3306)/db", &["pw@tcp - mysql 3306"]);
    check("@thin:db:1521", &[]);
    check("--broker=kafka:9092", &["--broker - kafka 9092"]);
    check("api.shop.svc", &["- - api.shop.svc -"]);
    check("api.shop.svc.", &["- - api.shop.svc -"]);
    check(
        "api.shop.svc.cluster.local:80/x",
        &["- - api.shop.svc.cluster.local 80/"],
    );
    check("server api.shop.svc:80;", &["server - api.shop.svc 80"]);
    check("{\"a\":\"api:80\",\"b\":5}", &["a - api 80"]);
}

#[test]
fn what_is_no_address() {
    for text in [
        "postgres:16",
        "image: registry/redis:6379",
        "rabbitmq:3-management",
        "12:30:45",
        "user:70000",
        "a:0",
        "127:80",
        "my.svcs",
        "x.svc-account.y",
        "s3://bucket/x",
        "lb://orders",
        "file:///etc/x:80",
        "key:80a",
        "::80",
        "$(HOST):80",
        "${HOST}:80",
        "é:80",
        "/redis:6379",
        "http://",
        "://x:80",
        "",
        ":",
    ] {
        check(text, &[]);
    }
}

#[test]
fn placeholders() {
    check("http://$(HOST):80/", &["- http $(HOST) 80/"]);
    check("http://api.${NS}.svc:8080", &["- http api.${NS}.svc 8080"]);
    check("http://api:${PORT:-80}/x", &["- http api ?/"]);
    check("http://{{ .Host }}:80", &["- http {{ .Host }} 80"]);
    check("http://${HOST:-api}/x", &["- http ${HOST:-api} -/"]);
    check("http://%s:%d/", &["- http %s ?/"]);
}

#[test]
fn formats() {
    check(
        "db.url=jdbc:postgresql://db/app\n",
        &["db.url postgresql db -/"],
    );
    check(
        "spring:\n  redis:\n    url: redis://cache:6379\n",
        &["url redis cache 6379"],
    );
    check(
        "[a]\nurl = \"http://api:80\"\n; old = http://b:81\n",
        &["url http api 80", "old http b 81#"],
    );
    check(
        "location / {\n  proxy_pass http://api:8080;\n  # proxy_pass http://old:1;\n}\n",
        &["proxy_pass http api 8080", "proxy_pass http old 1#"],
    );
    check(
        "  - targets: ['a:9100', \"b:9101\"]\n",
        &["targets - a 9100", "- - b 9101"],
    );
    check("<value>hdfs://nn:8020</value>\n", &["value hdfs nn 8020"]);
    check("{\"url\":\"http:\\/\\/x\"}\n", &[]);
}

/// Each of these would be slow if anything were looked at again and again.
#[test]
fn hostile_texts_take_linear_time() {
    let texts = [
        "a:1".repeat(200_000),
        ":".repeat(600_000),
        "http://".repeat(100_000),
        "http://a,".repeat(80_000),
        "a.svc".repeat(120_000),
        "${".repeat(300_000),
        format!("http://{}", "a".repeat(600_000)),
        format!("{}:80", "a".repeat(600_000)),
        format!("http://{}", "{".repeat(600_000)),
        "a:8080,".repeat(80_000),
    ];
    for text in texts {
        assert!(scan(&text).len() <= text.len() / 7 + 1);
    }
}
