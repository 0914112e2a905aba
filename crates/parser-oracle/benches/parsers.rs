//! Megabytes a second: our parser, libyaml and serde_yaml on generated manifests and definitions.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kubelint_parser::yaml;
use parser_oracle::{generate, libyaml};

/// Generated files, in the sizes of real ones.
fn texts() -> [(&'static str, Vec<String>); 2] {
    [
        (
            "small manifests",
            (0..500).map(generate::manifest).collect(),
        ),
        (
            "definitions",
            (0..4)
                .map(|seed| generate::definition(seed, 4000))
                .collect(),
        ),
    ]
}

fn parsers(criterion: &mut Criterion) {
    for (name, texts) in texts() {
        let bytes = texts.iter().map(String::len).sum::<usize>() as u64;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::BytesDecimal(bytes));
        group.sample_size(20);
        group.bench_function("kubelint", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(yaml::parse(black_box(text)));
                }
            });
        });
        group.bench_function("kubelint, every scalar decoded", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    let yaml = yaml::parse(black_box(text));
                    for root in yaml.documents().iter().filter_map(|it| yaml.root(text, it)) {
                        for node in root.descendants() {
                            black_box(node.decoded().len());
                        }
                    }
                }
            });
        });
        group.bench_function("unsafe-libyaml", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    let _ = black_box(libyaml::count(black_box(text)));
                }
            });
        });
        group.bench_function("serde_yaml", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    for document in serde_yaml::Deserializer::from_str(black_box(text)) {
                        let value: Result<serde_yaml::Value, _> =
                            serde::Deserialize::deserialize(document);
                        let _ = black_box(value);
                    }
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, parsers);
criterion_main!(benches);
