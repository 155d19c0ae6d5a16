//! One field of a form, with its label, hint and mistake tied to it for screen readers.

use crate::i18n::{self, Lang};
use crate::web::form::Mistake;

/// What is typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One line; the text is the `type` of the input.
    Line(&'static str),
    /// Many lines; `true`: few of them.
    Text(bool),
    /// One of several options.
    Choice,
    /// Yes or no.
    Check,
    /// An image to upload.
    Picture,
    /// A table to upload.
    Table,
}

/// One option of a choice.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
}

/// One field of a form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Name and id.
    pub(crate) name: String,
    /// What is typed into it.
    pub(crate) kind: Kind,
    /// What it is called.
    pub(crate) label: String,
    /// What else to know.
    pub(crate) hint: String,
    /// What is in it.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) wrong: Option<String>,
    /// Whether it must be filled in.
    pub(crate) required: bool,
    /// For password managers and browsers.
    pub(crate) autocomplete: &'static str,
    /// Most characters; 0: no bound.
    pub(crate) max: usize,
    /// Options of a choice.
    pub(crate) choices: Vec<Choice>,
}

impl Field {
    /// A field with a label from the catalogue.
    pub(crate) fn new(lang: Lang, name: &str, kind: Kind, label: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            label: i18n::text(lang, label, &[]),
            hint: String::new(),
            value: String::new(),
            wrong: None,
            required: false,
            autocomplete: "",
            max: 0,
            choices: Vec::new(),
        }
    }

    /// A hint from the catalogue.
    pub(crate) fn hint(mut self, lang: Lang, id: &str) -> Self {
        self.hint = i18n::text(lang, id, &[]);
        self
    }

    /// What is in it.
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// It must be filled in.
    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What browsers may fill in.
    pub(crate) fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    /// Most characters.
    pub(crate) fn max(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    /// Options to choose from.
    pub(crate) fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }

    /// The `type` of the input.
    pub(crate) fn input(&self) -> &'static str {
        match self.kind {
            Kind::Line(kind) => kind,
            Kind::Check => "checkbox",
            Kind::Picture | Kind::Table => "file",
            Kind::Text(_) | Kind::Choice => "",
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text(_))
    }

    pub(crate) fn is_short(&self) -> bool {
        self.kind == Kind::Text(true)
    }

    pub(crate) fn is_choice(&self) -> bool {
        self.kind == Kind::Choice
    }

    pub(crate) fn is_check(&self) -> bool {
        self.kind == Kind::Check
    }

    pub(crate) fn is_picture(&self) -> bool {
        self.kind == Kind::Picture
    }

    pub(crate) fn is_table(&self) -> bool {
        self.kind == Kind::Table
    }

    pub(crate) fn is_chosen(&self, choice: &Choice) -> bool {
        self.value == choice.value
    }

    /// Ids of what describes the field.
    pub(crate) fn described(&self) -> Option<String> {
        match (self.hint.is_empty(), &self.wrong) {
            (true, None) => None,
            (false, None) => Some(format!("{}-hint", self.name)),
            (true, Some(_)) => Some(format!("{}-wrong", self.name)),
            (false, Some(_)) => Some(format!("{0}-wrong {0}-hint", self.name)),
        }
    }
}

/// One line of the list of what went wrong.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The field to go to.
    pub(crate) field: Option<String>,
    /// What it is called.
    pub(crate) label: String,
    /// What is wrong.
    pub(crate) text: String,
}

impl Problem {
    /// A problem of the whole form.
    pub(crate) fn general(text: String) -> Self {
        Self {
            field: None,
            label: String::new(),
            text,
        }
    }
}

/// Marks the fields with mistakes, and lists these.
pub(crate) fn mark(lang: Lang, fields: &mut [Field], mistakes: &[Mistake]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for mistake in mistakes {
        let text = i18n::refusal(lang, &mistake.why);
        match fields.iter_mut().find(|field| field.name == mistake.field) {
            Some(field) => {
                field.wrong = Some(text.clone());
                problems.push(Problem {
                    field: Some(field.name.clone()),
                    label: field.label.clone(),
                    text,
                });
            }
            None => problems.push(Problem::general(text)),
        }
    }
    problems
}
