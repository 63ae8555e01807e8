-- A database and a user for each service that keeps something; no user may enter another's database.
-- Run at every start by psql as the superuser: what is there stays, and a changed password counts from then on.
\set authorization_server ''
\set calendar_api ''
\set demo_client ''
\getenv authorization_server AUTHORIZATION_SERVER_DATABASE_PASSWORD
\getenv calendar_api CALENDAR_API_DATABASE_PASSWORD
\getenv demo_client DEMO_CLIENT_DATABASE_PASSWORD

CREATE TEMPORARY TABLE services AS
    SELECT * FROM (VALUES
        ('authorization_server', :'authorization_server'),
        ('calendar_api', :'calendar_api'),
        ('demo_client', :'demo_client')
    ) AS rows (name, password);

SELECT format('CREATE ROLE %I LOGIN', name) FROM services WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', name, nullif(password, '')) FROM services \gexec
SELECT format('CREATE DATABASE %I OWNER %I', name, name) FROM services WHERE name NOT IN (SELECT datname FROM pg_database) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name) FROM services \gexec
