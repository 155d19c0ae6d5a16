UPDATE posts SET audience = CASE boundary WHEN 'public' THEN 'public' ELSE 'node' END, rev = rev + 1
WHERE audience = 'members' AND visibility IN ('public', 'unlisted')
  AND community_id IN (SELECT account_id FROM communities WHERE visibility = 'hidden' AND boundary = 'public');
