//! For whom and in which language something is shown: what the parts need while they read.

use crate::i18n::{self, Lang, Value};
use crate::model::time::Time;
use crate::model::viewer::Viewer;
use crate::web::ui;
use crate::web::visitor::Visitor;

/// For whom and in which language something is shown.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// For whom.
    pub(crate) viewer: Viewer,
    /// In which language.
    pub(crate) lang: Lang,
    /// Our authority, for full handles.
    pub(crate) authority: String,
    /// Now.
    pub(crate) now: Time,
}

impl Scene {
    /// What a visitor's request says.
    pub(crate) fn of(visitor: &Visitor) -> Self {
        Self {
            viewer: visitor.viewer(),
            lang: visitor.lang(),
            authority: visitor.app.config.authority(),
            now: visitor.app.db.now(),
        }
    }

    /// A message without values.
    pub(crate) fn t(&self, id: &str) -> String {
        i18n::text(self.lang, id, &[])
    }

    /// A message with values.
    pub(crate) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<(&str, Value<'_>)> = args
            .iter()
            .map(|(name, value)| (*name, Value::from(*value)))
            .collect();
        i18n::text(self.lang, id, &args)
    }

    /// A moment as people write it.
    pub(crate) fn moment(&self, time: Time) -> String {
        ui::moment(self.lang, time)
    }
}
