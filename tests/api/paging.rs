//! Pages without gap or repetition, through the `Link` header alone.

use serde_json::Value;

use crate::support::client::Client;
use crate::support::world::World;

fn ids(page: &Value) -> Vec<String> {
    page.as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

fn all(client: &Client<'_>, path: &str, relation: &str) -> Vec<String> {
    let (mut found, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let said = client.get(&path);
        let mut page = ids(&said.expect(200));
        if page.is_empty() {
            break;
        }
        if relation == "prev" {
            page.reverse();
        }
        found.extend(page);
        assert!(found.len() < 200, "the pages never end");
        next = said.link(relation);
    }
    found
}

#[test]
fn timelines_page_in_both_directions() {
    World::each(|world| {
        let bart_id = world.person("bart");
        let bart = world.client(bart_id);
        let wanted: Vec<String> = (0..45)
            .map(|n| {
                bart.publish(&format!("page {n}"))["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let newest_first: Vec<String> = wanted.iter().rev().cloned().collect();
        for path in [
            format!("/api/v1/accounts/{bart_id}/statuses?limit=7&exclude_reblogs=true"),
            "/api/v1/timelines/home?limit=7".to_owned(),
            "/api/v1/timelines/public?limit=7&local=true".to_owned(),
        ] {
            assert_eq!(all(&bart, &path, "next"), newest_first, "{path}");
            assert_eq!(
                all(&bart, &format!("{path}&min_id=1"), "prev"),
                wanted,
                "{path}"
            );
        }
        let between = format!(
            "/api/v1/timelines/home?max_id={}&min_id={}",
            wanted[10], wanted[5]
        );
        let mut inner = wanted[6..10].to_vec();
        inner.reverse();
        assert_eq!(ids(&bart.get(&between).expect(200)), inner);
    });
}
