-- Rules that no script may forget, so the tables keep them.

-- A case moves only by its holder in its epoch. Taking it raises the epoch by one, and is allowed when nobody holds it or
-- the lease has run out. Answers are another matter: see below.
CREATE FUNCTION outbound.guard_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  who record;
BEGIN
  who := platform.current_claim();
  IF who.agent IS NULL THEN
    RETURN NEW;  -- outside an action only the administrator's tools get here: row-level security stops scripts before
  END IF;
  IF NEW.epoch = OLD.epoch + 1 AND NEW.holder = who.agent
     AND (OLD.holder IS NULL OR OLD.holder = who.agent OR OLD.lease_until < now()) THEN
    RETURN NEW;
  END IF;
  IF NEW.epoch = OLD.epoch AND OLD.holder = who.agent
     AND NOT EXISTS (SELECT FROM outbound.interviews i
                      WHERE i.id = who.interview AND i.case_id = OLD.id AND i.epoch <> OLD.epoch) THEN
    RETURN NEW;
  END IF;
  -- A supervisor may release, reassign or change a case, but never give it a second holder in one epoch.
  IF who.interview IS NULL AND who.roles && ARRAY['supervisor', 'admin']
     AND (NEW.epoch = OLD.epoch + 1
          OR NEW.epoch = OLD.epoch AND (NEW.holder IS NULL OR NEW.holder IS NOT DISTINCT FROM OLD.holder)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the case is held by another agent, or in a later epoch' USING ERRCODE = 'WH010', CONSTRAINT = 'guard_case';
END
$$;
CREATE TRIGGER guard_case BEFORE UPDATE ON outbound.cases FOR EACH ROW EXECUTE FUNCTION outbound.guard_case();

CREATE FUNCTION outbound.record_answer(
  answer outbound.answers, old_value jsonb, old_special text, late boolean
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbound.answer_history (interview_id, field, round, campaign, agent, old_value, old_special, value, special,
                                       on_path, node, step, answered_at, saved_at, overtaken, late)
  VALUES (answer.interview_id, answer.field, answer.round, answer.campaign, answer.agent, old_value, old_special,
          answer.value, answer.special, answer.on_path, answer.node, answer.step, answer.answered_at, answer.saved_at,
          answer.overtaken, late);
END
$$;

-- An answer belongs to its interview's agent and campaign, whatever the script says. It is accepted from a holder who was
-- overtaken, and marked; it never replaces a newer one.
CREATE FUNCTION outbound.receive_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  SELECT i.campaign, i.agent, i.epoch < c.epoch, now() INTO NEW.campaign, NEW.agent, NEW.overtaken, NEW.saved_at
    FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id WHERE i.id = NEW.interview_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no such interview' USING ERRCODE = '23503', CONSTRAINT = 'answers_interview_id_fkey';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.step < OLD.step THEN
    PERFORM outbound.record_answer(NEW, OLD.value, OLD.special, true);
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER receive_answer BEFORE INSERT OR UPDATE ON outbound.answers
  FOR EACH ROW EXECUTE FUNCTION outbound.receive_answer();

CREATE FUNCTION outbound.keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM outbound.record_answer(NEW, NULL, NULL, false);
  ELSE
    PERFORM outbound.record_answer(NEW, OLD.value, OLD.special, false);
  END IF;
  IF NEW.overtaken THEN
    UPDATE outbound.interviews i SET overtaken = true WHERE i.id = NEW.interview_id AND NOT i.overtaken;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_history_of_new AFTER INSERT ON outbound.answers
  FOR EACH ROW EXECUTE FUNCTION outbound.keep_history();
CREATE TRIGGER keep_history_of_changed AFTER UPDATE ON outbound.answers
  FOR EACH ROW
  WHEN ((OLD.value, OLD.special, OLD.on_path) IS DISTINCT FROM (NEW.value, NEW.special, NEW.on_path))
  EXECUTE FUNCTION outbound.keep_history();

CREATE FUNCTION outbound.erase_contact(contact uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  its_interviews uuid[] := ARRAY(
    SELECT i.id FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id WHERE c.contact_id = contact);
BEGIN
  UPDATE outbound.contacts SET name = '', external_id = NULL, attributes = '{}', erased_at = coalesce(erased_at, now())
   WHERE id = contact;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM platform.replies r USING platform.keys k
   WHERE r.agent = k.agent AND r.key = k.key AND k.interview = ANY (its_interviews);
  DELETE FROM outbound.answer_history WHERE interview_id = ANY (its_interviews);
  DELETE FROM outbound.answers WHERE interview_id = ANY (its_interviews);
  DELETE FROM outbound.appointments a USING outbound.cases c WHERE a.case_id = c.id AND c.contact_id = contact;
  UPDATE outbound.attempts a SET note = '' FROM outbound.cases c WHERE a.case_id = c.id AND c.contact_id = contact;
  DELETE FROM outbound.phones WHERE contact_id = contact;
  UPDATE outbound.cases
     SET state = 'closed', holder = NULL, lease_until = NULL, epoch = epoch + 1, note = ''
   WHERE contact_id = contact;
  RETURN true;
END
$$;
COMMENT ON FUNCTION outbound.erase_contact IS
  'Removes everything that tells who a contact was and what they said; the bare row stays as a tombstone. False: unknown.';
