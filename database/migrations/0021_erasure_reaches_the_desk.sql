-- Erasure reaches what the agents' desks keep, and what they still send of somebody who was erased meanwhile.

CREATE FUNCTION desk.erased_among(interviews jsonb) RETURNS TABLE (interview uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT i.id
    FROM jsonb_array_elements_text(interviews) asked (id)
    JOIN outbound.interviews i ON i.id = CAST(asked.id AS uuid)
    JOIN outbound.cases c ON c.id = i.case_id
    JOIN outbound.contacts k ON k.id = c.contact_id
   WHERE k.erased_at IS NOT NULL AND k.campaign = (SELECT (platform.current_claim()).campaign)
$$;
COMMENT ON FUNCTION desk.erased_among IS
  'Of these interviews those whose contact was erased: a desk forgets them. Whoever asks knows their ids, which cannot be guessed.';
REVOKE ALL ON FUNCTION desk.erased_among FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.erased_among TO waihu_scripts;

CREATE FUNCTION outbound.keep_nothing_of_the_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  gone uuid[] := ARRAY(
    SELECT i.id
      FROM (SELECT DISTINCT interview_id FROM came) n
      JOIN outbound.interviews i ON i.id = n.interview_id
      JOIN outbound.cases c ON c.id = i.case_id
      JOIN outbound.contacts k ON k.id = c.contact_id
     WHERE k.erased_at IS NOT NULL);
BEGIN
  IF cardinality(gone) > 0 THEN
    DELETE FROM outbound.answer_history WHERE interview_id = ANY (gone);
    DELETE FROM outbound.answers WHERE interview_id = ANY (gone);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER nothing_of_the_erased AFTER INSERT ON outbound.answers
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION outbound.keep_nothing_of_the_erased();

CREATE FUNCTION outbound.is_erased(whose_case uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM outbound.cases c JOIN outbound.contacts k ON k.id = c.contact_id
                  WHERE c.id = whose_case AND k.erased_at IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION outbound.is_erased FROM PUBLIC;

-- The row stays, since its action counts it; what somebody wrote in it does not.
CREATE FUNCTION outbound.say_nothing_of_the_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF outbound.is_erased(NEW.case_id) THEN
    NEW.note := '';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER nothing_of_the_erased BEFORE UPDATE OF note ON outbound.attempts
  FOR EACH ROW WHEN (NEW.note <> '') EXECUTE FUNCTION outbound.say_nothing_of_the_erased();
CREATE TRIGGER nothing_of_the_erased BEFORE INSERT OR UPDATE OF note ON outbound.appointments
  FOR EACH ROW WHEN (NEW.note <> '') EXECUTE FUNCTION outbound.say_nothing_of_the_erased();

CREATE FUNCTION desk.park_nothing_of_the_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF outbound.is_erased(NEW.case_id) THEN
    NEW.state := '';
    NEW.title := '';
    NEW.note := '';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER nothing_of_the_erased BEFORE INSERT OR UPDATE OF state ON desk.parked_interviews
  FOR EACH ROW EXECUTE FUNCTION desk.park_nothing_of_the_erased();
