-- Which cells of quotas by answer an interview falls into is told by its saved answers: a script has no way to hand them over
-- as an object, and what it says of itself could differ from what is stored. What is given with the call goes before them.

CREATE OR REPLACE FUNCTION outbound.take_places(of_interview uuid, answers jsonb, OUT open boolean, OUT quota text, OUT cell text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  held record;
  facts jsonb;
  wanted integer[];
BEGIN
  SELECT c.id, c.campaign INTO held
    FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id
   WHERE i.id = of_interview AND i.agent = who.agent AND c.holder = who.agent AND c.epoch = i.epoch
     AND c.campaign = who.campaign
     FOR NO KEY UPDATE OF c;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT coalesce(jsonb_object_agg(a.field, a.value), '{}') INTO facts
    FROM outbound.answers a
   WHERE a.interview_id = of_interview AND a.round = '' AND a.on_path AND a.special IS NULL AND a.value IS NOT NULL;
  IF jsonb_typeof(answers) = 'object' THEN
    facts := facts || answers;
  END IF;
  wanted := outbound.cells_of(held.campaign, 'answer', facts);
  PERFORM FROM outbound.quota_cells c
    WHERE c.id = ANY (wanted) OR c.id IN (SELECT p.cell FROM outbound.quota_places p WHERE p.case_id = held.id)
    ORDER BY c.id FOR UPDATE;
  -- An answer that was changed gives its place back.
  WITH gone AS (
    DELETE FROM outbound.quota_places p
     WHERE p.case_id = held.id AND NOT p.complete AND p.cell <> ALL (wanted) RETURNING p.cell)
  UPDATE outbound.quota_cells c SET running = c.running - 1 FROM gone g WHERE c.id = g.cell;
  wanted := ARRAY(SELECT w.id FROM unnest(wanted) w(id)
                   WHERE NOT EXISTS (SELECT FROM outbound.quota_places p WHERE p.case_id = held.id AND p.cell = w.id));
  SELECT false, c.quota, c.name INTO open, quota, cell
    FROM outbound.quota_cells c
   WHERE c.id = ANY (wanted) AND c.complete + c.running >= c.target ORDER BY c.id LIMIT 1;
  IF FOUND THEN
    RETURN;
  END IF;
  open := true;
  INSERT INTO outbound.quota_places (case_id, cell, interview_id, campaign)
  SELECT held.id, w.id, of_interview, held.campaign FROM unnest(wanted) w(id);
  UPDATE outbound.quota_cells c SET running = c.running + 1 WHERE c.id = ANY (wanted);
END
$$;
COMMENT ON FUNCTION outbound.take_places IS
  'Takes a place in each cell of quotas by answer that the saved answers of an interview (and those given) fall into, or tells '
  'which one is full and takes none; `open` is NULL where the interview no longer holds its case.';
