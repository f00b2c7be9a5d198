#!/bin/sh
# The databases of the server and of MLflow, each with an owner of its own, made once with the volume. PostgreSQL's image runs it.
set -eu
for name in foretell mlflow; do
  # psql quotes the password; it stands in no command line that others could list.
  psql --set=ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" <<SQL
\set name $name
\set password \`cat ${SECRETS:-/run/secrets}/postgres_${name}_password\`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
