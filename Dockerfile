# One image for all four services: the variable SERVICE picks which one a container serves. docs/containers.md says more.
FROM python:3.11-slim

# All settings come from the environment (DOTENV=0). The server is that of `make demo`, with the same options: one worker with a few
# threads, and more of either by a variable.
ENV DOTENV=0 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_HTTP=1 \
    GRANIAN_WORKERS=1 \
    GRANIAN_BLOCKING_THREADS=8 \
    GRANIAN_WORKERS_KILL_TIMEOUT=3 \
    GRANIAN_LOG_LEVEL=error

WORKDIR /app
COPY requirements.txt .
# Only what the lock names, bit for bit, and nothing that would run a package's own build here.
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore --require-hashes --only-binary=:all: -r requirements.txt
COPY . .
# Compiled once here: the running service cannot write beside its code, and need not. `var` is the demo's, for its secrets.
RUN python -m compileall -q . && install --directory --owner=10001 --group=10001 --mode=700 var

USER 10001:10001
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen('http://localhost:' + os.environ['GRANIAN_PORT'] + '/readyz', timeout=4)"]
CMD ["granian", "project.wsgi:application"]
