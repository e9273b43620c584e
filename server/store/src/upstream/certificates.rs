//! The CAs and SSL certificates that upstreams refer to, whoever has the upstream: nothing in use is deleted, and who
//! uses what has changed is read again.

use std::collections::BTreeMap;

use domain::{CaCertificateId, GatewayGroupId, Noun, SslCertificateId, Upstream};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::column::{Row, Word};
use crate::entity::upstream_certificate::{ActiveModel, Column, Entity, Model};
use crate::write::{Touched, Write};
use crate::{ChangedNoun, StoreError, WriteError, batch, route, service};

/// What has an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Service,
    Route,
    /// The upstream is shared: it has itself.
    Upstream,
}

impl Word for Owner {
    const ALL: &'static [Self] = &[Self::Service, Self::Route, Self::Upstream];

    fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Route => "route",
            Self::Upstream => "upstream",
        }
    }
}

impl Owner {
    fn noun(self) -> Noun {
        match self {
            Self::Service => Noun::Service,
            Self::Route => Noun::Route,
            Self::Upstream => Noun::Upstream,
        }
    }

    fn changed(self) -> ChangedNoun {
        match self {
            Self::Service => ChangedNoun::Service,
            Self::Route => ChangedNoun::Route,
            Self::Upstream => ChangedNoun::Upstream,
        }
    }

    /// One of these as an object that instances must read again.
    pub(crate) fn touched(self, group: &GatewayGroupId, id: impl Into<String>) -> Touched {
        Touched { noun: self.changed(), group: group.clone(), id: id.into() }
    }
}

/// Something that upstreams refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Certificate<'a> {
    /// A CA that vouches for nodes.
    Ca(&'a CaCertificateId),
    /// The SSL certificate that nodes are shown.
    Ssl(&'a SslCertificateId),
}

/// Replaces what the upstreams of some owners refer to; an owner without an upstream refers to nothing.
pub(crate) async fn put(
    write: &Write,
    group: &GatewayGroupId,
    owner: Owner,
    upstreams: &[(&str, Option<&Upstream>)],
) -> Result<(), StoreError> {
    for some in upstreams.chunks(batch::VALUES) {
        Entity::delete_many()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::Owner.eq(owner.word()))
            .filter(Column::OwnerId.is_in(some.iter().map(|(id, _)| *id)))
            .exec(write.db())
            .await?;
    }
    let rows = upstreams.iter().filter_map(|(id, upstream)| Some((id, (*upstream)?)));
    let rows = rows.flat_map(|(id, upstream)| rows_of(group, owner, id, upstream)).collect();
    Ok(batch::insert(write.db(), rows, None).await?)
}

fn rows_of(group: &GatewayGroupId, owner: Owner, id: &str, upstream: &Upstream) -> Vec<ActiveModel> {
    let tls = &upstream.tls;
    let cas = tls.ca_certificates.iter().map(|ca| (Some(ca.to_string()), None));
    let client = tls.client_certificate.iter().map(|certificate| (None, Some(certificate.to_string())));
    let row = |(position, (ca_certificate_id, ssl_certificate_id))| ActiveModel {
        group_id: Set(group.to_string()),
        owner: Set(owner.word().to_owned()),
        owner_id: Set(id.to_owned()),
        position: Set(position),
        ca_certificate_id: Set(ca_certificate_id),
        ssl_certificate_id: Set(ssl_certificate_id),
    };
    (0..).zip(cas.chain(client)).map(row).collect()
}

/// Refuses to go on if an upstream refers to this.
pub(crate) async fn check_unused(
    write: &Write,
    group: &GatewayGroupId,
    certificate: Certificate<'_>,
) -> Result<(), WriteError> {
    match users(group, certificate).one(write.db()).await? {
        None => Ok(()),
        Some(model) => Err(WriteError::InUseBy { noun: owner_of(&model)?.noun(), id: model.owner_id }),
    }
}

/// Gives all that refer to this the write's revision, though they themselves do not change, and says that they are touched.
pub(crate) async fn note_change(
    write: &Write,
    group: &GatewayGroupId,
    certificate: Certificate<'_>,
) -> Result<Vec<Touched>, StoreError> {
    let mut owners: BTreeMap<Owner, Vec<String>> = BTreeMap::new();
    for model in users(group, certificate).all(write.db()).await? {
        // A CA that an upstream names twice stands there twice; they come in order.
        let ids = owners.entry(owner_of(&model)?).or_default();
        if ids.last() != Some(&model.owner_id) {
            ids.push(model.owner_id);
        }
    }
    for (owner, ids) in &owners {
        match owner {
            Owner::Service => service::advance(write, group, ids).await?,
            Owner::Route => route::advance(write, group, ids).await?,
            Owner::Upstream => super::advance(write, group, ids).await?,
        }
    }
    let touched =
        |(owner, ids): (Owner, Vec<String>)| ids.into_iter().map(move |id| owner.touched(group, id));
    Ok(owners.into_iter().flat_map(touched).collect())
}

fn users(group: &GatewayGroupId, certificate: Certificate<'_>) -> Select<Entity> {
    let refers = match certificate {
        Certificate::Ca(id) => Column::CaCertificateId.eq(id.as_str()),
        Certificate::Ssl(id) => Column::SslCertificateId.eq(id.as_str()),
    };
    Entity::find()
        .filter(Condition::all().add(Column::GroupId.eq(group.as_str())).add(refers))
        .order_by_asc(Column::Owner)
        .order_by_asc(Column::OwnerId)
}

fn owner_of(model: &Model) -> Result<Owner, StoreError> {
    Row { table: "upstream_certificate", id: &model.owner_id }.word("owner", &model.owner)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};

    use super::*;
    use crate::{Store, StoreConfig};

    /// Every change of an SSL certificate asks this, in groups of any size.
    #[tokio::test]
    async fn who_refers_is_found_down_an_index() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let config = StoreConfig { data_dir: dir.path().to_owned(), master_key: None };
        let store = Store::open(&config).await.expect("opens");
        let group = GatewayGroupId::default_group();
        let (ca, ssl) = ("1".parse().expect("an id"), "1".parse().expect("an id"));
        for (certificate, index) in [
            (Certificate::Ca(&ca), "by_ca (group_id=? AND ca_certificate_id=?)"),
            (Certificate::Ssl(&ssl), "by_certificate (group_id=? AND ssl_certificate_id=?)"),
        ] {
            let sql = users(&group, certificate).build(DbBackend::Sqlite).to_string();
            let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = store.db.query_all_raw(explain).await.expect("a plan");
            let first: String = steps[0].try_get("", "detail").expect("a step");
            assert_eq!(
                first,
                format!("SEARCH upstream_certificate USING INDEX upstream_certificate_{index}")
            );
        }
    }
}
