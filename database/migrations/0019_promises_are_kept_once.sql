-- A promised call goes before the limits once: a case that is laid aside half-way waits like any other.

CREATE OR REPLACE FUNCTION outbound.plan_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  person record;
  kind outbound.lanes;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT k.language, k.timezone, k.attributes INTO person FROM outbound.contacts k WHERE k.id = NEW.contact_id;
    NEW.language := coalesce(NEW.language, person.language, '');
    NEW.timezone := coalesce(NEW.timezone, person.timezone, 'UTC');
    NEW.cells := outbound.cells_of(NEW.campaign, 'attribute', coalesce(person.attributes, '{}'));
    NEW.barred_until := outbound.barred_until(NEW.contact_id);
    PERFORM now() AT TIME ZONE NEW.timezone;  -- an unknown zone is refused here, not at every claim
  END IF;
  IF NEW.state = 'closed' THEN
    NEW.agreed_at := NULL;
    NEW.agreed_agent := NULL;
  ELSIF NEW.state = 'waiting' THEN
    NEW.closed_by := NULL;
    IF TG_OP = 'UPDATE' AND OLD.state = 'held' AND NEW.agreed_at = OLD.agreed_at THEN
      NEW.agreed_at := NULL;  -- the promise was kept by taking the case, however the call ended
      NEW.agreed_agent := NULL;
    END IF;
    IF NEW.parts IS NULL OR TG_OP = 'UPDATE' AND OLD.state <> 'waiting' THEN
      NEW.parts := outbound.parts_left(NEW.campaign, NEW.id);
      NEW.not_before := outbound.rested(NEW);
    ELSIF TG_OP = 'UPDATE' AND NEW.agreed_at IS NOT NULL THEN
      NEW.not_before := NULL;
    END IF;
  END IF;
  NEW.parts := coalesce(NEW.parts, 2147483647);
  NEW.callable_from := CASE WHEN NEW.state = 'held' THEN NEW.lease_until
                            ELSE greatest(NEW.due_at, NEW.barred_until, NEW.not_before) END;
  kind := (0, NEW.campaign, NEW.state = 'held', NEW.agreed_at IS NOT NULL, NEW.priority, NEW.weight, NEW.timezone,
           NEW.language, NEW.skills, CASE WHEN NEW.state = 'held' THEN '{}' ELSE NEW.cells END,
           CASE WHEN NEW.state = 'held' OR NEW.agreed_at IS NOT NULL THEN 2147483647 ELSE NEW.parts END);
  NEW.lane := hashtextextended(kind::text, 0);
  IF (TG_OP = 'INSERT' OR NEW.lane IS DISTINCT FROM OLD.lane)
     AND NOT EXISTS (SELECT FROM outbound.lanes l WHERE l.id = NEW.lane) THEN
    kind.id := NEW.lane;
    INSERT INTO outbound.lanes SELECT kind.* ON CONFLICT DO NOTHING;
  END IF;
  RETURN NEW;
END
$$;
