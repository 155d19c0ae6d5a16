//! `POST /language`: the switch in the footer. It wins over the browser, and over the person's own setting, which it
//! changes too.

use axum::http::header;
use axum::response::Response;

use crate::actions::prefer::prefer;
use crate::i18n::Lang;
use crate::store::users::Preferences;
use crate::web::form::{Choice, safe_path};
use crate::web::{reply, visitor};

/// Sets the language and goes back.
pub(crate) async fn choose(Choice { visitor, params }: Choice) -> Response {
    let back = params
        .text("back")
        .and_then(safe_path)
        .unwrap_or("/")
        .to_owned();
    let Some(lang) = params.text("lang").and_then(Lang::parse) else {
        return reply::go(&back);
    };
    if let Some(me) = &visitor.me {
        let (id, wanted) = (
            me.user.account_id,
            Preferences {
                locale: Some(lang.code().to_owned()),
                ..Preferences::default()
            },
        );
        if let Err(error) = visitor
            .app
            .db
            .write(move |tx| prefer(tx, id, &wanted))
            .await
        {
            return reply::error(&visitor, &error);
        }
    }
    let mut answer = reply::go(&back);
    answer.headers_mut().append(
        header::SET_COOKIE,
        visitor::language_cookie(&visitor.app, lang),
    );
    answer
}
