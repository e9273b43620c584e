//! Users and their sessions.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use app::backend::Accounts;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use async_trait::async_trait;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Caller, Password, Problem, UserId, UserName};
use store::{Author, Store, StoredUser, WriteError};
use subtle::ConstantTimeEq as _;
use tls::Clock;
use tokio::sync::Semaphore;

use super::attempts::Attempts;
use super::problem::{internal, store_problem};

/// The longest wait of an address that keeps guessing, in seconds.
const ADDRESS_WAIT: i64 = 300;
/// The longest wait for a name that is guessed at from many addresses, in seconds. Short, since it meets the one whose
/// name it is too: nobody must be able to keep the administrator out.
const NAME_WAIT: i64 = 4;
/// Password hashes computed at once; each takes 19 MiB.
const HASHING: usize = 2;

/// What the browser's session is to the accounts: a place for the user's id. Implemented on the request's session.
#[async_trait]
pub(crate) trait Sessions: Send + Sync {
    /// Whose session it is.
    async fn user(&self) -> Result<Option<UserId>, Problem>;
    /// Begins a session for a user under a new id, whatever the session was before.
    async fn begin(&self, user: &UserId) -> Result<(), Problem>;
    /// Ends the session.
    async fn end(&self) -> Result<(), Problem>;
}

/// Users, sign-in and set-up; one for the whole process.
#[derive(Debug)]
pub(crate) struct AccountService {
    store: Store,
    clock: Arc<dyn Clock>,
    /// What the one-time link holds while there is no administrator. Lives in memory only: a restart prints a new one.
    set_up_token: Mutex<Option<String>>,
    by_address: Attempts<IpAddr>,
    by_name: Attempts<UserName>,
    hashing: Arc<Semaphore>,
    /// Verified against where there is no such user, so that the time taken does not tell.
    decoy: String,
}

impl AccountService {
    /// # Errors
    /// The random number generator failed.
    pub(crate) async fn new(store: Store, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Problem> {
        let hashing = Arc::new(Semaphore::new(HASHING));
        let password = Password::typed(&random_text()?).map_err(|_| Problem::Forbidden)?;
        let decoy = hash(&hashing, password).await?;
        Ok(Arc::new(Self {
            store,
            clock,
            set_up_token: Mutex::new(None),
            by_address: Attempts::new(ADDRESS_WAIT),
            by_name: Attempts::new(NAME_WAIT),
            hashing,
            decoy,
        }))
    }

    /// Whether there is no user yet.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn set_up_pending(&self) -> Result<bool, Problem> {
        Ok(self.store.users().await.map_err(store_problem)? == 0)
    }

    /// Makes the token of the one-time link.
    ///
    /// # Errors
    /// The random number generator failed.
    pub(crate) fn issue_set_up_token(&self) -> Result<String, Problem> {
        let token = random_text()?;
        *self.set_up_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }

    /// Makes the first user.
    ///
    /// # Errors
    /// [`Problem::SetupLinkInvalid`] if there is one already.
    pub(crate) async fn create_first(
        &self,
        name: UserName,
        password: Password,
    ) -> Result<StoredUser, Problem> {
        let password_hash = hash(&self.hashing, password).await?;
        let author = Author { name: name.to_string(), at: self.clock.now() };
        let user = match self.store.insert_first_user(&author, name, password_hash).await {
            Ok(user) => user,
            Err(WriteError::Store(error)) => return Err(store_problem(error)),
            Err(_) => return Err(Problem::SetupLinkInvalid),
        };
        *self.set_up_token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(user)
    }

    fn token_is_right(&self, token: &str) -> bool {
        let expected = self.set_up_token.lock().unwrap_or_else(PoisonError::into_inner);
        expected.as_ref().is_some_and(|expected| expected.as_bytes().ct_eq(token.as_bytes()).into())
    }

    /// Fails at once while the address or the name has to wait; otherwise counts the attempt.
    fn admit(&self, client: IpAddr, name: Option<&UserName>) -> Result<(), Problem> {
        let now = self.clock.now();
        let by_name = name.and_then(|name| self.by_name.wait(name, now));
        if let Some(retry_after) = self.by_address.wait(&client, now).max(by_name) {
            return Err(Problem::TooManyAttempts { retry_after });
        }
        self.by_address.begun(&client, now);
        if let Some(name) = name {
            self.by_name.begun(name, now);
        }
        Ok(())
    }

    async fn verified(&self, name: &UserName, password: Password) -> Result<StoredUser, Problem> {
        let user = self.store.user_by_name(name).await.map_err(store_problem)?;
        let expected = user.as_ref().map_or_else(|| self.decoy.clone(), |user| user.password_hash.clone());
        let right = verify(&self.hashing, expected, password).await?;
        user.filter(|_| right).ok_or(Problem::WrongCredentials)
    }
}

/// The accounts as one request sees them.
pub(crate) struct RequestAccounts {
    pub(crate) service: Arc<AccountService>,
    pub(crate) session: Arc<dyn Sessions>,
    pub(crate) client: IpAddr,
}

#[async_trait]
impl Accounts for RequestAccounts {
    async fn caller(&self) -> Result<Option<Caller>, Problem> {
        let Some(id) = self.session.user().await? else { return Ok(None) };
        // Read each time: a user that is gone is signed out everywhere.
        let user = self.service.store.user(&id).await.map_err(store_problem)?;
        Ok(user.map(|user| Caller { id: user.id, name: user.name, role: user.role }))
    }

    async fn set_up_pending(&self) -> Result<bool, Problem> {
        self.service.set_up_pending().await
    }

    async fn set_up(&self, token: &str, name: UserName, password: Password) -> Result<(), Problem> {
        self.service.admit(self.client, None)?;
        if !self.service.token_is_right(token) {
            return Err(Problem::SetupLinkInvalid);
        }
        let user = self.service.create_first(name, password).await?;
        self.service.by_address.succeeded(&self.client);
        self.session.begin(&user.id).await
    }

    async fn sign_in(&self, name: UserName, password: Password) -> Result<(), Problem> {
        self.service.admit(self.client, Some(&name))?;
        let user = match self.service.verified(&name, password).await {
            Ok(user) => user,
            Err(problem) => {
                tracing::info!(user = %name, client = %self.client, "sign-in refused");
                return Err(problem);
            }
        };
        self.service.by_address.succeeded(&self.client);
        self.service.by_name.succeeded(&name);
        self.session.begin(&user.id).await
    }

    async fn sign_out(&self) -> Result<(), Problem> {
        self.session.end().await
    }
}

/// 256 random bits as text that may stand in a URL.
fn random_text() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|error| internal(&error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// argon2id with the crate's default cost, which is OWASP's (19 MiB, 2 passes).
async fn hash(limit: &Semaphore, password: Password) -> Result<String, Problem> {
    on_a_hashing_thread(limit, move || {
        let mut salt = [0; 16];
        SystemRandom::new().fill(&mut salt).map_err(|error| internal(&error))?;
        let salt = SaltString::encode_b64(&salt).map_err(|error| internal(&error))?;
        let hash = Argon2::default().hash_password(password.expose().as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| internal(&error))
    })
    .await
}

async fn verify(limit: &Semaphore, expected: String, password: Password) -> Result<bool, Problem> {
    on_a_hashing_thread(limit, move || {
        let expected = PasswordHash::new(&expected).map_err(|error| internal(&error))?;
        Ok(Argon2::default().verify_password(password.expose().as_bytes(), &expected).is_ok())
    })
    .await
}

async fn on_a_hashing_thread<T: Send + 'static>(
    limit: &Semaphore,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let _permit = limit.acquire().await.map_err(|error| internal(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))?
}
