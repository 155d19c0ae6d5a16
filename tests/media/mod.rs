//! Files of people, from the upload to the removal: in a folder and in a bucket of a real S3 server, worked on at once or
//! by a job.

mod bucket;
mod covers;
mod hostile;
mod restart;
mod work;

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use cordee::config::Config;
use cordee::store::jobs;
use serde_json::Value;

use crate::support::client::{Client, Said};
use crate::support::s3::{self, S3};
use crate::support::world::World;

/// Runs a test on a node with a folder and on one with a bucket, on each kind of database; the last argument lists what
/// lies in the store.
fn everywhere(test: impl Fn(&World, &dyn Fn() -> Vec<String>)) {
    World::each(|world| {
        let folder = world.app.media.path().unwrap().to_owned();
        test(world, &|| s3::names(&folder));
    });
    let bucket = S3::start();
    World::each_with(
        |config| bucket.serve(config),
        |world| {
            bucket.empty();
            test(world, &|| bucket.objects());
        },
    );
}

/// A node that keeps its media in a bucket.
fn on_bucket(bucket: &S3, more: impl Fn(&mut Config)) -> World {
    World::with(|config| {
        bucket.serve(config);
        more(config);
    })
}

impl World {
    /// Works on the uploads that wait, as the runner does; how many there were.
    fn work_on_uploads(&self) -> usize {
        let claimed = self
            .write(|tx| jobs::claim(tx, 10, TimeDelta::minutes(3)))
            .unwrap();
        let mut ran = 0;
        for job in claimed {
            assert_eq!(job.kind, cordee::store::media::WORK);
            self.runtime
                .block_on(cordee::jobs::uploads::work(&self.app, &job))
                .unwrap();
            self.write(move |tx| jobs::finish(tx, job.id)).unwrap();
            ran += 1;
        }
        ran
    }

    /// Removes what nothing names, as the clock does; how much there was.
    fn remove_leftovers(&self) -> usize {
        self.runtime.block_on(self.app.remove_leftovers()).unwrap()
    }
}

fn path(url: &Value) -> String {
    url.as_str()
        .unwrap_or_else(|| panic!("no address: {url}"))
        .strip_prefix("http://localhost:7400")
        .unwrap()
        .to_owned()
}

fn id(media: &Value) -> &str {
    media["id"].as_str().unwrap()
}

/// A part of a file.
fn part(client: &Client<'_>, file: &str, range: &str) -> Said {
    let request = Request::get(file).header("range", range);
    client.send(request.body(Body::empty()).unwrap())
}

/// A picture of some size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// An animation of three pictures.
fn animation() -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for shade in [0, 120, 240] {
            let pixel = image::Rgba([shade, 0, 0, 255]);
            let frame = image::Frame::new(image::RgbaImage::from_pixel(8, 8, pixel));
            encoder.encode_frame(frame).unwrap();
        }
    }
    bytes
}

/// A film of three boxes with some bytes; the second box says where it was taken.
fn film(bytes: usize) -> Vec<u8> {
    let boxed = |name: &[u8], body: &[u8]| {
        let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&size[..], name, body].concat()
    };
    let place = boxed(b"udta", b"+50.85+004.35/");
    let pictures: Vec<u8> = (0..bytes).map(|n| u8::try_from(n % 251).unwrap()).collect();
    [
        boxed(b"ftyp", b"isom\0\0\0\0"),
        boxed(b"moov", &place),
        boxed(b"mdat", &pictures),
    ]
    .concat()
}
