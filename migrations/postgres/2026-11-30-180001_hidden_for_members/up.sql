-- What is in a hidden community is for its members, whatever its boundary.
UPDATE posts SET audience = 'members', rev = rev + 1
WHERE audience IN ('public', 'node')
  AND community_id IN (SELECT account_id FROM communities WHERE visibility = 'hidden');
