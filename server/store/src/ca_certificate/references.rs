//! Which SSL certificates refer to a CA.

use std::collections::HashMap;

use domain::{CaCertificateId, GatewayGroupId, SslCertificateId};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::column::Row;
use crate::entity::ssl_certificate_ca::{Column, Entity};
use crate::{StoreError, batch};

/// The SSL certificates that refer to some of a group's CAs, by the CA's id, in the order of their ids.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    cas: &[&str],
) -> Result<HashMap<String, Vec<SslCertificateId>>, StoreError> {
    let mut users: HashMap<String, Vec<SslCertificateId>> = HashMap::new();
    for some in cas.chunks(batch::VALUES) {
        let references = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::CaCertificateId.is_in(some.iter().copied()))
            .order_by_asc(Column::SslCertificateId)
            .all(transaction)
            .await?;
        for reference in references {
            let row = Row { table: "ssl_certificate_ca", id: &reference.ssl_certificate_id };
            let user = row.parse("id", &reference.ssl_certificate_id)?;
            users.entry(reference.ca_certificate_id).or_default().push(user);
        }
    }
    Ok(users)
}

/// How many refer to one CA.
pub(super) async fn count(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    ca: &CaCertificateId,
) -> Result<u64, StoreError> {
    let references = Entity::find()
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::CaCertificateId.eq(ca.as_str()));
    Ok(references.count(transaction).await?)
}
