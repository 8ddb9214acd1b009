#!/bin/sh
# For the postgres image, which runs it when its folder is new.
exec psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$POSTGRES_OWNER_PASSWORD" --set app="$POSTGRES_APP_PASSWORD" \
    --file /roles.sql
