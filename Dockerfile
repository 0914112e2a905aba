# A program that is linked statically, and what it needs of a system: the certificates with which registries are recognized.
#
#     docker build --tag kubelint .
#     docker run --rm --volume "$PWD:/work:ro" kubelint check

FROM rust:1.95-alpine AS build
RUN apk add --no-cache build-base
WORKDIR /source
COPY . .
# Alpine's toolchain links musl statically unless told otherwise.
RUN cargo build --release --locked

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/target/release/kubelint /kubelint
COPY --from=build /source/LICENSE-APACHE /source/LICENSE-MIT /
# A number, so that Kubernetes can tell that it is not root (runAsNonRoot).
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/kubelint"]
