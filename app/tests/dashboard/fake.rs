//! The ports over a few values in memory. They keep the rules that pages depend on, and no others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::backend::{
    Accounts, Backend, CaCertificates, Clients, GatewayGroups, GroupSettings, HandshakeEvents, HandshakeList,
    HandshakeQuery, NewDeniedClient, NewSslCertificate, Outcome, RevocationChange, ServiceChoices,
    ServiceDraft, Services, SslCertificateChange, SslCertificates,
};
use app::pages::ssl_certificate::query::{SslCertificateList, SslCertificateQuery};
use async_trait::async_trait;
use domain::{
    CaCertificate, CaCertificateId, Caller, Client, DeniedClient, DeniedClientId, Fault, Field, FieldError,
    FieldWarning, GatewayGroup, GatewayGroupId, HandshakeEvent, HandshakeEventId, Inspection, ListenerState,
    Noun, Page, PageRequest, Password, Problem, Revision, Route, RouteId, ServiceId, ServiceStatus,
    ServiceWithRoutes, SslCertificate, SslCertificateId, UpstreamChoice, UserName, Verdict, Versioned,
};

use crate::samples;

/// What there is.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// Who is signed in.
    pub(crate) caller: Option<Caller>,
    /// The token of the one-time link, while it can be used.
    pub(crate) set_up_token: Option<String>,
    /// The groups.
    pub(crate) groups: Vec<GatewayGroup>,
    /// The SSL certificates of all groups.
    pub(crate) ssl_certificates: Vec<SslCertificate>,
    /// The CA certificates of all groups.
    pub(crate) ca_certificates: Vec<CaCertificate>,
    /// The clients of all groups, latest seen first.
    pub(crate) clients: Vec<Client>,
    /// The deny-lists of all groups, newest first.
    pub(crate) denied: Vec<DeniedClient>,
    /// The handshake events of all groups, newest first.
    pub(crate) events: Vec<HandshakeEvent>,
    /// The services of the group `default`.
    pub(crate) services: Vec<ServiceStatus>,
    /// What they may refer to.
    pub(crate) service_choices: ServiceChoices,
    /// How many events could not be kept.
    pub(crate) dropped: u64,
    /// What deleting an SSL certificate would open.
    pub(crate) consequences: Vec<FieldWarning>,
    /// What was asked to be changed of a CA's revocation lists, the last one last.
    pub(crate) revocations: Vec<RevocationChange>,
    /// What `inspect` answers.
    pub(crate) inspection: Inspection,
    /// What was asked to be added or inspected, the last one last.
    pub asked: Vec<NewSslCertificate>,
    /// What was asked to be changed, the last one last.
    pub changes: Vec<SslCertificateChange>,
    /// Why the next write is refused.
    pub(crate) refusal: Option<Problem>,
}

/// The password that the fake knows.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The ports.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<State>>);

impl Fake {
    /// The ports over this state.
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// The group `default`, empty, and an administrator who has signed in.
    pub(crate) fn signed_in() -> Self {
        Self::new(State {
            caller: Some(samples::administrator()),
            groups: vec![samples::group("default", "default", 9443)],
            ..State::default()
        })
    }

    /// The state, to look at or to change.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All ports for one request.
    pub(crate) fn backend(&self) -> Backend {
        Backend {
            accounts: Arc::new(self.clone()),
            gateway_groups: Arc::new(self.clone()),
            ssl_certificates: Arc::new(self.clone()),
            ca_certificates: Arc::new(self.clone()),
            clients: Arc::new(self.clone()),
            handshake_events: Arc::new(self.clone()),
            services: Arc::new(self.clone()),
            now: Arc::new(|| samples::NOW),
        }
    }

    fn refused(&self) -> Result<(), Problem> {
        self.state().refusal.take().map_or(Ok(()), Err)
    }

    fn known_group(&self, id: &GatewayGroupId) -> Result<GatewayGroup, Problem> {
        let state = self.state();
        state
            .groups
            .iter()
            .find(|group| group.id == *id)
            .cloned()
            .ok_or(Problem::NotFound(Noun::GatewayGroup))
    }
}

#[async_trait]
impl Accounts for Fake {
    async fn caller(&self) -> Result<Option<Caller>, Problem> {
        Ok(self.state().caller.clone())
    }

    async fn set_up_pending(&self) -> Result<bool, Problem> {
        Ok(self.state().set_up_token.is_some())
    }

    async fn set_up(&self, token: &str, _name: UserName, _password: Password) -> Result<(), Problem> {
        let mut state = self.state();
        if state.set_up_token.as_deref() != Some(token) {
            return Err(Problem::SetupLinkInvalid);
        }
        state.set_up_token = None;
        state.caller = Some(samples::administrator());
        Ok(())
    }

    async fn sign_in(&self, name: UserName, password: Password) -> Result<(), Problem> {
        if name.as_str() != "admin" || password.expose() != PASSWORD {
            return Err(Problem::WrongCredentials);
        }
        self.state().caller = Some(samples::administrator());
        Ok(())
    }

    async fn sign_out(&self) -> Result<(), Problem> {
        self.state().caller = None;
        Ok(())
    }
}

#[async_trait]
impl GatewayGroups for Fake {
    async fn list(&self, _caller: &Caller) -> Result<Vec<GatewayGroup>, Problem> {
        Ok(self.state().groups.clone())
    }

    async fn get(&self, _caller: &Caller, id: &GatewayGroupId) -> Result<GatewayGroup, Problem> {
        self.known_group(id)
    }

    async fn create(&self, _caller: &Caller, settings: GroupSettings) -> Result<GatewayGroup, Problem> {
        let mut state = self.state();
        if state.groups.iter().any(|group| group.name == settings.name) {
            return Err(FieldError::new(Field::Name, Fault::NameTaken).into());
        }
        let id = format!("g{}", state.groups.len());
        let mut group = samples::group(&id, settings.name.as_str(), settings.listener.port());
        group.listener = settings.listener;
        group.listener_state = ListenerState::Listening(settings.listener);
        state.groups.push(group.clone());
        Ok(group)
    }

    async fn update(
        &self,
        _caller: &Caller,
        id: &GatewayGroupId,
        settings: GroupSettings,
    ) -> Result<GatewayGroup, Problem> {
        let mut state = self.state();
        let group = state
            .groups
            .iter_mut()
            .find(|group| group.id == *id)
            .ok_or(Problem::NotFound(Noun::GatewayGroup))?;
        group.name = settings.name;
        group.listener = settings.listener;
        group.listener_state = ListenerState::Listening(settings.listener);
        group.http_listener = settings.http_listener;
        group.http_listener_state = settings.http_listener.map(ListenerState::Listening);
        group.default_certificate = settings.default_certificate;
        group.protection = settings.protection;
        group.identity_headers = settings.identity_headers;
        Ok(group.clone())
    }

    async fn delete(&self, _caller: &Caller, id: &GatewayGroupId) -> Result<(), Problem> {
        let group = self.known_group(id)?;
        if group.ssl_certificates > 0 {
            return Err(Problem::GroupNotEmpty { count: group.ssl_certificates });
        }
        self.state().groups.retain(|group| group.id != *id);
        Ok(())
    }
}

#[async_trait]
impl SslCertificates for Fake {
    async fn list(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        query: &SslCertificateQuery,
    ) -> Result<SslCertificateList, Problem> {
        let served = self.known_group(group)?.revision;
        let state = self.state();
        let of_group: Vec<_> =
            state.ssl_certificates.iter().filter(|one| one.group == *group).cloned().collect();
        let all = of_group.len() as u64;
        let items: Vec<_> = of_group
            .into_iter()
            .filter(|one| {
                query.search.is_empty() || one.snis.iter().any(|sni| sni.to_string().contains(&query.search))
            })
            .filter(|one| query.certificate_type.is_none_or(|wanted| one.certificate_type == wanted))
            .filter(|one| query.status.is_none_or(|wanted| one.status == wanted))
            .collect();
        let total = items.len() as u64;
        let page = Page { items, total, request: query.page };
        Ok(SslCertificateList { page, expiring: 1.min(all), all, served, now: samples::NOW })
    }

    async fn get(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<SslCertificate, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let found = state.ssl_certificates.iter().find(|one| one.id == *id && one.group == *group);
        found.cloned().ok_or(Problem::NotFound(Noun::SslCertificate))
    }

    async fn inspect(
        &self,
        _caller: &Caller,
        _group: &GatewayGroupId,
        new: NewSslCertificate,
        _editing: Option<&SslCertificateId>,
    ) -> Result<Inspection, Problem> {
        let mut state = self.state();
        state.asked.push(new);
        Ok(state.inspection.clone())
    }

    async fn add(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        new: NewSslCertificate,
    ) -> Result<SslCertificate, Problem> {
        self.refused()?;
        self.known_group(group)?;
        let mut added = samples::server_certificate("01JADDED", "test.com", 36_500, vec![samples::root_ca()]);
        added.certificate_type = new.certificate_type;
        added.group = group.clone();
        let mut state = self.state();
        state.asked.push(new);
        state.ssl_certificates.insert(0, added.clone());
        Ok(added)
    }

    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
        change: SslCertificateChange,
        expected: Option<Revision>,
    ) -> Result<SslCertificate, Problem> {
        self.refused()?;
        let mut changed = SslCertificates::get(self, caller, group, id).await?;
        self.state().changes.push(change.clone());
        if expected.is_some_and(|expected| expected != changed.revision) {
            return Err(Problem::Stale);
        }
        if let Some(status) = change.status {
            changed.status = status;
        }
        if let Some(verification) = change.peer_verification {
            changed.peer_verification.mode = verification.mode;
            changed.peer_verification.depth = verification.depth;
            changed.peer_verification.exempt_paths = verification.exempt_paths;
            changed.peer_verification.allow_list = verification.allow_list;
            changed.peer_verification.advertises_ca_names = !verification.hides_ca_names;
        }
        changed.revision = Revision(changed.revision.0 + 1);
        let mut state = self.state();
        if let Some(one) = state.ssl_certificates.iter_mut().find(|one| one.id == *id) {
            one.clone_from(&changed);
        }
        Ok(changed)
    }

    async fn consequences_of_deletion(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<Vec<FieldWarning>, Problem> {
        SslCertificates::get(self, caller, group, id).await?;
        Ok(self.state().consequences.clone())
    }

    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<(), Problem> {
        self.refused()?;
        SslCertificates::get(self, caller, group, id).await?;
        self.state().ssl_certificates.retain(|one| one.id != *id);
        Ok(())
    }
}

#[async_trait]
impl CaCertificates for Fake {
    async fn list(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
    ) -> Result<Vec<(CaCertificate, Vec<SslCertificateId>)>, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let users = |ca: &CaCertificate| {
            let uses = |one: &&SslCertificate| {
                one.peer_verification.ca_certificates.iter().any(|used| used.id == ca.id)
            };
            state.ssl_certificates.iter().filter(uses).map(|one| one.id.clone()).collect()
        };
        let of_group = state.ca_certificates.iter().filter(|ca| ca.group == *group);
        Ok(of_group.map(|ca| (ca.clone(), users(ca))).collect())
    }

    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(CaCertificate, Vec<SslCertificateId>), Problem> {
        let list = CaCertificates::list(self, caller, group).await?;
        list.into_iter().find(|(ca, _)| ca.id == *id).ok_or(Problem::NotFound(Noun::CaCertificate))
    }

    async fn set_revocation(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
        change: RevocationChange,
    ) -> Result<CaCertificate, Problem> {
        self.refused()?;
        let (mut changed, _) = CaCertificates::get(self, caller, group, id).await?;
        if let Some(stale) = change.stale {
            changed.stale_revocation_lists = stale;
        }
        match change.lists.as_deref() {
            None => {}
            Some([]) => changed.revocation_lists.clear(),
            Some(_) => changed.revocation_lists = vec![samples::revocation_list()],
        }
        let mut state = self.state();
        state.revocations.push(change);
        if let Some(one) = state.ca_certificates.iter_mut().find(|one| one.id == *id) {
            one.clone_from(&changed);
        }
        Ok(changed)
    }

    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), Problem> {
        let (_, users) = CaCertificates::get(self, caller, group, id).await?;
        if !users.is_empty() {
            return Err(Problem::Stale);
        }
        self.state().ca_certificates.retain(|ca| ca.id != *id);
        Ok(())
    }
}

#[async_trait]
impl Clients for Fake {
    async fn list(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<Client>, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let found: Vec<_> = state
            .clients
            .iter()
            .filter(|client| client.group == *group && client.name.contains(search))
            .cloned()
            .collect();
        let total = found.len() as u64;
        let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let items = found.into_iter().skip(skipped).take(page.size() as usize).collect();
        Ok(Page { items, total, request: page })
    }

    async fn denied(&self, _caller: &Caller, group: &GatewayGroupId) -> Result<Vec<DeniedClient>, Problem> {
        self.known_group(group)?;
        Ok(self.state().denied.iter().filter(|one| one.group == *group).cloned().collect())
    }

    async fn deny(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewDeniedClient,
    ) -> Result<DeniedClient, Problem> {
        self.refused()?;
        self.known_group(group)?;
        let mut state = self.state();
        let NewDeniedClient { ssl_certificate, entry, label } = new;
        let denied = DeniedClient {
            id: format!("d{}", state.denied.len()).parse().expect("valid"),
            group: group.clone(),
            ssl_certificate,
            entry,
            label,
            author: caller.name.to_string(),
            created_at: samples::NOW,
        };
        state.denied.insert(0, denied.clone());
        Ok(denied)
    }

    async fn allow_again(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        id: &DeniedClientId,
    ) -> Result<(), Problem> {
        self.refused()?;
        let mut state = self.state();
        let before = state.denied.len();
        state.denied.retain(|one| one.id != *id || one.group != *group);
        if state.denied.len() == before { Err(Problem::NotFound(Noun::DeniedClient)) } else { Ok(()) }
    }
}

#[async_trait]
impl HandshakeEvents for Fake {
    async fn list(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        query: &HandshakeQuery,
    ) -> Result<HandshakeList, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let has_host = |event: &HandshakeEvent| {
            let host = event.server_name.as_ref().map(ToString::to_string).unwrap_or_default();
            host.contains(&query.host)
        };
        let has_outcome = |event: &HandshakeEvent| match query.outcome {
            Outcome::Any => true,
            Outcome::Accepted => event.verdict == Verdict::Accepted,
            Outcome::NotAccepted => event.verdict != Verdict::Accepted,
            Outcome::Reason(reason) => event.verdict.reason() == Some(reason),
        };
        let mut found = state
            .events
            .iter()
            .filter(|event| event.group == *group && has_host(event) && has_outcome(event))
            .filter(|event| query.before.as_ref().is_none_or(|before| event.id < *before));
        let events = found.by_ref().take(50).cloned().collect();
        Ok(HandshakeList { events, has_more: found.next().is_some(), dropped: state.dropped })
    }

    async fn get(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        id: &HandshakeEventId,
    ) -> Result<HandshakeEvent, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let found = state.events.iter().find(|event| event.id == *id && event.group == *group);
        found.cloned().ok_or(Problem::NotFound(Noun::HandshakeEvent))
    }
}

#[async_trait]
impl Services for Fake {
    async fn list(&self, _caller: &Caller, group: &GatewayGroupId) -> Result<Vec<ServiceStatus>, Problem> {
        self.known_group(group)?;
        Ok(self.state().services.clone())
    }

    async fn get(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<ServiceStatus, Problem> {
        self.known_group(group)?;
        let state = self.state();
        let found = state.services.iter().find(|one| one.service.service.id == *id);
        found.cloned().ok_or(Problem::NotFound(Noun::Service))
    }

    async fn choices(&self, _caller: &Caller, group: &GatewayGroupId) -> Result<ServiceChoices, Problem> {
        self.known_group(group)?;
        Ok(self.state().service_choices.clone())
    }

    async fn add(
        &self,
        _caller: &Caller,
        group: &GatewayGroupId,
        draft: ServiceDraft,
    ) -> Result<ServiceStatus, Problem> {
        self.refused()?;
        self.known_group(group)?;
        let mut state = self.state();
        let has_name = |one: &ServiceStatus| one.service.service.value.name == draft.service.name;
        if state.services.iter().any(has_name) {
            return Err(FieldError::new(Field::Name, Fault::NameTaken).into());
        }
        let status = service_status("01JADDED", Revision(42), draft);
        state.services.push(status.clone());
        Ok(status)
    }

    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
        draft: ServiceDraft,
        expected: Revision,
    ) -> Result<ServiceStatus, Problem> {
        self.refused()?;
        let stored = Services::get(self, caller, group, id).await?.service.service;
        if stored.revision != expected {
            return Err(Problem::Stale);
        }
        let status = service_status(id.as_str(), Revision(expected.0 + 1), draft);
        let mut state = self.state();
        if let Some(one) = state.services.iter_mut().find(|one| one.service.service.id == *id) {
            one.clone_from(&status);
        }
        Ok(status)
    }

    async fn delete(&self, caller: &Caller, group: &GatewayGroupId, id: &ServiceId) -> Result<(), Problem> {
        self.refused()?;
        Services::get(self, caller, group, id).await?;
        self.state().services.retain(|one| one.service.service.id != *id);
        Ok(())
    }
}

/// A draft as it is once it is saved: routes that are new are given an id.
fn service_status(id: &str, revision: Revision, draft: ServiceDraft) -> ServiceStatus {
    let routes = draft.routes.into_iter().enumerate().map(|(index, (id, route))| {
        let id = id.unwrap_or_else(|| format!("r{index}").parse().expect("valid"));
        versioned::<RouteId, Route>(id, revision, route)
    });
    let nodes = match &draft.service.upstream {
        UpstreamChoice::Own(own) => own.nodes.iter().map(samples::healthy_node).collect(),
        UpstreamChoice::Shared(_) => Vec::new(),
    };
    let service = ServiceWithRoutes {
        routes: routes.collect(),
        service: versioned(id.parse().expect("valid"), revision, draft.service),
    };
    ServiceStatus { service, shared_upstream: None, nodes, fault: None, is_live: true }
}

fn versioned<I, T>(id: I, revision: Revision, value: T) -> Versioned<I, T> {
    Versioned { id, revision, created_at: samples::NOW, updated_at: samples::NOW, value }
}
