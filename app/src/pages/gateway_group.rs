//! Gateway groups: overview, new, settings, delete, and the frame of everything that belongs to one group.

#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod delete;
mod form;
mod layout;
mod new;
mod overview;
#[cfg(feature = "ssr")]
pub(crate) mod parse;
mod protection;
mod settings;
mod start;

pub use delete::DeleteGroupPage;
pub use layout::{GroupContext, GroupLayout, use_group, use_group_id};
pub use new::NewGroupPage;
pub use overview::OverviewPage;
pub use settings::SettingsPage;
pub use start::StartPage;
