# The images of Foretell, each a target of this file:
#   serve   the application and the console, without trainers: docker build --target serve .
#   train   the pipeline: docker build --target train .
# docs/operations/images.md says what can be given to a build, and how a model is baked in.
ARG BASE=node:24-bookworm-slim

# What native modules are built with where there is no built one to download. Nothing of it reaches an image but tini.
FROM ${BASE} AS tools
# The newest of a stable Debian: it changes by security updates alone.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 tini \
  && rm -rf /var/lib/apt/lists/*
# The headers that came with this Node: node-gyp need not fetch them.
ENV npm_config_nodedir=/usr/local
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

# What runs in production, of this platform alone. A registry of one's own is reached by the secrets npmrc and ca, which stay in no layer.
FROM tools AS libraries
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  npm ci --omit=dev --no-audit --no-fund --cache /tmp/npm \
  && rm -rf /tmp/npm
COPY deploy/image/prune.mjs /tmp/
RUN node /tmp/prune.mjs node_modules

# Compiling needs no native module: the scripts of development dependencies do not run.
FROM tools AS build
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  npm ci --ignore-scripts --no-audit --no-fund --cache /tmp/npm \
  && rm -rf /tmp/npm
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY ml ml
# Nothing reads source maps at run time, and they are as large as the programs.
RUN npm run --silent build && find dist -name '*.map' -delete

# The registry on disk that a model is taken from where no MLflow is named: --build-context registry=var/registry
FROM scratch AS registry

# The one version that MODEL_URI names, as a registry of its own; an empty folder where none is named.
FROM build AS model
COPY deploy/image/bake.sh /usr/local/bin/
ARG MODEL_URI=""
ARG MLFLOW_TRACKING_URI=""
RUN --mount=type=bind,from=registry,target=/run/registry --mount=type=secret,id=ca --mount=type=secret,id=mlflow_token \
  bake.sh /opt/foretell/registry

FROM ${BASE} AS runtime
# An application server installs nothing: no package manager of Node's, whose own libraries would need patches.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn-* \
  && mkdir -p /var/lib/foretell && chown 1000:1000 /var/lib/foretell
# Node as process 1 would ignore SIGTERM until the application listens for it, and inherit what nobody waits for.
COPY --from=tools /usr/bin/tini /usr/bin/tini
WORKDIR /app
# Readable for the account below, whatever the checkout is.
COPY --chmod=644 package.json ./
COPY --from=libraries /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
ENV VAR_DIR=/var/lib/foretell
VOLUME /var/lib/foretell
# A number, so that an orchestrator can tell that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title=Foretell \
  org.opencontainers.image.licenses=MIT \
  org.opencontainers.image.version=${VERSION} \
  org.opencontainers.image.revision=${REVISION} \
  org.opencontainers.image.source=${SOURCE}

FROM runtime AS train
ARG REVISION=unknown
# A version that it registers names the commit that it was built from: git is not in it.
ENV GIT_COMMIT=${REVISION}
COPY --from=build /app/dist/ml dist/ml
COPY --chmod=644 params.yaml ./
COPY --chmod=755 data data
ENTRYPOINT ["tini", "--", "node"]
CMD ["dist/ml/train.js"]

# The last one: what is built where no target is named.
FROM runtime AS serve
COPY --from=build /app/dist/console dist/console
COPY --from=model /opt/foretell/registry /opt/foretell/registry
ARG MODEL_URI=""
ARG MODEL_NAME=""
ARG MODEL_VERSION=""
LABEL foretell.model.name=${MODEL_NAME} foretell.model.version=${MODEL_VERSION}
# A baked model is served from the image; without one the last two are empty, which is unset.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 MODEL_URI=${MODEL_URI} REGISTRY_DIR=${MODEL_URI:+/opt/foretell/registry}
# A memory pool of the C library for each thread keeps what the others could use: some 20 MB.
ENV MALLOC_ARENA_MAX=2
EXPOSE 8000
# Whether the process answers. Whether it should get traffic is /health/ready, which a restart does not mend.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
# The flags of `npm start`, which sets the same variable.
CMD ["node", "--max-semi-space-size=4", "dist/src/main.js"]
