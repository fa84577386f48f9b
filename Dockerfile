# One image: JupyterLab for students, grading for instructors (who mount their course folder).
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/course \
    && /opt/course/bin/pip install --no-cache-dir --require-hashes --no-deps \
        --only-binary=:all: --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY recsys_course ./recsys_course
COPY coursegrader ./coursegrader
# What only builds and checks the course stays behind in this stage.
RUN /opt/course/bin/pip install --no-index --no-deps --no-build-isolation . \
    && /opt/course/bin/pip uninstall --yes uv ruff pyrefly import-linter pip

FROM ${BASE_IMAGE}
# Debian's mirrors keep only the newest build of a package, so a pinned version would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 student \
    && install --directory --owner=student --group=student /home/student/course
COPY --from=build /opt/course /opt/course
ENV PATH=/opt/course/bin:$PATH LANG=C.UTF-8
USER 1000
WORKDIR /home/student/course
COPY --chown=student:student README.md nbgrader_config.py ./
COPY --chown=student:student docs ./docs
COPY --chown=student:student lessons ./lessons
COPY --chown=student:student homework ./homework
RUN mkdir work
EXPOSE 8888
# JupyterLab makes a token of its own and prints the address with it.
CMD ["recsys-course", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888", "--ServerApp.port_retries=0"]
