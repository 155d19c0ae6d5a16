//! Which job is run by what.

use super::mails;
use super::planned;
use super::runner::Registry;
use super::{carrying, ending, erasing, importing};
use crate::actions::block_domain;
use crate::actions::end_account::ERASE;
use crate::actions::import::IMPORT;
use crate::actions::move_account::CARRY;
use crate::actions::sign_up::MAIL;
use crate::actions::take_along::TAKE_ALONG;
use crate::actions::{schedule_post, sever};
use crate::app::App;
use crate::error::Error;
use crate::federation::{Federation, activities, inbox, nodeinfo, publish, refresh};
use crate::store::media;

/// The jobs that concern nobody but this node.
pub fn of_node(registry: Registry, app: &App) -> Registry {
    let (publishing, sending) = (app.clone(), app.clone());
    let (ending_ones, following, uploads) = (app.clone(), app.clone(), app.clone());
    let telling = app.clone();
    of_people(registry, app)
        .with_lasting(block_domain::END, move |job| {
            let app = ending_ones.clone();
            async move { ending::end(&app, &job.payload).await }
        })
        .with_lasting(sever::TELL, move |job| {
            let app = telling.clone();
            async move { ending::tell_severed(&app, &job.payload).await }
        })
        .with_lasting(TAKE_ALONG, move |job| {
            let app = following.clone();
            async move { ending::follow_listing(&app, &job.payload).await }
        })
        .with(schedule_post::PUBLISH, move |job| {
            let app = publishing.clone();
            async move { planned::publish(&app, &job.payload).await }
        })
        .with(media::WORK, move |job| {
            let app = uploads.clone();
            async move { super::uploads::work(&app, &job).await }
        })
        .with(MAIL, move |job| {
            let app = sending.clone();
            async move { mails::send(&app, &job.payload).await }
        })
}

/// The jobs for those who come, move and go.
fn of_people(registry: Registry, app: &App) -> Registry {
    let (erasing_of, carrying_of, importing_of) = (app.clone(), app.clone(), app.clone());
    registry
        .with_lasting(IMPORT, move |job| {
            let app = importing_of.clone();
            async move { importing::import_or_give_up(&app, &job).await }
        })
        .with_lasting(CARRY, move |job| {
            let app = carrying_of.clone();
            async move { carrying::carry(&app, &job.payload).await }
        })
        .with_lasting(ERASE, move |job| {
            let app = erasing_of.clone();
            async move { erasing::erase(&app, &job.payload).await }
        })
}

/// The jobs of federation.
pub fn of_federation(registry: Registry, fed: &Federation) -> Registry {
    let (looking, processing) = (fed.clone(), fed.clone());
    let (telling, refreshing, quoting) = (fed.clone(), fed.clone(), fed.clone());
    registry
        .with(nodeinfo::LOOK_UP, move |job| {
            let fed = looking.clone();
            async move { nodeinfo::look_up(&fed, &job.payload).await }
        })
        .with(publish::TELL_COUNT, move |job| {
            let fed = telling.clone();
            async move { publish::tell_count(&fed, &job.payload).await }
        })
        .with(refresh::REFRESH, move |job| {
            let fed = refreshing.clone();
            async move { activities::refresh(&fed, &job.payload).await }
        })
        .with(activities::LOOK_AGAIN, move |job| {
            let fed = quoting.clone();
            async move { activities::look_at_quote(&fed, &job.payload).await }
        })
        .with(inbox::PROCESS, move |job| {
            let fed = processing.clone();
            async move {
                // A payload of ours is a number, and how often it was put off; nothing else gets better by waiting.
                let (id, tries) = job.payload.split_once(' ').unwrap_or((&job.payload, "0"));
                let id = id.parse().map_err(|_why| Error::NotFound)?;
                activities::process(&fed, id, tries.parse().unwrap_or(0)).await
            }
        })
}
