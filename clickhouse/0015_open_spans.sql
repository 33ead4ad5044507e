-- The views that fill actions and threads are there: from here on spans come in. A collector whose insert was refused until now
-- repeats it.
ALTER TABLE whodid.spans DROP CONSTRAINT IF EXISTS schema_is_whole
