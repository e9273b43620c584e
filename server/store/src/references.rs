//! What services, routes and upstreams refer to: it must be in their group when they are written.

use std::collections::{BTreeSet, HashMap};

use domain::{
    CaCertificateId, CertificateType, GatewayGroupId, Route, ServiceId, SslCertificateId, Upstream,
    UpstreamChoice, UpstreamId,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::column::Word;
use crate::entity::{ca_certificate, service, ssl_certificate, upstream};
use crate::write::Write;
use crate::{StoreError, WriteError, batch};

/// All that the values of one write refer to, each once.
#[derive(Debug, Default)]
pub(crate) struct References<'a> {
    services: BTreeSet<&'a ServiceId>,
    upstreams: BTreeSet<&'a UpstreamId>,
    ca_certificates: BTreeSet<&'a CaCertificateId>,
    client_certificates: BTreeSet<&'a SslCertificateId>,
}

impl<'a> References<'a> {
    /// What an upstream refers to.
    pub(crate) fn of_upstream(upstream: &'a Upstream) -> Self {
        let mut references = Self::default();
        references.add_upstream(upstream);
        references
    }

    /// What a service or a route refers to as its upstream.
    pub(crate) fn of_choice(choice: &'a UpstreamChoice) -> Self {
        let mut references = Self::default();
        references.add_choice(choice);
        references
    }

    /// What a route refers to.
    pub(crate) fn of_route(route: &'a Route) -> Self {
        let mut references = Self::default();
        references.services.extend(&route.service);
        references.add_route_of_service(route);
        references
    }

    /// Adds what a route refers to beside its service.
    pub(crate) fn add_route_of_service(&mut self, route: &'a Route) {
        if let Some(choice) = &route.upstream {
            self.add_choice(choice);
        }
    }

    fn add_choice(&mut self, choice: &'a UpstreamChoice) {
        match choice {
            UpstreamChoice::Own(upstream) => self.add_upstream(upstream),
            UpstreamChoice::Shared(id) => {
                self.upstreams.insert(id);
            }
        }
    }

    fn add_upstream(&mut self, upstream: &'a Upstream) {
        self.ca_certificates.extend(&upstream.tls.ca_certificates);
        self.client_certificates.extend(&upstream.tls.client_certificate);
    }

    /// Refuses what is not in the group, and what nodes cannot be shown.
    pub(crate) async fn check(&self, write: &Write, group: &GatewayGroupId) -> Result<(), WriteError> {
        use {ca_certificate as ca, service as services, upstream as upstreams};
        let columns = (services::Column::GroupId, services::Column::Id);
        if let Some(id) = missing::<services::Entity, _>(write, group, columns, &self.services).await? {
            return Err(WriteError::ServiceUnknown(id));
        }
        let columns = (upstreams::Column::GroupId, upstreams::Column::Id);
        if let Some(id) = missing::<upstreams::Entity, _>(write, group, columns, &self.upstreams).await? {
            return Err(WriteError::UpstreamUnknown(id));
        }
        let columns = (ca::Column::GroupId, ca::Column::Id);
        if let Some(id) = missing::<ca::Entity, _>(write, group, columns, &self.ca_certificates).await? {
            return Err(WriteError::CaUnknown(id));
        }
        self.check_client_certificates(write, group).await
    }

    async fn check_client_certificates(
        &self,
        write: &Write,
        group: &GatewayGroupId,
    ) -> Result<(), WriteError> {
        use ssl_certificate::{Column, Entity};
        let mut types: HashMap<String, String> = HashMap::new();
        for some in chunks(&self.client_certificates) {
            let rows: Vec<(String, String)> = Entity::find()
                .select_only()
                .columns([Column::Id, Column::CertificateType])
                .filter(among(group, (Column::GroupId, Column::Id), some))
                .into_tuple()
                .all(write.db())
                .await?;
            types.extend(rows);
        }
        for id in &self.client_certificates {
            match types.get(id.as_str()) {
                None => return Err(WriteError::ClientCertificateUnknown((*id).clone())),
                Some(word) if word != CertificateType::Client.word() => {
                    return Err(WriteError::NotAClientCertificate((*id).clone()));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// The first of `ids` that the group has no row for.
async fn missing<E: EntityTrait, I: ToString + Clone>(
    write: &Write,
    group: &GatewayGroupId,
    columns: (E::Column, E::Column),
    ids: &BTreeSet<&I>,
) -> Result<Option<I>, StoreError> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for some in chunks(ids) {
        let rows = E::find().select_only().column(columns.1).filter(among(group, columns, some));
        found.extend(rows.into_tuple::<String>().all(write.db()).await?);
    }
    Ok(ids.iter().find(|id| !found.contains(&id.to_string())).map(|id| (**id).clone()))
}

fn chunks<I: ToString>(ids: &BTreeSet<&I>) -> Vec<Vec<String>> {
    let texts: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
    texts.chunks(batch::VALUES).map(<[String]>::to_vec).collect()
}

fn among<C: ColumnTrait>(group: &GatewayGroupId, (group_id, id): (C, C), ids: Vec<String>) -> Condition {
    Condition::all().add(group_id.eq(group.as_str())).add(id.is_in(ids))
}
