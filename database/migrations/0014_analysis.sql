-- A typed view for each campaign and release, for analysts: what was answered, without names and numbers.

CREATE SCHEMA analysis;
GRANT USAGE ON SCHEMA analysis TO waihu_analyst, waihu_admin;

CREATE FUNCTION analysis.typed(kind text, field text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  -- A value that is not of its type reads as unanswered: a view must never fail of one row.
  SELECT CASE
    WHEN kind IN ('integer', 'decimal') THEN
      format('CASE WHEN pg_input_is_valid(d.v ->> %1$L, ''numeric'') THEN (d.v ->> %1$L)::numeric END', field)
    WHEN kind IN ('boolean', 'date', 'time') THEN
      format('CASE WHEN pg_input_is_valid(d.v ->> %1$L, %2$L) THEN (d.v ->> %1$L)::%3$s END', field, kind, kind)
    WHEN kind = 'datetime' THEN
      format('CASE WHEN pg_input_is_valid(d.v ->> %1$L, ''timestamp'') THEN (d.v ->> %1$L)::timestamp END', field)
    WHEN kind = 'choices' THEN
      format('CASE WHEN jsonb_typeof(d.v -> %1$L) = ''array'' THEN ARRAY(SELECT jsonb_array_elements_text(d.v -> %1$L)) END', field)
    WHEN kind = 'special' THEN format('d.s ->> %L', field)
    WHEN kind = 'rounds' THEN
      format('(SELECT jsonb_object_agg(a.round, coalesce(a.value, to_jsonb(''#'' || a.special))) FROM outbound.answers a'
             ' WHERE a.interview_id = i.id AND a.field = %L AND a.on_path)', field)
    ELSE format('d.v ->> %L', field)
  END
$$;

CREATE FUNCTION analysis.make_view(name text, campaign text, release text, columns jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  answered text := '';
  one jsonb;
BEGIN
  IF name !~ '^[A-Za-z_][A-Za-z0-9_-]{0,62}$' THEN
    RAISE EXCEPTION 'this cannot be a view''s name' USING ERRCODE = '42602';
  END IF;
  FOR one IN SELECT * FROM jsonb_array_elements(columns) LOOP
    answered := answered || format(', %s AS %I', analysis.typed(one ->> 'kind', one ->> 'field'), one ->> 'name');
  END LOOP;
  EXECUTE format('DROP VIEW IF EXISTS analysis.%I', name);
  EXECUTE format(
    'CREATE VIEW analysis.%I AS SELECT i.id AS interview, i.case_id AS "case", k.external_id, i.agent, i.release, i.language,'
    ' i.started_at, i.ended_at, i.outcome, i.overtaken%s'
    ' FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id JOIN outbound.contacts k ON k.id = c.contact_id'
    ' CROSS JOIN LATERAL (SELECT jsonb_object_agg(a.field, a.value) FILTER (WHERE a.value IS NOT NULL) AS v,'
    ' jsonb_object_agg(a.field, a.special) FILTER (WHERE a.special IS NOT NULL) AS s'
    ' FROM outbound.answers a WHERE a.interview_id = i.id AND a.on_path AND a.round = '''') d'
    ' WHERE i.campaign = %L%s',
    name, answered, campaign, CASE WHEN release <> '' THEN format(' AND i.release = %L', release) ELSE '' END);
  EXECUTE format('COMMENT ON VIEW analysis.%I IS %L', name, format('campaign %s, release %s', campaign, coalesce(nullif(release, ''), 'any')));
  EXECUTE format('GRANT SELECT ON analysis.%I TO waihu_analyst, waihu_admin', name);
END
$$;
COMMENT ON FUNCTION analysis.make_view IS
  'Makes or replaces the view `name` over the interviews of a campaign, of one release or (empty) of all. `columns`: '
  '[{"name", "field", "kind"}], kind a field''s type, `special` or `rounds`. 2BP01 where someone built on the view.';
GRANT EXECUTE ON FUNCTION analysis.make_view TO waihu_admin;
