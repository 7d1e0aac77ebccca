FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/m2 mvn -B -q -DskipTests -Dmaven.repo.local=/m2 package

FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /app camel-feishu
WORKDIR /app
COPY --from=build /build/target/camel-feishu.jar ./
# config/ and routes/ are packed in the jar; mount folders of these names here to override them
USER 10001
EXPOSE 8080 8081 8090
# bash, so that the image needs no HTTP client
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-8081} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-jar", "camel-feishu.jar"]
