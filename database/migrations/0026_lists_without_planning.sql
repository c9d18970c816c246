-- An SQL function with a sub-select is planned anew at each call. Each action asked two of them, half of the time that beginning
-- it took; each look of a read at who acts asked a third. PL/pgSQL keeps the plan for as long as the session lives. Names,
-- arguments, results and who may call them stay.

CREATE OR REPLACE FUNCTION platform.roles_in(claims jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN ARRAY(SELECT pg_catalog.jsonb_array_elements_text(claims OPERATOR(pg_catalog.->) 'roles'));
END
$$;

CREATE OR REPLACE FUNCTION platform.others_in(claims jsonb, but text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF pg_catalog.jsonb_array_length(claims OPERATOR(pg_catalog.->) 'campaigns') OPERATOR(pg_catalog.>) 1 THEN
    RETURN ARRAY(SELECT c.name FROM pg_catalog.jsonb_array_elements_text(claims OPERATOR(pg_catalog.->) 'campaigns') c(name)
                  WHERE c.name OPERATOR(pg_catalog.<>) but);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION platform.read_seal_of(body text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN encode(crypto.hmac(
    convert_to(body || pg_backend_pid()::text || '/' || extract(epoch FROM transaction_timestamp())::text, 'UTF8'),
    (SELECT s.secret FROM platform.read_seal s), 'sha256'), 'hex');
END
$$;
