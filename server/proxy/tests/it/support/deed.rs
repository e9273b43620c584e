//! What nodes do wrong.

use domain::Timeouts;

use super::node::{Link, Node};

/// Short enough to wait for.
pub(crate) const QUICK: Timeouts = Timeouts { connect: 300, send: 300, read: 300 };

/// What a node does once it has read a request's head.
pub(crate) enum Deed {
    /// Says this, and closes.
    Say(&'static str),
    /// Says this, and resets the connection.
    SayAndReset(&'static str),
    /// Says this, and nothing more; the connection stays open.
    SayAndWait(&'static str),
}

/// Does it to the next request; gives what stays open.
pub(crate) async fn do_once(node: &Node, deed: &Deed) -> Option<Link> {
    let mut link = node.accept().await;
    link.head().await;
    let (Deed::Say(text) | Deed::SayAndReset(text) | Deed::SayAndWait(text)) = deed;
    link.say(text).await;
    match deed {
        Deed::Say(_) => None,
        Deed::SayAndReset(_) => {
            link.reset();
            None
        }
        Deed::SayAndWait(_) => Some(link),
    }
}
