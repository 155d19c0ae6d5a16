UPDATE posts SET replies_count = (
    SELECT COUNT(*) FROM posts AS reply
    WHERE reply.parent_id = posts.id AND reply.deleted_at IS NULL AND NOT reply.held
        AND (reply.audience IN (posts.audience, 'public') OR (reply.audience = 'node' AND posts.audience <> 'public'))
);
UPDATE accounts SET posts_count = (
    SELECT COUNT(*) FROM posts WHERE posts.author_id = accounts.id AND posts.deleted_at IS NULL AND posts.audience = 'public'
) + (
    SELECT COUNT(*) FROM posts WHERE posts.community_id = accounts.id AND posts.announce_id IS NOT NULL
        AND posts.deleted_at IS NULL AND posts.audience = 'public'
) + (
    SELECT COUNT(*) FROM boosts JOIN posts ON posts.id = boosts.post_id
    WHERE boosts.account_id = accounts.id AND boosts.visibility IN ('public', 'unlisted') AND posts.audience = 'public'
);
