//! A page that is one form and little else.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::field::{Field, Problem, mark};
use super::rules::House;
use crate::web::form::Mistake;
use crate::web::reply::{self, Keep};
use crate::web::ui::Ui;
use crate::web::visitor::Visitor;

/// A page that is one form and little else.
#[derive(Debug, Template)]
#[template(path = "pages/form.html")]
pub(crate) struct SimpleForm {
    ui: Ui,
    heading: String,
    intro: String,
    action: String,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    problems: Vec<Problem>,
    button: String,
    after: String,
    instead: Option<(&'static str, String)>,
    house: House,
}

impl SimpleForm {
    /// A form that is sent to `action`; heading and button are ids of messages.
    pub(crate) fn new(
        visitor: &Visitor,
        heading: &str,
        action: impl Into<String>,
        button: &str,
    ) -> Self {
        let ui = Ui::of(visitor);
        Self {
            heading: ui.t(heading),
            intro: String::new(),
            action: action.into(),
            hidden: Vec::new(),
            fields: Vec::new(),
            problems: Vec::new(),
            button: ui.t(button),
            after: String::new(),
            instead: None,
            house: House::default(),
            ui,
        }
    }

    /// A sentence before the form, an id.
    pub(crate) fn intro(mut self, id: &str) -> Self {
        self.intro = self.ui.t(id);
        self
    }

    /// A sentence after the form, an id.
    pub(crate) fn after(mut self, id: &str) -> Self {
        self.after = self.ui.t(id);
        self
    }

    /// Another page that may be meant, in place of the sentence after the form; its name is an id.
    pub(crate) fn instead(mut self, path: &'static str, id: &str) -> Self {
        self.after = String::new();
        self.instead = Some((path, self.ui.t(id)));
        self
    }

    /// What whoever sends the form agrees to, before it.
    pub(crate) fn house(mut self, house: House) -> Self {
        self.house = house;
        self
    }

    /// A value that is sent along.
    pub(crate) fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// One more field.
    pub(crate) fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// A sentence about what went wrong, an id.
    pub(crate) fn problem(mut self, id: &str) -> Self {
        self.problems.push(Problem::general(self.ui.t(id)));
        self
    }

    /// The page; with mistakes it is a 422 that keeps what was typed.
    pub(crate) fn show(mut self, visitor: &Visitor, mistakes: &[Mistake]) -> Response {
        self.problems
            .extend(mark(visitor.lang(), &mut self.fields, mistakes));
        let wrong = !self.problems.is_empty();
        let status = if wrong {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        reply::page(visitor, status, Keep::Form, &self)
    }
}
