# Grosz in a container: the supervisor, its bidder workers, the collector and the demo shop. See docs/operations.md.

FROM node:20-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json tsconfig.tag.json ./
COPY scripts/build-tag.mjs ./scripts/
COPY src ./src
COPY bench ./bench
RUN npm run build

FROM node:20-slim AS packages
WORKDIR /packages
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /grosz
COPY package.json ./
COPY --from=packages /packages/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY config ./config
# A named volume takes its owner from the directory that it is first mounted on.
RUN mkdir /data && chown node:node /data
USER node
# Listening on 127.0.0.1, which is the default, nobody outside of the container could call.
ENV GROSZ_HOST=0.0.0.0 \
    GROSZ_BIDDER_PORT=8080 \
    GROSZ_COLLECTOR_PORT=8081 \
    GROSZ_RECOMMENDER_PORT=8082 \
    GROSZ_ADMIN_PORT=8090 \
    GROSZ_DATA=/data
VOLUME /data
EXPOSE 8080 8081 8082 8083 8090
# Not through npm, which would keep the signal to stop from Grosz.
CMD ["node", "dist/src/cli.js", "start"]
