-- `platform`: who acts, and that it happens once. `outbound`: the business of calling. `crypto`: pgcrypto, out of reach
-- of scripts.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA platform;
CREATE SCHEMA outbound;
CREATE SCHEMA crypto;
CREATE EXTENSION pgcrypto SCHEMA crypto;

GRANT USAGE ON SCHEMA platform, outbound TO waihu_scripts, waihu_admin;
