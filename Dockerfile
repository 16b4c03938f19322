# mcpctl in a container: the program, and the daemon of docker-compose.yml.
#
#   docker build -t mcpctl .                             (--build-arg WITH=ca-certificates: without git)
#   docker build -t mcpctl/echo:1 --target mcp-echo .    the MCP server of the quickstart
#
# Any builder will do, the classic one too.

FROM debian:bookworm-slim AS tools
WORKDIR /src
COPY scripts/lib.sh scripts/install-deps.sh scripts/
RUN scripts/install-deps.sh build package && rm -rf /var/lib/apt/lists/*

FROM tools AS build-echo
COPY tests/echo_server tests/echo_server
RUN cmake -G Ninja -S tests/echo_server -B /build && cmake --build /build \
    && install -D /build/mcp-echo /image/mcp-echo && install -d -m 1777 /image/tmp && install -d /owned/data

FROM scratch AS mcp-echo
LABEL org.opencontainers.image.title="mcp-echo" \
      org.opencontainers.image.description="A small MCP server for trying mcpctl" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build-echo /image /
COPY --from=build-echo --chown=65532:65532 /owned /
USER 65532:65532
ENTRYPOINT ["/mcp-echo"]

FROM tools AS build
COPY CMakeLists.txt ./
COPY cmake cmake
COPY schemas schemas
COPY reconciler reconciler
COPY packaging/changelog.in packaging/
COPY docs/openapi.json docs/
RUN cmake -G Ninja -S . -B /build -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" -DMCPCTL_TESTS=OFF \
    && cmake --build /build --target mcpctl
# Texts come last: a changed one costs no compiler.
COPY CHANGELOG.md LICENSE README.md ./
COPY docs docs
COPY manifests manifests
COPY packaging packaging
RUN cmake --build /build && cd /build && cpack -G DEB

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="mcpctl" \
      org.opencontainers.image.description="Keeps MCP servers on a container engine as their manifests declare" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /build/mcpctl_*.deb /tmp/mcpctl.deb
# git tells revisions and keeps clones. The package says itself which libraries the program needs.
ARG WITH="git ca-certificates openssh-client"
RUN groupadd --gid 65532 mcpctl && useradd --uid 65532 --gid mcpctl --home-dir /var/lib/mcpctl --shell /usr/sbin/nologin mcpctl \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /tmp/mcpctl.deb $WITH \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt /tmp/mcpctl.deb \
    && install -d -m 1777 /var/lib/mcpctl /run/lock/mcpctl
COPY packaging/mcpctl-ready /usr/local/bin/mcpctl-ready
# Whoever it runs as (the engine's socket decides), these can be written once they are mounted.
ENV HOME=/var/lib/mcpctl XDG_STATE_HOME=/var/lib MCPCTL_LOCK_DIR=/run/lock/mcpctl
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["mcpctl-ready"]
ENTRYPOINT ["mcpctl"]
CMD ["--help"]
