ALTER TABLE whodid.contents DELETE WHERE received_at < {before:DateTime64(9, 'UTC')}
