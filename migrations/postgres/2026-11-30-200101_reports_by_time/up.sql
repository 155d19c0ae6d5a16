CREATE INDEX reports_by_time ON reports (created_at);
