"""What scripts' SQL may call: a closed list of PostgreSQL's own functions, and functions of business schemas.

A list of what is allowed, not of what is dangerous: a function that the next PostgreSQL brings is refused until
somebody has thought about it. Left out on purpose: what changes or reads settings, sleeps, locks, reads files or large
objects, signals, notifies, counts sequences, or runs a text as SQL (`query_to_xml`, `ts_stat`, `ts_rewrite` and kin).
"""

from __future__ import annotations

_NAMES = """
    abs age any_value array_agg array_append array_cat array_dims array_fill array_length array_lower array_ndims
    array_position array_positions array_prepend array_remove array_replace array_to_json array_to_string
    array_upper ascii avg bit_and bit_length bit_or bit_xor bool_and bool_or btrim cardinality ceil ceiling
    char_length character_length chr clock_timestamp coalesce concat concat_ws convert_from convert_to corr count
    covar_pop covar_samp cume_dist date_add date_bin date_part date_subtract date_trunc daterange decode degrees
    dense_rank div encode every exp extract first_value floor format gcd gen_random_uuid generate_series
    generate_subscripts greatest grouping initcap int4range int8range isempty isfinite json_agg
    json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each
    json_each_text json_extract_path json_extract_path_text json_object json_object_agg json_object_keys
    json_populate_record json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_typeof
    jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert
    jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_populate_record jsonb_populate_recordset jsonb_pretty
    jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof justify_days
    justify_hours justify_interval lag last_value lcm lead least left length like_escape ln log log10 lower
    lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz max md5 min
    min_scale mod mode normalize now nth_value ntile nullif num_nonnulls num_nulls numnode numrange octet_length
    overlaps overlay percent_rank percentile_cont percentile_disc pg_input_is_valid pg_typeof phraseto_tsquery
    plainto_tsquery position power quote_ident quote_literal quote_nullable radians random range_agg range_merge
    rank regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope repeat
    replace reverse right round row_number row_to_json rpad rtrim scale setweight sha224 sha256 sha384 sha512 sign
    similar_escape similar_to_escape split_part sqrt starts_with statement_timestamp stddev stddev_pop stddev_samp
    string_agg string_to_array string_to_table strpos substr substring sum timezone to_char to_date to_hex to_json
    to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim trim_array
    trim_scale trunc ts_headline ts_rank ts_rank_cd tsrange tstzrange unistr unnest upper upper_inc upper_inf
    var_pop var_samp variance websearch_to_tsquery width_bucket
"""
FUNCTIONS = frozenset(_NAMES.split())
"""Of schema `pg_catalog`; written with or without it."""

PLATFORM_FUNCTIONS = frozenset(
    (
        "current_agent",
        "current_campaign",
        "current_campaigns",
        "current_claim",
        "current_interview",
        "current_roles",
        "now",
        "supervises",
    )
)
"""Of schema `platform`: they tell who acts and what time it is, and change nothing."""

_OWNERS = """
    desk.forget_ended desk.forget_erased desk.park_nothing_of_the_erased outbound.bar_cases
    outbound.bar_dead_numbers outbound.barred_until outbound.cells_of outbound.count_quotas outbound.erase_contact
    outbound.follow_appointment outbound.follow_contact outbound.guard_case outbound.is_complete outbound.is_erased
    outbound.keep_together outbound.keep_history outbound.keep_nothing_of_the_erased outbound.limit_taking
    outbound.place_attempt outbound.plan_case outbound.receive_answer outbound.record_answer outbound.replan
    outbound.rested outbound.say_nothing_of_the_erased roster.one_shift_at_a_time supervision.forget_answer
"""
OWNERS_FUNCTIONS = frozenset(_OWNERS.split())
"""Of the shipped business schemas, what only triggers and the administrator call. The database refuses them to scripts
(a test compares); here the author is told before."""

SYSTEM_SCHEMAS = frozenset(("pg_catalog", "information_schema", "pg_toast", "platform", "crypto", "public", "analysis"))
"""Schemas whose relations no script touches (`pg_temp` and other `pg_` names go without saying)."""


def may_call(schema: str, name: str) -> bool:
    """Whether a script may call `schema.name`; `schema` is empty where none is written."""
    if schema in ("", "pg_catalog"):
        return name in FUNCTIONS
    if schema == "platform":
        return name in PLATFORM_FUNCTIONS
    return not is_system(schema) and f"{schema}.{name}" not in OWNERS_FUNCTIONS


def is_system(schema: str) -> bool:
    return schema in SYSTEM_SCHEMAS or schema.startswith("pg_")


_BY_DOT_BEGINNINGS = (
    "binary_upgrade_", "brin_", "cursor_to", "database_to", "dblink", "fmgr_", "gin_", "has_", "inet_", "lo_", "pg_",
    "plpgsql_", "query_to", "schema_to", "table_to", "to_reg", "ts_", "txid_",
)  # fmt: skip
_BY_DOT = frozenset(
    ("amvalidate", "currval", "current_database", "current_query", "current_schema", "current_schemas",
     "current_setting", "lastval", "mxid_age", "nextval", "obj_description", "row_security_active", "set_config",
     "regclass", "setseed", "setval", "version", "xml", "xml_is_well_formed", "xml_is_well_formed_content",
     "xml_is_well_formed_document")
)  # fmt: skip
_OF_THE_SYSTEM = ("reg", "pg_", "_reg", "_pg_")
"""Types such as `regclass` look names of the system up; `pg_authid` is the row of a system table."""
_PARSERS = frozenset(("xml",))
"""Types whose values are documents, which may name entities: of files, or ones that grow without end."""


def may_follow_dot(name: str) -> bool:
    """Whether `x.name` may stand where a column would: PostgreSQL takes it for `name(x)` where x has no such column.

    A column may be called like most functions; not like those that do more than work on a value.
    """
    return name in FUNCTIONS or not (name.startswith(_BY_DOT_BEGINNINGS) or name in _BY_DOT)


def may_cast_to(names: tuple[str, ...]) -> bool:
    """Whether a script may name the type whose parts are `names`."""
    if len(names) > 1 and names[0] != "pg_catalog" and is_system(names[0]):
        return False
    own = len(names) == 1 or names[0] == "pg_catalog"
    if own and names[-1] == "regconfig":  # which language a text search goes by
        return True
    return not (own and (names[-1].startswith(_OF_THE_SYSTEM) or names[-1] in _PARSERS))


def may_operate(schema: str) -> bool:
    """Whether a script may use an operator of `schema`; empty where none is written."""
    return schema in ("", "pg_catalog") or not is_system(schema)
