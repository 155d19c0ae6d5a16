//! Delivering: from the writing of posts on one node until another has them all, over loopback.

use cordee::actions::create_post::NewPost;
use cordee::model::words::{JoinPolicy, PeerMode};
use divan::Bencher;
use divan::counter::ItemsCount;

use crate::nodes::Node;

/// Posts of a community written one after the other.
#[divan::bench(args = [10, 100], sample_count = 10)]
fn posts_reach_a_follower(bencher: Bencher<'_, '_>, posts: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (north, south, author, community) = runtime.block_on(async {
        let (north, south) = (Node::start("north").await, Node::start("south").await);
        north.admit(&south, PeerMode::Member).await;
        south.admit(&north, PeerMode::Member).await;
        let stewards = [north.person("karim").await, north.person("lotte").await];
        let community = north.community("pumps", JoinPolicy::Open, stewards).await;
        let mei = south.person("mei").await;
        south.joins(mei, &format!("pumps@{}", north.domain)).await;
        (north, south, stewards[0], community)
    });
    bencher.counter(ItemsCount::new(posts)).bench(|| {
        runtime.block_on(async {
            let mut last = None;
            for number in 0..posts {
                let post = NewPost {
                    source: format!("Reading {number} of the day: no leak."),
                    community: Some(community),
                    ..NewPost::default()
                };
                last = Some(north.publish(author, post).await);
            }
            if let Some(post) = last {
                south.awaits(&post.uri).await;
            }
        });
    });
}
