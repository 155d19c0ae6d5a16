//! What answers at the address of the bucket may be anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::s3::S3;
use crate::support::world::World;

/// Answers every request with the same bytes and closes; its address, and how many it answered.
fn always(world: &World, answer: String) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let listener = world
        .runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    world.runtime.spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let mut head = [0; 8192];
            drop(socket.read(&mut head).await);
            drop(socket.write_all(answer.as_bytes()).await);
            drop(socket.shutdown().await);
        }
    });
    (address, asked)
}

/// What a node says whose bucket answers like this.
fn said(answer: String) -> String {
    let helper = World::with(|_| {});
    let (address, _) = always(&helper, answer);
    let bucket = S3::start();
    let world = World::with(|config| {
        bucket.serve(config);
        config.media.s3.endpoint = address;
    });
    let name = cordee::media::names::original("mp4");
    let read = world.runtime.block_on(world.app.media.read(&name));
    read.unwrap_err().to_string()
}

#[test]
fn an_answer_sends_nobody_elsewhere() {
    let helper = World::with(|_| {});
    let (trap, asked) = always(
        &helper,
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx".into(),
    );
    let told = said(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {trap}/x\r\ncontent-length: 0\r\n\r\n"
    ));
    assert!(told.contains("307"), "{told}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_file_that_breaks_off_is_no_file() {
    let told = said("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".into());
    assert!(told.contains("breaks off"), "{told}");
}

#[test]
fn what_speaks_another_language_is_told_shortly() {
    let page = "<html><Code><script>1</script></Code></html>";
    for answer in [
        format!(
            "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{page}",
            page.len()
        ),
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nwithout length".into(),
        "SSH-2.0-OpenSSH\r\n".into(),
        String::new(),
    ] {
        let told = said(answer);
        assert!(told.contains("the bucket s3://"), "{told}");
        assert!(!told.contains("script"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}
