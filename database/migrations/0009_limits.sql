-- How fast one agent may take cases: also a broken script, or a patient program, empties no queue.

CREATE TABLE platform.limits (
  campaign         text PRIMARY KEY,
  cases_per_minute integer NOT NULL CHECK (cases_per_minute > 0)
);
COMMENT ON TABLE platform.limits IS 'How many cases one agent may take within a minute, where a campaign says so.';

CREATE INDEX attempts_agent ON outbound.attempts (agent, started_at);

CREATE FUNCTION outbound.limit_taking() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  most integer;
BEGIN
  SELECT l.cases_per_minute INTO most FROM platform.limits l WHERE l.campaign = NEW.campaign;
  IF NOT FOUND OR platform.current_agent() IS DISTINCT FROM NEW.holder THEN
    RETURN NEW;  -- no limit, or nobody takes it for themselves: an administrator's tool, a supervisor who reassigns
  END IF;
  -- Two takings of one agent at the same moment go one after the other; the lock ends with the transaction.
  PERFORM pg_advisory_xact_lock(hashtext('taking'), hashtext(NEW.holder));
  IF (SELECT count(*) FROM outbound.attempts a
       WHERE a.agent = NEW.holder AND a.campaign = NEW.campaign AND a.started_at > now() - interval '1 minute') >= most THEN
    RAISE EXCEPTION 'too many cases were taken within a minute' USING ERRCODE = 'WH011', CONSTRAINT = 'limit_taking';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER limit_taking BEFORE UPDATE ON outbound.cases FOR EACH ROW
  WHEN (NEW.epoch > OLD.epoch AND NEW.holder IS NOT NULL) EXECUTE FUNCTION outbound.limit_taking();

GRANT SELECT, INSERT, UPDATE, DELETE ON platform.limits TO waihu_admin;
