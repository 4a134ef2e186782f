-- Two roles: one owns the tables and migrates, the other works in them and can neither alter them nor lift a trigger.
-- Run as a superuser: psql -v owner_password="'...'" -v app_password="'...'" -f postgresql.sql
CREATE ROLE slipway_owner LOGIN PASSWORD :owner_password;
CREATE ROLE slipway_app LOGIN PASSWORD :app_password;
CREATE DATABASE slipway OWNER slipway_owner ENCODING 'UTF8' TEMPLATE template0;
\connect slipway
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO slipway_owner;
GRANT USAGE ON SCHEMA public TO slipway_app;
GRANT TEMPORARY ON DATABASE slipway TO slipway_app;
ALTER DEFAULT PRIVILEGES FOR ROLE slipway_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO slipway_app;
ALTER DEFAULT PRIVILEGES FOR ROLE slipway_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO slipway_app;
