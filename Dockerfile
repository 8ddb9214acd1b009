# The market in one image: web, worker and scheduler are the same image with another command (compose.yaml).
# Packages are installed by hash, front-end files are made here, and nothing of it needs a secret.

FROM python:3.13.5-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/aqad
COPY requirements.txt ./
RUN python -m venv .venv
RUN .venv/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements.txt

FROM packages AS files
COPY requirements-local.txt ./
RUN python -m venv /srv/tools
RUN /srv/tools/bin/pip install --quiet --require-hashes -r requirements-local.txt
COPY . ./
RUN /srv/tools/bin/python -c "from local import prepare; prepare.front_end()"
RUN AQAD_DEMO=true SECRET_KEY=only-for-collecting .venv/bin/python manage.py collectstatic --noinput --verbosity=0
RUN rm -rf .venv node_modules local sandbox build/static build/*.stamp build/.lock requirements* package*.json

FROM python:3.13.5-slim-bookworm
ENV PATH=/srv/aqad/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 AQAD_VAR=/var/lib/aqad WEB_HOST=0.0.0.0
RUN groupadd --gid 10001 aqad && useradd --uid 10001 --gid aqad --no-create-home --home-dir /var/lib/aqad aqad
RUN install -d -o aqad -g aqad -m 0750 /var/lib/aqad /run/aqad
WORKDIR /srv/aqad
COPY --from=packages /srv/aqad/.venv ./.venv
COPY --from=files /srv/aqad ./
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["python", "-m", "aqad.web", "ready"]
CMD ["python", "-m", "aqad.web"]
