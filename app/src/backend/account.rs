use async_trait::async_trait;
use domain::{Caller, Password, Problem, UserName};

/// Users, and the session of the request that is being answered.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Who is signed in on this request's session.
    async fn caller(&self) -> Result<Option<Caller>, Problem>;

    /// Whether the first administrator is still to be created.
    async fn set_up_pending(&self) -> Result<bool, Problem>;

    /// Creates the first administrator and signs in. `token` is the one-time link's.
    async fn set_up(&self, token: &str, name: UserName, password: Password) -> Result<(), Problem>;

    /// Signs in: a new session id, bound to the user.
    async fn sign_in(&self, name: UserName, password: Password) -> Result<(), Problem>;

    /// Ends the session.
    async fn sign_out(&self) -> Result<(), Problem>;
}
