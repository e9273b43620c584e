//! Which certificates' parts a statement is about.

use domain::{GatewayGroupId, SslCertificateId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::ssl_certificate::Model;

/// The certificates whose parts are wanted. Each kind of part is read in one statement, however many there are.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// Some of a group; at most a page of them.
    Some { group: String, ids: Vec<String> },
    /// All from one to another, ordered by group and id.
    Span { first: (String, String), last: (String, String) },
}

impl Scope {
    /// One certificate.
    pub(super) fn one(group: &GatewayGroupId, id: &SslCertificateId) -> Self {
        Self::Some { group: group.to_string(), ids: vec![id.to_string()] }
    }

    /// A page of a group's certificates.
    pub(super) fn page(group: &GatewayGroupId, rows: &[Model]) -> Self {
        Self::Some { group: group.to_string(), ids: rows.iter().map(|row| row.id.clone()).collect() }
    }

    /// All that `rows` are, which are ordered by group and id with none left out; `None` if there are no rows.
    pub(super) fn span(rows: &[Model]) -> Option<Self> {
        let key = |row: &Model| (row.group_id.clone(), row.id.clone());
        Some(Self::Span { first: rows.first().map(key)?, last: rows.last().map(key)? })
    }

    /// The condition on the two columns that name the certificate.
    pub(super) fn condition<C: ColumnTrait>(&self, group_column: C, id_column: C) -> Condition {
        match self {
            Self::Some { group, ids } => Condition::all()
                .add(ColumnTrait::eq(&group_column, group.as_str()))
                .add(ColumnTrait::is_in(&id_column, ids.iter().map(String::as_str))),
            Self::Span { first, last } => {
                let key = Expr::tuple([Expr::col(group_column), Expr::col(id_column)]);
                Condition::all().add(key.clone().gte(tuple(first))).add(key.lte(tuple(last)))
            }
        }
    }
}

/// A key as a row value.
pub(super) fn tuple((group, id): &(String, String)) -> Expr {
    Expr::tuple([Expr::val(group.as_str()), Expr::val(id.as_str())])
}
