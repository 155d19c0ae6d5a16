-- What everybody reads of the number of posts is without them.
UPDATE accounts SET posts_count = posts_count - (
    SELECT COUNT(*) FROM posts JOIN communities ON communities.account_id = posts.community_id
    WHERE communities.visibility = 'hidden' AND posts.audience = 'public' AND NOT posts.held AND posts.deleted_at IS NULL
      AND (posts.author_id = accounts.id OR (posts.community_id = accounts.id AND posts.announce_id IS NOT NULL))), rev = rev + 1
WHERE id IN (SELECT author_id FROM posts WHERE community_id IN (SELECT account_id FROM communities WHERE visibility = 'hidden'))
   OR id IN (SELECT account_id FROM communities WHERE visibility = 'hidden');

-- What is in a hidden community is for its members, whatever its boundary.
UPDATE posts SET audience = 'members', rev = rev + 1
WHERE audience IN ('public', 'node')
  AND community_id IN (SELECT account_id FROM communities WHERE visibility = 'hidden');
