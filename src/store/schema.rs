//! The tables in the portable subset of SQLite and PostgreSQL, written by hand. A test compares this file with the
//! live catalogue of both databases. Absent on purpose: `post_search`, which differs and lives in `dialect`.

diesel::table! {
    node_settings (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    peers (id) {
        id -> BigInt,
        domain -> Text,
        mode -> Nullable<Text>,
        relation -> Nullable<Text>,
        expires_at -> Nullable<Timestamp>,
        boundary_max -> Nullable<Text>,
        addresses -> Text,
        software -> Nullable<Text>,
        software_version -> Nullable<Text>,
        software_checked_at -> Nullable<Timestamp>,
        signature_scheme -> Nullable<Text>,
        delivered_through -> BigInt,
        failures -> Integer,
        next_attempt_at -> Nullable<Timestamp>,
        last_success_at -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        last_error_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        private_comment -> Text,
        public_comment -> Text,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        domain -> Text,
        uri -> Text,
        url -> Text,
        display_name -> Text,
        note_source -> Text,
        note_html -> Text,
        fields -> Text,
        avatar -> Nullable<Text>,
        header -> Nullable<Text>,
        inbox_url -> Text,
        shared_inbox_url -> Nullable<Text>,
        followers_url -> Nullable<Text>,
        moderators_url -> Nullable<Text>,
        public_key_id -> Nullable<Text>,
        public_key_pem -> Nullable<Text>,
        ed25519_key -> Nullable<Text>,
        locked -> Bool,
        bot -> Bool,
        discoverable -> Bool,
        indexable -> Bool,
        state -> Text,
        followers_count -> Integer,
        following_count -> Integer,
        posts_count -> Integer,
        last_post_at -> Nullable<Timestamp>,
        rev -> Integer,
        created_at -> Timestamp,
        fetched_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    actor_keys (account_id) {
        account_id -> BigInt,
        rsa_pem -> Nullable<Text>,
        ed25519_pem -> Text,
    }
}

diesel::table! {
    users (account_id) {
        account_id -> BigInt,
        email -> Text,
        email_key -> Text,
        password_hash -> Nullable<Text>,
        role -> Text,
        locale -> Text,
        unit -> Text,
        level -> Nullable<SmallInt>,
        state -> Text,
        default_visibility -> Text,
        default_sensitive -> Bool,
        default_language -> Nullable<Text>,
        email_confirmed_at -> Nullable<Timestamp>,
        invited_by -> Nullable<BigInt>,
        reason -> Text,
        created_at -> Timestamp,
        seen_at -> Nullable<Timestamp>,
        hide_collections -> Bool,
        attribution_domains -> Text,
        default_quote_policy -> Text,
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        secret_hash -> Text,
        account_id -> BigInt,
        created_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        code_hash -> Text,
        purpose -> Text,
        account_id -> Nullable<BigInt>,
        role -> Text,
        uses_left -> Integer,
        expires_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    oauth_apps (id) {
        id -> BigInt,
        name -> Text,
        website -> Nullable<Text>,
        redirect_uris -> Text,
        scopes -> Text,
        client_id -> Text,
        secret_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    oauth_codes (id) {
        id -> BigInt,
        code_hash -> Text,
        app_id -> BigInt,
        account_id -> BigInt,
        redirect_uri -> Text,
        scopes -> Text,
        challenge -> Nullable<Text>,
        used -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    oauth_tokens (id) {
        id -> BigInt,
        token_hash -> Text,
        app_id -> BigInt,
        account_id -> Nullable<BigInt>,
        code_id -> Nullable<BigInt>,
        scopes -> Text,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    idempotency_keys (account_id, idem_key) {
        account_id -> BigInt,
        idem_key -> Text,
        request_hash -> Text,
        post_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    follows (id) {
        id -> BigInt,
        follower_id -> BigInt,
        target_id -> BigInt,
        state -> Text,
        uri -> Text,
        show_boosts -> Bool,
        notify -> Bool,
        created_at -> Timestamp,
        languages -> Nullable<Text>,
    }
}

diesel::table! {
    blocks (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        uri -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    mutes (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        notifications -> Bool,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    communities (account_id) {
        account_id -> BigInt,
        purpose -> Text,
        state -> Text,
        boundary -> Text,
        visibility -> Text,
        join_policy -> Text,
        posting_policy -> Text,
        members_count -> Integer,
        created_by -> Nullable<BigInt>,
        opened_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    goals (id) {
        id -> BigInt,
        community_id -> BigInt,
        name -> Text,
        unit -> Text,
        baseline -> Double,
        target -> Double,
        due -> Date,
        direction -> Text,
    }
}

diesel::table! {
    memberships (id) {
        id -> BigInt,
        community_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        state -> Text,
        message -> Text,
        reason -> Text,
        decided_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        uri -> Text,
        url -> Text,
        author_id -> BigInt,
        community_id -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
        parent_author_id -> Nullable<BigInt>,
        root_id -> BigInt,
        announce_id -> Nullable<BigInt>,
        kind -> Text,
        title -> Text,
        source -> Text,
        html -> Text,
        fields -> Text,
        spoiler -> Text,
        sensitive -> Bool,
        language -> Nullable<Text>,
        visibility -> Text,
        boundary -> Text,
        audience -> Text,
        local -> Bool,
        local_only -> Bool,
        question_state -> Nullable<Text>,
        held -> Bool,
        app_id -> Nullable<BigInt>,
        replies_count -> Integer,
        favourites_count -> Integer,
        boosts_count -> Integer,
        rev -> Integer,
        created_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    revisions (id) {
        id -> BigInt,
        post_id -> BigInt,
        title -> Text,
        source -> Text,
        html -> Text,
        fields -> Text,
        spoiler -> Text,
        sensitive -> Bool,
        created_at -> Timestamp,
        parts -> Nullable<Text>,
    }
}

diesel::table! {
    mentions (post_id, account_id) {
        post_id -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    post_tags (post_id, tag) {
        post_id -> BigInt,
        tag -> Text,
        name -> Text,
    }
}

diesel::table! {
    post_links (post_id, url) {
        post_id -> BigInt,
        url -> Text,
    }
}

diesel::table! {
    polls (post_id) {
        post_id -> BigInt,
        multiple -> Bool,
        hide_totals -> Bool,
        expires_at -> Nullable<Timestamp>,
        voters_count -> Integer,
        closed -> Bool,
    }
}

diesel::table! {
    poll_options (post_id, position) {
        post_id -> BigInt,
        position -> Integer,
        title -> Text,
        votes_count -> Integer,
    }
}

diesel::table! {
    poll_votes (id) {
        id -> BigInt,
        post_id -> BigInt,
        account_id -> BigInt,
        choice -> Integer,
        uri -> Nullable<Text>,
    }
}

diesel::table! {
    reactions (id) {
        id -> BigInt,
        account_id -> BigInt,
        post_id -> BigInt,
        kind -> Text,
        uri -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    boosts (id) {
        id -> BigInt,
        account_id -> BigInt,
        post_id -> BigInt,
        uri -> Text,
        visibility -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    acceptances (id) {
        id -> BigInt,
        question_id -> BigInt,
        answer_id -> BigInt,
        by_id -> BigInt,
        why -> Text,
        uri -> Text,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    media (id) {
        id -> BigInt,
        account_id -> BigInt,
        post_id -> Nullable<BigInt>,
        position -> Integer,
        kind -> Text,
        mime -> Text,
        file -> Nullable<Text>,
        preview -> Nullable<Text>,
        remote_url -> Nullable<Text>,
        description -> Text,
        focus_x -> Double,
        focus_y -> Double,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        preview_width -> Nullable<Integer>,
        preview_height -> Nullable<Integer>,
        blurhash -> Nullable<Text>,
        bytes -> BigInt,
        created_at -> Timestamp,
        state -> Text,
    }
}

diesel::table! {
    media_leftovers (file) {
        file -> Text,
        due_at -> Timestamp,
    }
}

diesel::table! {
    home_entries (account_id, entry_id) {
        account_id -> BigInt,
        entry_id -> BigInt,
        post_id -> BigInt,
        via_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        from_id -> BigInt,
        post_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        group_key -> Nullable<Text>,
        filtered -> Bool,
        report_id -> Nullable<BigInt>,
        severance_id -> Nullable<BigInt>,
        strike_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    markers (account_id, timeline) {
        account_id -> BigInt,
        timeline -> Text,
        last_read_id -> Text,
        version -> Integer,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    inbound (id) {
        id -> BigInt,
        activity_uri -> Text,
        signer_uri -> Text,
        peer_domain -> Text,
        body -> Text,
        outcome -> Nullable<Text>,
        received_at -> Timestamp,
    }
}

diesel::table! {
    tombstones (uri) {
        uri -> Text,
        former_type -> Text,
        deleted_at -> Timestamp,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        activity_uri -> Text,
        sender_id -> BigInt,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    outbox_targets (peer_id, outbox_id, inbox_url) {
        peer_id -> BigInt,
        outbox_id -> BigInt,
        inbox_url -> Text,
        refusals -> Integer,
        refused_at -> Nullable<Timestamp>,
        next_attempt_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    held_activities (id) {
        id -> BigInt,
        post_id -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        lane -> Text,
        payload -> Text,
        run_at -> Timestamp,
        attempts -> Integer,
        claimed_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        target -> Text,
        detail -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    lists (id) {
        id -> BigInt,
        account_id -> BigInt,
        title -> Text,
        replies_policy -> Text,
        exclusive -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    list_members (id) {
        id -> BigInt,
        list_id -> BigInt,
        account_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    scheduled_posts (id) {
        id -> BigInt,
        account_id -> BigInt,
        scheduled_at -> Timestamp,
        draft -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    scheduled_media (media_id) {
        media_id -> BigInt,
        scheduled_id -> BigInt,
    }
}

diesel::table! {
    filters (id) {
        id -> BigInt,
        account_id -> BigInt,
        title -> Text,
        contexts -> Text,
        action -> Text,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    filter_keywords (id) {
        id -> BigInt,
        filter_id -> BigInt,
        keyword -> Text,
        whole_word -> Bool,
    }
}

diesel::table! {
    filter_posts (id) {
        id -> BigInt,
        filter_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::table! {
    followed_tags (id) {
        id -> BigInt,
        account_id -> BigInt,
        tag -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    featured_tags (id) {
        id -> BigInt,
        account_id -> BigInt,
        tag -> Text,
        name -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    endorsements (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    account_notes (account_id, target_id) {
        account_id -> BigInt,
        target_id -> BigInt,
        comment -> Text,
    }
}

diesel::table! {
    conversations (id) {
        id -> BigInt,
        account_id -> BigInt,
        root_id -> BigInt,
        last_post_id -> BigInt,
        unread -> Bool,
    }
}

diesel::table! {
    notification_policies (account_id) {
        account_id -> BigInt,
        not_following -> Text,
        not_followers -> Text,
        new_accounts -> Text,
        private_mentions -> Text,
        limited_accounts -> Text,
        bots -> Text,
    }
}

diesel::table! {
    notification_permissions (account_id, from_id) {
        account_id -> BigInt,
        from_id -> BigInt,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        uri -> Text,
        reporter_id -> BigInt,
        target_id -> BigInt,
        category -> Text,
        comment -> Text,
        forwarded -> Bool,
        state -> Text,
        assigned_to -> Nullable<BigInt>,
        resolved_by -> Nullable<BigInt>,
        resolved_at -> Nullable<Timestamp>,
        resolution -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    report_posts (report_id, post_id) {
        report_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::table! {
    domain_blocks (id) {
        id -> BigInt,
        account_id -> BigInt,
        domain -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    announcements (id) {
        id -> BigInt,
        source -> Text,
        html -> Text,
        starts_at -> Nullable<Timestamp>,
        ends_at -> Nullable<Timestamp>,
        all_day -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    announcement_reads (announcement_id, account_id) {
        announcement_id -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    announcement_reactions (id) {
        id -> BigInt,
        announcement_id -> BigInt,
        account_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    suggestion_refusals (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
    }
}

diesel::table! {
    quotes (id) {
        id -> BigInt,
        post_id -> BigInt,
        quoted_id -> Nullable<BigInt>,
        quoted_uri -> Text,
        state -> Text,
        request_uri -> Nullable<Text>,
        stamp_uri -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    post_contexts (post_id) {
        post_id -> BigInt,
        uri -> Text,
    }
}

diesel::table! {
    quote_terms (post_id) {
        post_id -> BigInt,
        automatic -> Text,
        manual -> Text,
    }
}

diesel::table! {
    account_limits (account_id) {
        account_id -> BigInt,
        silenced_at -> Nullable<Timestamp>,
        sensitized_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    account_moves (account_id) {
        account_id -> BigInt,
        also_known_as -> Text,
        target_id -> Nullable<BigInt>,
        moved_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    rules (id) {
        id -> BigInt,
        position -> Integer,
        text -> Text,
        hint -> Text,
        translations -> Text,
        created_at -> Timestamp,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report_rules (report_id, rule_id) {
        report_id -> BigInt,
        rule_id -> BigInt,
    }
}

diesel::table! {
    node_texts (id) {
        id -> BigInt,
        kind -> Text,
        source -> Text,
        html -> Text,
        effective_on -> Date,
        created_at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        overwrite -> Bool,
        swept -> Bool,
        total -> Integer,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    import_lines (id) {
        id -> BigInt,
        import_id -> BigInt,
        line -> Text,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    email_domain_blocks (id) {
        id -> BigInt,
        domain -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    canonical_email_blocks (id) {
        id -> BigInt,
        canonical_email_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    ip_blocks (id) {
        id -> BigInt,
        ip -> Text,
        severity -> Text,
        comment -> Text,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    push_subscriptions (id) {
        id -> BigInt,
        token_id -> BigInt,
        account_id -> BigInt,
        endpoint -> Text,
        host -> Text,
        p256dh -> Text,
        auth -> Text,
        standard -> Bool,
        alerts -> Text,
        policy -> Text,
        sealed_token -> Text,
        failures -> Integer,
        failing_since -> Nullable<Timestamp>,
        next_attempt_at -> Nullable<Timestamp>,
        claimed_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    push_messages (subscription_id, notification_id) {
        subscription_id -> BigInt,
        notification_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    narrowed_posts (post_id) {
        post_id -> BigInt,
        audience -> Text,
    }
}

diesel::table! {
    severances (id) {
        id -> BigInt,
        account_id -> BigInt,
        cause_id -> BigInt,
        kind -> Text,
        target_name -> Text,
        followers_count -> BigInt,
        following_count -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    strikes (id) {
        id -> BigInt,
        account_id -> BigInt,
        by_id -> Nullable<BigInt>,
        report_id -> Nullable<BigInt>,
        action -> Text,
        text -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    strike_posts (strike_id, post_id) {
        strike_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(quotes::quoted_id, posts::audience);

diesel::allow_tables_to_appear_in_same_query!(
    node_settings,
    peers,
    accounts,
    actor_keys,
    users,
    sessions,
    invitations,
    oauth_apps,
    oauth_codes,
    oauth_tokens,
    idempotency_keys,
    follows,
    blocks,
    mutes,
    communities,
    goals,
    memberships,
    posts,
    narrowed_posts,
    revisions,
    mentions,
    post_tags,
    post_links,
    polls,
    poll_options,
    poll_votes,
    reactions,
    boosts,
    acceptances,
    media,
    media_leftovers,
    home_entries,
    notifications,
    markers,
    inbound,
    tombstones,
    outbox,
    outbox_targets,
    held_activities,
    jobs,
    audit,
    lists,
    list_members,
    scheduled_posts,
    scheduled_media,
    filters,
    filter_keywords,
    filter_posts,
    followed_tags,
    featured_tags,
    endorsements,
    account_notes,
    announcements,
    announcement_reads,
    announcement_reactions,
    suggestion_refusals,
    quotes,
    quote_terms,
    post_contexts,
    conversations,
    notification_policies,
    notification_permissions,
    reports,
    report_posts,
    domain_blocks,
    account_limits,
    account_moves,
    rules,
    report_rules,
    node_texts,
    imports,
    import_lines,
    email_domain_blocks,
    canonical_email_blocks,
    ip_blocks,
    push_subscriptions,
    push_messages,
    severances,
    strikes,
    strike_posts,
);
