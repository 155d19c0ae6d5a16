//! Settings: defaults, strictness and the messages an operator gets.

use super::*;

fn from(text: &str) -> Result<Config, String> {
    Config::from_toml(text, "test.toml").map_err(|problem| problem.to_string())
}

fn refused(text: &str) -> String {
    from(text)
        .err()
        .unwrap_or_else(|| panic!("{text} should be refused"))
}

fn environment(variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, variables).map_err(|problem| problem.to_string())
}

#[test]
fn the_example_parses_back_to_the_defaults() {
    let read = from(&example()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_example_names_every_key_and_its_variable() {
    let text = example();
    for key in keys::KEYS {
        assert!(text.contains(&key.variable()), "{} is missing", key.path);
    }
}

#[test]
fn the_example_in_deploy_is_the_one_the_program_prints() {
    assert_eq!(
        include_str!("../../deploy/config.example.toml"),
        example(),
        "run `cordee config example`"
    );
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let why = refused("[server]\nlisen = \"127.0.0.1:1\"");
    assert!(
        why.contains("unknown setting `server.lisen` in test.toml"),
        "{why}"
    );
    assert!(why.contains("`server.listen`"), "{why}");
    let why = environment(&[("CORDEE_SERVER__LISEN", "127.0.0.1:1")]).unwrap_err();
    assert!(
        why.contains("`CORDEE_SERVER__LISEN`") && why.contains("`CORDEE_SERVER__LISTEN`"),
        "{why}"
    );
}

#[test]
fn a_wrong_value_is_named_with_what_is_expected() {
    let why = refused("[database]\nreaders = 65");
    assert!(
        why.contains("`database.readers` is 65") && why.contains("from 1 to 64"),
        "{why}"
    );
    let why = refused("[federation]\nenabled = \"yes\"");
    assert!(why.contains("true or false"), "{why}");
    let why = refused("[node]\nlanguages = [\"en\", \"de\"]");
    assert!(why.contains("en, fr, nl"), "{why}");
    let why = refused("[server]\npublic_url = \"https://x.example/path\"");
    assert!(why.contains("without path"), "{why}");
    let why = refused("[server]\npublic_url = \"http://learn.example.org\"");
    assert!(why.contains("`server.public_url` is not https"), "{why}");
    let why = environment(&[("CORDEE_LIMITS__API_PER_5MIN", "many")]).unwrap_err();
    assert!(
        why.contains("CORDEE_LIMITS__API_PER_5MIN") && why.contains("\"many\""),
        "{why}"
    );
}

#[test]
fn a_problem_is_one_line() {
    for text in [
        "[server]\nlisten = ",
        "x = \"\"\"a\nb\"\"\"",
        "[oauth]\npassword_grant = 3",
    ] {
        assert!(!refused(text).contains('\n'));
    }
}

#[test]
fn the_environment_wins_and_lists_are_comma_separated() {
    let config = environment(&[
        ("CORDEE_DATA_DIR", "/srv/x"),
        ("CORDEE_NODE__LANGUAGES", "nl, fr"),
        ("CORDEE_SERVER__TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1/32"),
        ("CORDEE_FEDERATION__MAX_FETCHES", "7"),
        ("CORDEE_LOG", "debug"),
        ("CORDEE_TEST_POSTGRES", "postgres://x"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!(config.node.languages, ["nl", "fr"]);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.federation.max_fetches, 7);
    assert_eq!(config.database_url(), "sqlite:///srv/x/cordee.db");
}

#[test]
fn switches_for_harnesses_are_refused_off_localhost() {
    for key in [
        "[oauth]\npassword_grant = true",
        "[federation]\ndevelopment = true",
    ] {
        let why = refused(&format!(
            "{key}\n[server]\npublic_url = \"https://learn.example.org\""
        ));
        assert!(why.contains("localhost"), "{why}");
        assert!(
            from(&format!(
                "{key}\n[server]\npublic_url = \"http://north.localhost:7401\""
            ))
            .is_ok()
        );
        refused(&format!(
            "{key}\n[server]\npublic_url = \"http://notlocalhost:7401\""
        ));
    }
}

#[test]
fn what_is_not_built_says_so() {
    for text in [
        "[database]\nreplica_url = \"postgres://x/y\"",
        "[events]\nurl = \"nats://x\"",
        "[registration]\nmode = \"sso\"",
        "[scim]\ntoken = \"x\"",
    ] {
        let why = refused(text);
        assert!(why.contains("not built yet"), "{text}: {why}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one wrong setting after another")]
fn a_bucket_needs_its_keys_and_a_name() {
    let keys = "access_key = \"AKID\"\nsecret_key = \"hush\"";
    let bucket =
        |store: &str, s3: &str| from(&format!("[media]\nstore = \"{store}\"\n[media.s3]\n{s3}"));
    let config = bucket("s3://files/cordee/media/", keys).unwrap();
    let MediaPlace::Bucket {
        bucket: name,
        prefix,
        s3,
    } = config.media_place()
    else {
        panic!("{config:?}");
    };
    assert_eq!((name, prefix), ("files", "cordee/media"));
    assert_eq!(
        (s3.access_key.as_str(), s3.region.as_str()),
        ("AKID", "us-east-1")
    );
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("AKID") && !shown.contains("hush"),
        "{shown}"
    );
    assert!(bucket("s3://files", keys).is_ok());
    let why = bucket("s3://files", "access_key = \"AKID\"").unwrap_err();
    assert!(
        why.contains("`media.s3.secret_key` is empty") && !why.contains("AKID"),
        "{why}"
    );
    for store in [
        "s3://",
        "s3://a",
        "s3://fi les",
        "s3://files/../x",
        "s3://files/a?b",
        "s3://files@host",
    ] {
        assert!(
            bucket(store, keys)
                .unwrap_err()
                .contains("s3://BUCKET/PREFIX"),
            "{store}"
        );
    }
    assert!(refused("[media]\nstore = \"gs://files\"").contains("neither a folder"));
    for endpoint in [
        "ftp://x",
        "https://x.example/path",
        "https://me:pw@x.example",
        "x.example",
    ] {
        let text = format!("endpoint = \"{endpoint}\"\n{keys}");
        let why = bucket("s3://files", &text).unwrap_err();
        assert!(why.contains("media.s3.endpoint"), "{why}");
    }
    let why = refused("[media.s3]\nendpont = \"https://x.example\"");
    assert!(why.contains("`media.s3.endpoint`"), "{why}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hush\n").unwrap();
    let text = format!(
        "access_key = \"AKID\"\nsecret_key_file = \"{}\"",
        file.path().display()
    );
    assert_eq!(
        bucket("s3://files", &text).unwrap().media.s3.secret_key,
        "hush"
    );
    let config = environment(&[
        ("CORDEE_MEDIA__STORE", "s3://files/x"),
        ("CORDEE_MEDIA__S3__ENDPOINT", "http://10.0.0.9:9000"),
        ("CORDEE_MEDIA__S3__PATH_STYLE", "false"),
        ("CORDEE_MEDIA__S3__ACCESS_KEY", "AKID"),
        ("CORDEE_MEDIA__S3__SECRET_KEY", "hush"),
    ])
    .unwrap();
    assert_eq!(config.media.s3.endpoint, "http://10.0.0.9:9000");
    assert!(!config.media.s3.path_style);
}

#[test]
fn a_key_for_push_messages_is_one() {
    let why = refused("[push]\nvapid_private_key = \"AAAA\"");
    assert!(why.contains("P-256") && !why.contains("AAAA"), "{why}");
    assert!(refused("[push]\nvapid_subject = \"me\"").contains("mailto:"));
    let config = from("[push]\nvapid_subject = \"mailto:me@firm.example\"").unwrap();
    assert_eq!(config.vapid_subject(), "mailto:me@firm.example");
    assert_eq!(Config::default().vapid_subject(), "http://localhost:7400");
}

#[test]
fn a_database_must_be_of_a_known_kind_and_shared_where_processes_are() {
    assert!(refused("[database]\nurl = \"mysql://x\"").contains("sqlite://PATH"));
    assert!(refused("[server]\nrole = \"worker\"").contains("SQLite"));
    assert!(from("[server]\nrole = \"worker\"\n[database]\nurl = \"postgres://h/d\"").is_ok());
}

#[test]
fn a_secret_can_lie_in_a_file_and_is_never_shown() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "postgres://me:secret@h/d\n").unwrap();
    let config = from(&format!(
        "[database]\nurl_file = \"{}\"",
        file.path().display()
    ))
    .unwrap();
    assert_eq!(config.database.url, "postgres://me:secret@h/d");
    assert!(refused("[database]\nurl_file = \"/nowhere/at/all\"").contains("/nowhere/at/all"));
    assert!(!refused("[database]\nurl = 12345").contains("12345"));
    assert!(refused("[node]\nname_file = \"x\"").contains("unknown setting"));
}

#[test]
fn authority_and_base_keep_a_port_that_is_not_the_schemes_own() {
    let config = from("[server]\npublic_url = \"http://north.localhost:7401\"").unwrap();
    assert_eq!(config.authority(), "north.localhost:7401");
    assert_eq!(config.base_url(), "http://north.localhost:7401");
    let config = from("[server]\npublic_url = \"https://learn.example.org\"").unwrap();
    assert_eq!(config.authority(), "learn.example.org");
}
