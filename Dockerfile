# Étape 1 : les dépendances verrouillées, dans un environnement que l'image finale recopie tel quel.
FROM python:3.11-slim-bookworm AS dependances
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
# « s3 » pour ranger les fichiers dans un seau S3.
ARG VERROU=base
COPY requirements/${VERROU}.txt /tmp/verrou.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/verrou.txt

# Étape 2 : l'application, sans outil de construction, sous un compte sans privilège.
FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app parvis \
    && mkdir -p /app /donnees/fichiers && chown parvis /donnees/fichiers
COPY --from=dependances /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Cette clé ne sert qu'à lire les réglages le temps de cette ligne ; elle n'est pas dans l'image.
RUN SECRET_KEY=construction python manage.py collectstatic --noinput
ENV STORAGE_URL=file:///donnees/fichiers
USER parvis
VOLUME /donnees/fichiers
EXPOSE 8000
# Aucun journal d'accès : il contiendrait des adresses de personnes. Le mandataire tient le sien si la collectivité le veut.
CMD ["sh", "-c", "exec gunicorn config.wsgi --bind 0.0.0.0:8000 --worker-class gthread --workers \"${GUNICORN_PROCESSUS:-2}\" --threads \"${GUNICORN_FILS:-8}\" --timeout 60 --max-requests 5000 --max-requests-jitter 500 --worker-tmp-dir /dev/shm"]
