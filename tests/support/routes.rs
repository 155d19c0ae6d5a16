//! The routes of the node, read off the sources: what there is, so that tests can say that they left nothing out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Method and path, as `GET /api/v1/accounts/{id}`.
pub(crate) type Route = String;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every route whose path begins with `prefix`. Catch-alls (`any`) are no routes.
pub(crate) fn routes_below(prefix: &str) -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found.retain(|route| {
        let (_, path) = route.split_once(' ').unwrap();
        path.starts_with(prefix)
    });
    assert!(
        !found.is_empty(),
        "no route below {prefix}: has `.route(\"…\")` another form now?"
    );
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<Route>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for (at, call) in text.match_indices(".route(") {
                read(&text[at + call.len()..], found);
            }
        }
    }
}

/// Reads the arguments of one `.route(`: the path, then methods with their handlers.
fn read(rest: &str, found: &mut BTreeSet<Route>) {
    let Some(rest) = rest.trim_start().strip_prefix('"') else {
        return;
    };
    let (path, rest) = rest.split_once('"').unwrap();
    let mut depth = 1;
    let end = rest.find(|c: char| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let methods = &rest[..end.unwrap()];
    for method in METHODS {
        let call = format!("{method}(");
        let named = methods.match_indices(&call).any(|(at, _)| {
            methods[..at]
                .chars()
                .next_back()
                .is_none_or(|before| !before.is_alphanumeric() && before != '_')
        });
        if named {
            found.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
}

/// Whether an address, without its query, is one of a route with this path: `{name}` stands for any one part.
pub(crate) fn is_of(address: &str, template: &str) -> bool {
    let address = address.split('?').next().unwrap();
    let (mut parts, mut wanted) = (address.split('/'), template.split('/'));
    loop {
        match (parts.next(), wanted.next()) {
            (None, None) => return true,
            (Some(part), Some(want)) if part == want || want.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// The route that a call (`GET /api/v1/accounts/5?limit=7`) goes to; one with fewer open parts wins, as in the router.
pub(crate) fn route_of<'r>(call: &str, routes: &'r BTreeSet<Route>) -> Option<&'r Route> {
    let (method, address) = call.split_once(' ').unwrap();
    routes
        .iter()
        .filter(|route| {
            let (one, path) = route.split_once(' ').unwrap();
            one == method && is_of(address, path)
        })
        .min_by_key(|route| route.matches('{').count())
}
