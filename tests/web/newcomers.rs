//! Whoever comes in is seen by those who look after the node.

use cordee::actions::manage_user::set_role;
use cordee::model::words::Role;
use serde_json::json;

use super::registering::{open, register};
use crate::support::world::World;

#[test]
fn moderators_hear_of_whoever_came_in_and_nobody_else_does() {
    World::each_with(
        |config| {
            open(config);
            config.registration.confirm_email = false;
        },
        |world| {
            let (ada, bart) = (world.person("ada"), world.person("bart"));
            let role = |role| world.write(move |tx| set_role(tx, ada, role)).unwrap();
            role(Role::Moderator);
            for name in ["nell", "otto"] {
                assert_eq!(register(&world.browser(), name, &[]).status, 303);
            }
            let (moderator, member) = (world.client(ada), world.client(bart));
            let told = moderator.get("/api/v1/notifications").expect(200);
            let told = told.as_array().unwrap();
            assert_eq!(told.len(), 2);
            assert_eq!(told[0]["type"], "admin.sign_up");
            assert_eq!(told[0]["account"]["acct"], "otto");
            let grouped = moderator.get("/api/v2/notifications").expect(200);
            let groups = grouped["notification_groups"].as_array().unwrap();
            assert_eq!(groups.len(), 1);
            assert_eq!(groups[0]["type"], "admin.sign_up");
            assert_eq!(groups[0]["notifications_count"], 2);
            let none = member.get("/api/v1/notifications").expect(200);
            assert_eq!(none, json!([]));
            role(Role::Member);
            let none = moderator.get("/api/v1/notifications").expect(200);
            assert_eq!(none, json!([]));
        },
    );
}
