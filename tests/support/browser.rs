//! A browser without JavaScript, with a jar of cookies: opens pages and sends their forms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use cordee::actions::manage_user::set_password;
use cordee::model::ids::AccountId;
use cordee::secrets::hash_password;
use tower::ServiceExt;

use super::world::World;

/// The password of everybody who has one.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A page or another answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The hidden fields and texts of the form with this action.
    pub(crate) fn form(&self, action: &str) -> BTreeMap<String, String> {
        let start = self
            .text
            .find(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("no form {action} in {}", self.text));
        let form = self.text[start..].split("</form>").next().unwrap();
        form.split("<input ")
            .skip(1)
            .filter_map(|rest| {
                let tag = rest.split('>').next().unwrap();
                let value = attribute(tag, "value").unwrap_or_default();
                attribute(tag, "name").map(|name| (name, value))
            })
            .collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!("{name}=\"")).nth(1)?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&#38;", "&")
            .replace("&amp;", "&")
            .replace("&#34;", "\""),
    )
}

/// A browser.
pub(crate) struct Browser<'w> {
    world: &'w World,
    cookies: RefCell<BTreeMap<String, String>>,
    language: &'static str,
}

impl World {
    /// A fresh browser.
    pub(crate) fn browser(&self) -> Browser<'_> {
        self.browser_in("en")
    }

    /// A fresh browser in a language.
    pub(crate) fn browser_in(&self, language: &'static str) -> Browser<'_> {
        Browser {
            world: self,
            cookies: RefCell::default(),
            language,
        }
    }

    /// Somebody with an account and the usual password.
    pub(crate) fn person_with_password(&self, name: &str) -> AccountId {
        let id = self.person(name);
        let hash = self.runtime.block_on(hash_password(PASSWORD)).unwrap();
        self.write(move |tx| set_password(tx, id, &hash, None))
            .unwrap();
        id
    }

    /// A browser in which somebody is signed in.
    pub(crate) fn signed_in(&self, name: &str) -> Browser<'_> {
        let browser = self.browser();
        let done = browser.sign_in(name, PASSWORD);
        assert_eq!(done.status, 303, "{}", done.text);
        browser
    }
}

impl Browser<'_> {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
    }

    /// A page that must be there.
    pub(crate) fn open(&self, path: &str) -> Answer {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer
    }

    /// Sends fields as a form, with further headers.
    pub(crate) fn post_with(
        &self,
        path: &str,
        fields: &BTreeMap<String, String>,
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap())
    }

    /// Opens a page and sends one of its forms with these values.
    pub(crate) fn submit(&self, page: &str, action: &str, values: &[(&str, &str)]) -> Answer {
        let mut fields = self.open(page).form(action);
        for (name, value) in values {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        self.post_with(action, &fields, &[("origin", "http://localhost:7400")])
    }

    pub(crate) fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.submit(
            "/login",
            "/login",
            &[("login", name), ("password", password)],
        )
    }

    /// The cookies as they would be stolen.
    pub(crate) fn stolen(&self) -> Browser<'_> {
        Browser {
            world: self.world,
            cookies: self.cookies.clone(),
            language: self.language,
        }
    }

    pub(crate) fn send(&self, mut request: Request<Body>) -> Answer {
        let jar: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = request.headers_mut();
        headers.insert("host", "localhost:7400".parse().unwrap());
        headers
            .entry("accept")
            .or_insert("text/html,*/*;q=0.5".parse().unwrap());
        headers.insert("accept-language", self.language.parse().unwrap());
        if !jar.is_empty() {
            headers.insert("cookie", jar.join("; ").parse().unwrap());
        }
        let router = self.world.router();
        let (parts, bytes) = self.world.runtime.block_on(async {
            let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
            (parts, to_bytes(body, usize::MAX).await.unwrap())
        });
        for cookie in parts.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut jar = self.cookies.borrow_mut();
            if value.is_empty() {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
