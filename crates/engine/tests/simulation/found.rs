//! What seeds have found, each as small as it can be.

use std::time::Duration;

use kontor_server::core::clock::Clock;

use crate::base::{Base as _, Files, Node};
use crate::place::moment;

/// Seed 0: a server that was asked to end waited for the hellos of lines that had said nothing yet, each as long as a hello
/// may take.
#[tokio::test]
async fn a_line_without_a_hello_does_not_keep_a_server_from_ending() {
    let files = Files::new();
    let node = Node::start(files.open(), Clock::standing(moment(0)), None).await;
    let _line = node.attach();
    let closed = tokio::time::timeout(Duration::from_secs(30), node.close()).await;
    assert!(
        closed.is_ok(),
        "the server ends long before the hello is late"
    );
}
