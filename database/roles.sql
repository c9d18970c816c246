-- Run before every migration, by whoever migrates: roles belong to the server, not to one database.
-- It changes nothing that is already so, and needs CREATEROLE and the database, no superuser.
-- Passwords are set by `database.migrate`, never here.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_owner') THEN
    CREATE ROLE waihu_owner NOLOGIN;      -- owns every object; runs the security-definer functions
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_scripts') THEN
    CREATE ROLE waihu_scripts NOLOGIN;    -- what scripts' SQL may do
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_business') THEN
    CREATE ROLE waihu_business LOGIN;     -- actions of class fast
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_slow') THEN
    CREATE ROLE waihu_slow LOGIN;         -- actions of class slow: the same rights, other time-outs
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_admin') THEN
    CREATE ROLE waihu_admin LOGIN;        -- import, export, trace
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waihu_analyst') THEN
    CREATE ROLE waihu_analyst NOLOGIN;    -- reads the views of schema analysis; given to each analyst's own login
  END IF;
  -- Whoever migrates creates roles and may be called waihu_root, as the database's owner on AWS is.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname LIKE 'waihu\_%' AND rolname <> CURRENT_USER
                                    AND (rolsuper OR rolbypassrls OR rolcreaterole)) THEN
    RAISE EXCEPTION 'a waihu role is superuser, creates roles or bypasses row-level security: refuse to go on';
  END IF;
END
$$;

GRANT waihu_scripts TO waihu_business, waihu_slow;
GRANT waihu_owner TO CURRENT_USER;

DO $$
BEGIN
  -- Temporary objects pin a pooled session, and a temporary table could stand before a real one.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO waihu_business, waihu_slow, waihu_admin, waihu_analyst',
                 current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO waihu_owner', current_database());
END
$$;

-- PostgreSQL lets every login change its own defaults: what one of ours might have been made to change is taken back.
ALTER ROLE waihu_business RESET ALL;
ALTER ROLE waihu_slow RESET ALL;
ALTER ROLE waihu_admin RESET ALL;
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT r.rolname AS name FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
              WHERE s.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                AND r.rolname IN ('waihu_business', 'waihu_slow', 'waihu_admin') LOOP
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', one.name, current_database());
  END LOOP;
END
$$;

ALTER ROLE waihu_business SET statement_timeout = '5s';
ALTER ROLE waihu_business SET lock_timeout = '3s';
ALTER ROLE waihu_business SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE waihu_business SET search_path = 'outbound';
ALTER ROLE waihu_business SET timezone = 'UTC';
-- Planning is much of what a fast action costs: it is planned anew each time (nothing stays prepared behind a pooler), and
-- searching every order of more than four tables takes longer than running the plan. Slow actions keep the full search.
ALTER ROLE waihu_business SET join_collapse_limit = 4;
ALTER ROLE waihu_business SET from_collapse_limit = 4;

ALTER ROLE waihu_slow SET statement_timeout = '25s';
ALTER ROLE waihu_slow SET lock_timeout = '10s';
ALTER ROLE waihu_slow SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE waihu_slow SET search_path = 'outbound';
ALTER ROLE waihu_slow SET timezone = 'UTC';

ALTER ROLE waihu_admin SET lock_timeout = '10s';
ALTER ROLE waihu_admin SET idle_in_transaction_session_timeout = '10min';
ALTER ROLE waihu_admin SET search_path = 'outbound';
ALTER ROLE waihu_admin SET timezone = 'UTC';

-- How much a sort may lay down on the disk that all share. A login cannot raise it for itself, as it can its time-out.
DO $$
BEGIN
  ALTER ROLE waihu_business SET temp_file_limit = '256MB';
  ALTER ROLE waihu_slow SET temp_file_limit = '2GB';
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'whoever migrates may set no temp_file_limit: set it in the parameter group';
END
$$;

-- What no right keeps from a login, and would harm everybody in this database: large objects of its own, ending others'
-- sessions, writing to the log of changes. Only a superuser can take these back from all; RDS keeps them (docs/security.md).
DO $$
DECLARE
  one record;
BEGIN
  IF current_setting('is_superuser') = 'on' THEN
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace
                  AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_truncate',
                                    'lo_truncate64', 'lo_unlink', 'lowrite', 'pg_cancel_backend', 'pg_logical_emit_message',
                                    'pg_terminate_backend') LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one.name);
    END LOOP;
  END IF;
END
$$;

-- `DROP OWNED BY waihu_scripts` takes every right and policy of that role away, and whoever is a member may say so: the
-- functions' logins define nothing, whatever it is.
DO $$
BEGIN
  EXECUTE $function$
    CREATE OR REPLACE FUNCTION public.refuse_definitions() RETURNS event_trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN
      IF session_user IN ('waihu_business', 'waihu_slow') THEN
        RAISE EXCEPTION 'the functions'' logins define nothing' USING ERRCODE = '42501';
      END IF;
    END
    $body$
  $function$;
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'waihu_refuse_definitions') THEN
    CREATE EVENT TRIGGER waihu_refuse_definitions ON ddl_command_start EXECUTE FUNCTION public.refuse_definitions();
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'whoever migrates may create no event trigger: a login could drop what its role was given';
END
$$;
