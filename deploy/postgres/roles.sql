-- Run once by a superuser: psql --set owner=SECRET --set app=SECRET --file deploy/postgres/roles.sql
-- The market's own role reads and writes rows and nothing else: no TRUNCATE round the triggers, no change of the schema.
CREATE ROLE aqad_owner LOGIN PASSWORD :'owner';
CREATE ROLE aqad LOGIN PASSWORD :'app';
CREATE DATABASE aqad OWNER aqad_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE aqad FROM PUBLIC;
GRANT CONNECT ON DATABASE aqad TO aqad;
\connect aqad
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO aqad_owner;
GRANT USAGE ON SCHEMA public TO aqad;
ALTER DEFAULT PRIVILEGES FOR ROLE aqad_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aqad;
ALTER DEFAULT PRIVILEGES FOR ROLE aqad_owner GRANT USAGE, SELECT ON SEQUENCES TO aqad;
