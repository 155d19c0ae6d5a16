//! All parameters of a request, typed.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::api::error::{ApiError, ApiResult};
use crate::app::App;
use crate::params::{Params, UploadCap};

/// The parameters as `T`, from query and body in whatever form.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, app: &App) -> ApiResult<Self> {
        request
            .extensions_mut()
            .insert(UploadCap(app.config.media.image_size_limit));
        let params = Params::from_request(request, app).await?;
        Ok(Self(params.get()?))
    }
}

/// The parameters as they came, for handlers that must know which were sent.
#[derive(Debug)]
pub(crate) struct Sent(pub(crate) Params);

impl FromRequest<App> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> ApiResult<Self> {
        Ok(Self(Params::from_request(request, app).await?))
    }
}
