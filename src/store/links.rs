//! The web addresses that posts hold.

use diesel::prelude::*;

use super::conn::{Conn, on_backend};
use super::schema::post_links;
use crate::error::Result;
use crate::model::ids::PostId;

/// Sets the addresses of a post, each in its plain form (`model::text::html::web_address`).
pub fn set(conn: &mut Conn, post: PostId, urls: &[String]) -> Result<()> {
    diesel::delete(post_links::table.filter(post_links::post_id.eq(post))).execute(conn)?;
    for url in urls {
        on_backend!(conn, |c| diesel::insert_into(post_links::table)
            .values((post_links::post_id.eq(post), post_links::url.eq(url)))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}
