//! `cordee seed`.

use crate::support::node::Node;

const SEED: [&str; 12] = [
    "seed",
    "--people",
    "6",
    "--communities",
    "2",
    "--posts",
    "40",
    "--follows",
    "3",
    "--seed",
    "7",
    "--json",
];

#[test]
fn an_empty_node_is_filled_once_and_the_same_way_each_time() {
    let mut worlds = Vec::new();
    for node in Node::each() {
        let made = node.lists(&SEED);
        assert_eq!(
            (&made["people"], &made["communities"], &made["posts"]),
            (&6.into(), &2.into(), &40.into())
        );
        assert!(made["token"].as_str().unwrap().len() >= 40);
        let people = node.lists(&["user", "list", "--json"]);
        let names: Vec<String> = people
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["username"].as_str().unwrap().to_owned())
            .collect();
        assert!(names.contains(&made["account"].as_str().unwrap().to_owned()));
        let communities = node.lists(&["community", "list", "--json"]);
        let sizes: Vec<i64> = communities
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["members_count"].as_i64().unwrap())
            .collect();
        worlds.push((names, sizes));
        node.run(&SEED).refuses(1, &["empty node", "data_dir"]);
    }
    assert!(
        worlds.windows(2).all(|pair| pair[0] == pair[1]),
        "{worlds:?}"
    );
}

#[test]
fn amounts_are_checked() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| crate::support::program::run(home.path(), arguments);
    run(&[
        "seed",
        "--people",
        "1",
        "--communities",
        "1",
        "--posts",
        "1",
    ])
    .refuses(2, &["--people", "2..=100000"]);
    run(&["seed", "--people", "10"]).refuses(2, &["--communities"]);
}
