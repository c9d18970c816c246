-- What scripts' SQL may touch, and which rows it sees. Each look at who acts stands in a sub-select, so that it happens
-- once a statement; `current_claim` itself and not the functions made of it, which the planner would take apart anew in
-- every statement. The owner's policies let the tables' own rules work although row-level security is forced.

GRANT SELECT ON outbound.outcomes, outbound.campaign_outcomes TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (name, languages, skills) ON outbound.agents TO waihu_scripts;
GRANT SELECT, UPDATE (name, language, timezone, attributes) ON outbound.contacts TO waihu_scripts;
GRANT SELECT, UPDATE (position, kind, usable, last_outcome) ON outbound.phones TO waihu_scripts;
GRANT SELECT, UPDATE (state, due_at, priority, holder, epoch, lease_until, attempts, outcome, last_attempt_at, note)
  ON outbound.cases TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (language, ended_at, outcome) ON outbound.interviews TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (phone_id, dialled_at, ended_at, outcome, note) ON outbound.attempts TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (value, special, on_path, node, step, answered_at) ON outbound.answers TO waihu_scripts;
GRANT SELECT ON outbound.answer_history TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (at, kind, state, note) ON outbound.appointments TO waihu_scripts;
GRANT SELECT, INSERT ON outbound.do_not_call TO waihu_scripts;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA outbound TO waihu_admin;
REVOKE INSERT, UPDATE, DELETE ON outbound.answer_history FROM waihu_admin;
GRANT EXECUTE ON FUNCTION outbound.erase_contact TO waihu_admin;

DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'outbound' LOOP
    EXECUTE format('ALTER TABLE outbound.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE outbound.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner ON outbound.%I TO waihu_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY admin ON outbound.%I TO waihu_admin USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

-- Tables of meanings are the same for everyone, inside an action.
CREATE POLICY reading ON outbound.outcomes FOR SELECT TO waihu_scripts
  USING ((SELECT (platform.current_claim()).agent) IS NOT NULL);
CREATE POLICY reading ON outbound.campaign_outcomes FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign));

CREATE POLICY reading ON outbound.agents FOR SELECT TO waihu_scripts
  USING (id = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises()));
CREATE POLICY adding ON outbound.agents FOR INSERT TO waihu_scripts
  WITH CHECK (id = (SELECT (platform.current_claim()).agent));
CREATE POLICY changing ON outbound.agents FOR UPDATE TO waihu_scripts
  USING (id = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises()));

-- A case is seen while nobody else holds it; the rest of a contact is seen with its case.
CREATE POLICY reading ON outbound.cases FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent) OR lease_until < now()
              OR (SELECT platform.supervises())));
CREATE POLICY changing ON outbound.cases FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent) OR lease_until < now()
              OR (SELECT platform.supervises())))
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign)
              AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));

CREATE POLICY reading ON outbound.contacts FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND EXISTS (SELECT FROM outbound.cases c WHERE c.contact_id = contacts.id));
CREATE POLICY changing ON outbound.contacts FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND EXISTS (SELECT FROM outbound.cases c
                      WHERE c.contact_id = contacts.id AND c.holder = (SELECT (platform.current_claim()).agent)));

CREATE POLICY reading ON outbound.phones FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND EXISTS (SELECT FROM outbound.cases c WHERE c.contact_id = phones.contact_id));
CREATE POLICY changing ON outbound.phones FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND EXISTS (SELECT FROM outbound.cases c
                      WHERE c.contact_id = phones.contact_id AND c.holder = (SELECT (platform.current_claim()).agent)));

CREATE POLICY reading ON outbound.interviews FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));
CREATE POLICY adding ON outbound.interviews FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.cases c WHERE c.id = interviews.case_id));
CREATE POLICY changing ON outbound.interviews FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent));

-- Earlier calls to the same contact, whoever made them, are seen with the case.
CREATE POLICY reading ON outbound.attempts FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent)
              OR EXISTS (SELECT FROM outbound.cases c WHERE c.id = attempts.case_id)));
CREATE POLICY adding ON outbound.attempts FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.cases c WHERE c.id = attempts.case_id));
CREATE POLICY changing ON outbound.attempts FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent));

CREATE POLICY reading ON outbound.answers FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));
CREATE POLICY adding ON outbound.answers FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent));
CREATE POLICY changing ON outbound.answers FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent));

CREATE POLICY reading ON outbound.answer_history FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));

CREATE POLICY reading ON outbound.appointments FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent)
              OR EXISTS (SELECT FROM outbound.cases c WHERE c.id = appointments.case_id)));
CREATE POLICY adding ON outbound.appointments FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.cases c WHERE c.id = appointments.case_id));
CREATE POLICY changing ON outbound.appointments FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent)
              OR EXISTS (SELECT FROM outbound.cases c
                          WHERE c.id = appointments.case_id AND c.holder = (SELECT (platform.current_claim()).agent))));

CREATE POLICY reading ON outbound.do_not_call FOR SELECT TO waihu_scripts
  USING (campaign IN ('', (SELECT (platform.current_claim()).campaign)) AND (SELECT (platform.current_claim()).agent) IS NOT NULL);
CREATE POLICY adding ON outbound.do_not_call FOR INSERT TO waihu_scripts
  WITH CHECK (campaign IN ('', (SELECT (platform.current_claim()).campaign)) AND agent = (SELECT (platform.current_claim()).agent));
