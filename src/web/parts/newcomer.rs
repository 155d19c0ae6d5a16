//! What whoever gets an account types, with an invitation or without.

use super::field::{Field, Kind};
use super::simple_form::SimpleForm;
use crate::actions::register::Newcomer;
use crate::error::Result;
use crate::model::names::{LINE_MAX, NAME_MAX};
use crate::secrets::PASSWORD_MAX;
use crate::web::form::Form;
use crate::web::visitor::Visitor;

/// What was typed, kept for when something is wrong with it. The password is typed again.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    username: String,
    display_name: String,
    email: String,
}

impl Typed {
    /// As it was sent.
    pub(crate) fn sent(form: &Form) -> Self {
        Self {
            username: form.text("username").trim().to_lowercase(),
            display_name: form.text("display_name"),
            email: form.text("email"),
        }
    }

    /// The one who wants to come in, with the visitor's language.
    ///
    /// # Errors
    /// `Invalid` for a name or address that cannot be one.
    pub(crate) fn newcomer(
        &self,
        visitor: &Visitor,
        password_hash: Option<String>,
    ) -> Result<Newcomer> {
        let mut newcomer = Newcomer::new(&self.username, &self.email, password_hash)?;
        newcomer.display_name.clone_from(&self.display_name);
        visitor.lang().code().clone_into(&mut newcomer.locale);
        Ok(newcomer)
    }

    /// The form with its fields: name, name shown, e-mail, password.
    pub(crate) fn fields(&self, visitor: &Visitor, form: SimpleForm) -> SimpleForm {
        let lang = visitor.lang();
        form.field(
            Field::new(lang, "username", Kind::Line("text"), "field-username")
                .hint(lang, "field-username-hint")
                .value(&self.username)
                .required()
                .autocomplete("username")
                .max(NAME_MAX),
        )
        .field(
            Field::new(
                lang,
                "display_name",
                Kind::Line("text"),
                "field-display-name",
            )
            .value(&self.display_name)
            .autocomplete("name")
            .max(LINE_MAX),
        )
        .field(
            Field::new(lang, "email", Kind::Line("email"), "field-email")
                .hint(lang, "field-email-hint")
                .value(&self.email)
                .required()
                .autocomplete("email"),
        )
        .field(
            Field::new(lang, "password", Kind::Line("password"), "login-password")
                .hint(lang, "field-password-hint")
                .required()
                .autocomplete("new-password")
                .max(PASSWORD_MAX),
        )
    }
}
