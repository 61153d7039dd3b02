-- Samples and what is summed up of them, partitioned by time: samples by day, minutes by month,
-- hours by year (UTC). Partitions are made ahead, and when needed for what comes late; retention
-- drops whole ones.
CREATE TABLE telemetry_sample (
    at     timestamptz NOT NULL,
    value  double precision NOT NULL,
    tag_id integer NOT NULL,
    flags  smallint NOT NULL
) PARTITION BY RANGE (at);
-- Samples come in the order of time, so that a summary of each few pages finds a stretch of a day
-- that still fills; a day that is over gets its key (telemetry_seal).
CREATE INDEX telemetry_sample_at ON telemetry_sample USING brin (at) WITH (pages_per_range = 32);

-- Raw values stay as they came.
CREATE TRIGGER telemetry_sample_append_only BEFORE UPDATE OR DELETE ON telemetry_sample
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
ALTER TABLE telemetry_sample ENABLE ALWAYS TRIGGER telemetry_sample_append_only;

CREATE TABLE telemetry_minute (
    at      timestamptz NOT NULL,
    lowest  double precision,
    highest double precision,
    total   double precision NOT NULL,
    tag_id  integer NOT NULL,
    good    integer NOT NULL,
    bad     integer NOT NULL,
    PRIMARY KEY (tag_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE telemetry_hour (LIKE telemetry_minute, PRIMARY KEY (tag_id, at)) PARTITION BY RANGE (at);

-- One row for each tag, made with it: who stores samples of a tag holds this row locked, and what is
-- later than ``at`` cannot have been stored before.
CREATE TABLE telemetry_latest (
    tag_id     integer PRIMARY KEY,
    at         timestamptz,
    value      double precision,
    flags      smallint NOT NULL DEFAULT 0,
    changed_at timestamptz,
    run_since  timestamptz,
    turn_since timestamptz
) WITH (fillfactor = 50);

-- Whoever may write samples may not make tables; these functions do it for them, and nothing else.
CREATE FUNCTION telemetry_open(parent text, suffix text, first timestamptz, after timestamptz)
RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    named text := parent || '_' || suffix;
BEGIN
    IF to_regclass('public.' || named) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Attached afterwards and not made as a partition: nobody who reads or writes has to wait.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS)%s', named, parent,
        CASE WHEN parent = 'telemetry_sample' THEN '' ELSE ' WITH (fillfactor = 80)' END);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, named, first, after);
    RETURN true;
END $$;

-- Room for samples of [first, last]; how many partitions were made.
CREATE FUNCTION telemetry_make_room(first timestamptz, last timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC'
AS $$
DECLARE
    d timestamptz;
    made integer := 0;
BEGIN
    IF first IS NULL OR last IS NULL OR first < '2000-01-01' OR last >= '2100-01-01'
       OR last - first > interval '800 days' THEN
        RAISE EXCEPTION 'no room for samples of % to %', first, last USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('telemetry.make_room', 0));
    d := date_trunc('day', first);
    WHILE d <= last LOOP
        made := made + telemetry_open('telemetry_sample', to_char(d, '"d"YYYYMMDD'), d, d + interval '1 day')::integer;
        d := d + interval '1 day';
    END LOOP;
    d := date_trunc('month', first);
    WHILE d <= last LOOP
        made := made + telemetry_open('telemetry_minute', to_char(d, '"m"YYYYMM'), d, d + interval '1 month')::integer;
        d := d + interval '1 month';
    END LOOP;
    d := date_trunc('year', first);
    WHILE d <= last LOOP
        made := made + telemetry_open('telemetry_hour', to_char(d, '"y"YYYY'), d, d + interval '1 year')::integer;
        d := d + interval '1 year';
    END LOOP;
    RETURN made;
END $$;

-- Give one day of samples that ended before this instant its key; its name, or null when none is left.
-- The key proves what the writers' locks have kept: no sample of a tag stands twice.
CREATE FUNCTION telemetry_seal(ended_before timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC'
AS $$
DECLARE
    open_day record;
BEGIN
    SELECT c.oid, c.relname INTO open_day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.telemetry_sample'::regclass
      AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= ended_before
      AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique)
    ORDER BY c.relname LIMIT 1;
    IF open_day IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('CREATE UNIQUE INDEX %I ON public.%I (tag_id, at)',
        open_day.relname || '_key', open_day.relname);
    RETURN open_day.relname;
END $$;

-- Drop the partitions of samples and minutes that ended before these instants; their names.
CREATE FUNCTION telemetry_let_go(samples_before timestamptz, minutes_before timestamptz)
RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC'
SET lock_timeout = '3s'
AS $$
DECLARE
    old record;
    gone text[] := '{}';
BEGIN
    IF samples_before > now() - interval '7 days' OR minutes_before > now() - interval '31 days' THEN
        RAISE EXCEPTION 'samples of the last week and minutes of the last month are not dropped'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR old IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.telemetry_sample'::regclass
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + interval '1 day' <= samples_before
        UNION ALL
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.telemetry_minute'::regclass
          AND to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= minutes_before
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE public.%I', old.relname);
        gone := gone || old.relname::text;
    END LOOP;
    RETURN gone;
END $$;
