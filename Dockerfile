# Forewarn: one process over one log. Build: docker build -t forewarn .   Run: docker run -v forewarn:/data -p 127.0.0.1:9464:9464 forewarn

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Node itself comes with the image, not with the packages that bring it to machines without one. The native checksums of Kafka's batches do.
RUN npm ci --omit=dev --omit=optional && \
  npm install --no-save --omit=dev --omit=optional \
    "@node-rs/crc32-linux-$(node -p process.arch)-gnu@$(node -p 'require("@node-rs/crc32/package.json").version')"
# What is for debuggers, compilers and browsers stays out: of TensorFlow only what Node loads goes in.
RUN find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -exec rm {} + && \
  find node_modules/@tensorflow -path '*/dist/*' -type f ! -name '*.node.js' ! -name '*.wasm' ! -name package.json -exec rm {} +

# What builds the pages is not needed to serve them. Versions are those of the lock.
FROM node:24-slim AS pages
WORKDIR /app
COPY package.json package-lock.json /lock/
RUN npm install --no-save --no-package-lock --ignore-scripts $(node -p "const { packages } = require('/lock/package-lock.json'); \
  ['vite', 'preact', '@preact/signals', 'uplot'].map((name) => name + '@' + packages['node_modules/' + name].version).join(' ')")
COPY tsconfig.json ./
COPY scripts/pages.ts ./scripts/
COPY src ./src
RUN node scripts/pages.ts

FROM node:24-slim
# Of glibc: large buffers go back to the system when they are let go of, and threads share one arena. A seventh to a fifth less memory.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072
# Each option of `run` may be set so; the health check asks where this says.
ENV FOREWARN_LOG=embedded:/data FOREWARN_HTTP=0.0.0.0:9464
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY streams ./streams
COPY models ./models
COPY src ./src
COPY --from=pages /app/dist/dashboard ./dist/dashboard
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${/\\d+$/.exec(process.env.FOREWARN_HTTP)}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--max-semi-space-size=16", "--disable-warning=TimeoutNegativeWarning", "src/main.ts"]
CMD ["run"]
