# salesinsight in a container: built with a network, run without one, by a user that is nobody else.
#     docker build --tag salesinsight .
#     docker run --rm --network none --read-only --tmpfs /tmp --user "$(id -u)" --volume "$PWD/sales:/data" \
#         salesinsight train export --models models
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY salesinsight salesinsight
RUN python -m venv /opt/salesinsight \
    && /opt/salesinsight/bin/pip install --no-cache-dir . \
    && /opt/salesinsight/bin/pip uninstall --yes pip

FROM python:3.12-slim
LABEL org.opencontainers.image.title="salesinsight" org.opencontainers.image.licenses="MIT"
# caches of fonts and the like go where anybody may write, whoever runs this
ENV PATH=/opt/salesinsight/bin:$PATH HOME=/tmp MPLCONFIGDIR=/tmp PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/salesinsight /opt/salesinsight
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["salesinsight"]
CMD ["--help"]
