//! Avatar and header on `/settings/profile`: choosing another picture, or taking it away.

use crate::app::App;
use crate::error::Result;
use crate::media::{AVATAR, HEADER, profile_picture};
use crate::web::form::Form;
use crate::web::parts::field::{Field, Kind};
use crate::web::visitor::Visitor;

/// The fields for both; what can be taken away only where there is something.
pub(super) fn fields(visitor: &Visitor) -> Vec<Field> {
    let (lang, me) = (visitor.lang(), visitor.me.as_ref());
    let has = |picture: Option<&String>| picture.is_some_and(|file| !file.is_empty());
    let pictures = [
        (
            "avatar",
            "settings-avatar",
            "remove_avatar",
            "settings-avatar-remove",
            has(me.and_then(|me| me.account.avatar.as_ref())),
        ),
        (
            "header",
            "settings-header",
            "remove_header",
            "settings-header-remove",
            has(me.and_then(|me| me.account.header.as_ref())),
        ),
    ];
    let mut fields = Vec::new();
    for (name, label, remove, remove_label, there) in pictures {
        fields
            .push(Field::new(lang, name, Kind::Picture, label).hint(lang, "settings-picture-hint"));
        if there {
            fields.push(Field::new(lang, remove, Kind::Check, remove_label));
        }
    }
    fields
}

/// Avatar and header as the form wants them: the name of a file, empty for none, `None` for as it is.
///
/// # Errors
/// `Invalid` naming `avatar` or `header`.
pub(super) async fn uploaded(app: &App, form: &Form) -> Result<(Option<String>, Option<String>)> {
    let avatar = one(app, form, "avatar", "remove_avatar", AVATAR).await?;
    let header = one(app, form, "header", "remove_header", HEADER).await?;
    Ok((avatar, header))
}

async fn one(
    app: &App,
    form: &Form,
    field: &'static str,
    remove: &str,
    size: (u32, u32),
) -> Result<Option<String>> {
    // A browser sends an empty file where none was chosen.
    let chosen = form
        .params
        .file(field)
        .filter(|file| !file.bytes.is_empty());
    let Some(upload) = chosen.filter(|_| form.visitor.me.is_some()) else {
        return Ok((form.text(remove) == "1").then(String::new));
    };
    let (bytes, ending) =
        profile_picture(upload.bytes.clone(), app.image_limits(), field, size).await?;
    app.keep_profile(bytes, ending).await.map(Some)
}
