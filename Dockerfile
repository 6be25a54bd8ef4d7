# One exact version, so that the same sources make the same image; with the digest of the tag (docker buildx imagetools
# inspect node:24.21.0-bookworm) behind an @ also the same base.
ARG NODE=24.21.0-bookworm

# Everything, with a compiler: sqlite3 is built from source where there is no binary for the platform.
FROM node:${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY server ./server
RUN npm run build
# What only builds and tests need stays behind.
RUN npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/sqlite3/build/Release/obj* node_modules/sqlite3/deps node_modules/.cache

FROM node:${NODE}-slim AS run
# docker build --build-arg REVISION=$(git rev-parse HEAD)
ARG REVISION=
LABEL org.opencontainers.image.title="Partyline" \
      org.opencontainers.image.description="A group chat server that needs no client: nc, telnet or a ten-line script is enough" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production PARTYLINE_DATA_DIRECTORY=/data
# /metrics and /readyz, for other containers; -p 127.0.0.1:9667:9667 shows it to this machine too.
ENV PARTYLINE_HTTP_LISTEN="{host: '::', port: 9667}"
# What SQLite puts aside while it rewrites or sorts: beside the database, so that the rest can be read-only.
ENV SQLITE_TMPDIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY config ./config
# As an operator calls it: docker exec CONTAINER partyline status
RUN mkdir -m 700 /data && chown node:node /data \
 && chmod +x dist/main.js && ln -s /app/dist/main.js /usr/local/bin/partyline
USER node
VOLUME /data
EXPOSE 6667 8667 9667
# Asks by the operator's socket, which has no limit and leaves no line in the log. Not /readyz: a new start makes no room on
# a full disk. An update of the database may take its time before the first answer.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m \
  CMD ["node", "dist/health.js"]
# Not through npm, so that SIGTERM reaches the server itself.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
