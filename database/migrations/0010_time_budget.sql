-- A caller's time: what an action may still take ends with it.

CREATE FUNCTION platform.limit_time(milliseconds integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  allowed numeric := extract(epoch FROM current_setting('statement_timeout')::interval) * 1000;
BEGIN
  IF milliseconds > 0 AND (allowed = 0 OR milliseconds < allowed) THEN
    PERFORM set_config('statement_timeout', milliseconds::text, true);
  END IF;
END
$$;
COMMENT ON FUNCTION platform.limit_time IS
  'Until the transaction ends no statement takes longer than `milliseconds`; it can shorten the time-out, never extend it.';

GRANT EXECUTE ON FUNCTION platform.limit_time TO waihu_scripts;
