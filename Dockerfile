# The hub, with the agencies' side beside it, in one image.
#
#   docker build -t axis .
#   docker run -p 8000:8000 -v axis-data:/data --read-only --tmpfs /tmp axis
#
# Everything that changes lies under /data (and, while a large attachment comes in, under /tmp).

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/axis
WORKDIR /src
COPY requirements/run.txt requirements/
RUN /opt/axis/bin/pip install --require-hashes --only-binary :all: --requirement requirements/run.txt
COPY LICENSE README.md pyproject.toml ./
COPY signing signing
COPY charts charts
COPY axis axis
COPY nodes nodes
COPY migrations migrations
COPY benchmarks benchmarks
RUN /opt/axis/bin/pip install --no-index --no-deps --no-build-isolation . \
    && /opt/axis/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
RUN useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin axis \
    && install --directory --owner axis --group axis --mode 0700 /data
COPY --from=build /opt/axis /opt/axis
ENV PATH=/opt/axis/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AXIS_DATABASE_URL=sqlite:////data/axis.db
USER axis
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s CMD ["axis", "ready", "--wait", "1"]
ENTRYPOINT ["axis"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
