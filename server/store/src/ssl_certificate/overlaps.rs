//! Which SNIs of a group overlap with some others. Few questions, and each one goes down an index: a group may have a
//! hundred thousand names.

use std::collections::{BTreeMap, BTreeSet};

use domain::{GatewayGroupId, Sni, SslCertificateId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::snis::{holder, in_group, parent, row_of};
use crate::entity::ssl_certificate_sni::{Column, Entity};
use crate::{Store, StoreError, batch};

/// Of the names that wildcards cover, this many are told.
const MOST_COVERED: u64 = 100;

impl Store {
    /// The SNIs of the group's enabled server certificates that are equal to, cover, or are covered by one of `snis`,
    /// except those of `except`. Of the names that are covered, the first 100 are given.
    ///
    /// # Errors
    /// The database failed.
    pub async fn overlapping_snis(
        &self,
        group: &GatewayGroupId,
        snis: &[Sni],
        except: Option<&SslCertificateId>,
    ) -> Result<Vec<(Sni, SslCertificateId)>, StoreError> {
        let mut others = in_group(group);
        if let Some(except) = except {
            others = others.add(Column::SslCertificateId.ne(except.as_str()));
        }
        let wanted: Vec<String> = equal_or_wider(snis).into_iter().collect();
        let mut questions: Vec<Select<Entity>> =
            wanted.chunks(batch::VALUES).map(|some| claims_of(&others, some)).collect();
        if snis.contains(&Sni::Any) {
            questions.push(covered(others, None));
        } else {
            let parents: Vec<&str> = snis.iter().filter_map(wildcard_parent).collect();
            questions.extend(parents.chunks(batch::VALUES).map(|some| covered(others.clone(), Some(some))));
        }
        let snapshot = self.snapshot().await?;
        let mut overlaps = BTreeMap::new();
        for question in questions {
            for row in question.all(&snapshot).await? {
                overlaps.insert(row_of(&row).parse("SNI", &row.sni)?, holder(&row)?);
            }
        }
        Ok(overlaps.into_iter().collect())
    }
}

/// Who claims one of these.
fn claims_of(others: &Condition, snis: &[String]) -> Select<Entity> {
    let claimed = Column::Claimed.is_in(snis.iter().map(String::as_str));
    Entity::find().filter(others.clone().add(claimed))
}

/// What is claimed one label below one of these; with no parents given, whatever is claimed.
fn covered(others: Condition, parents: Option<&[&str]>) -> Select<Entity> {
    let mut claimed = others.add(Column::Claimed.is_not_null());
    if let Some(parents) = parents {
        claimed = claimed.add(Column::Parent.is_in(parents.iter().copied()));
    }
    // In the order of the index on the parent: by `claimed` alone, SQLite would walk through the whole group.
    let rows = Entity::find().filter(claimed).order_by_asc(Column::Parent).order_by_asc(Column::Claimed);
    rows.limit(MOST_COVERED)
}

/// `snis` themselves and the patterns that cover them.
fn equal_or_wider(snis: &[Sni]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for sni in snis {
        names.insert(sni.to_string());
        names.extend(parent(sni).map(|parent| format!("*.{parent}")));
        names.insert(Sni::Any.to_string());
    }
    names
}

/// For a wildcard: what it stands in front of.
fn wildcard_parent(sni: &Sni) -> Option<&str> {
    match sni {
        Sni::Wildcard(parent) => Some(parent.as_str()),
        Sni::Exact(_) | Sni::Any => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};

    use super::*;
    use crate::StoreConfig;

    #[tokio::test]
    async fn questions_go_down_an_index() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let config = StoreConfig { data_dir: dir.path().to_owned(), master_key: None };
        let store = Store::open(&config).await.expect("opens");
        let id: SslCertificateId = "1".parse().expect("an id");
        let others = in_group(&GatewayGroupId::default_group()).add(Column::SslCertificateId.ne(id.as_str()));
        let names = ["a.test".to_owned(), "b.test".to_owned()];
        for (question, index) in [
            (claims_of(&others, &names), "by_claim (group_id=? AND claimed=?)"),
            (covered(others.clone(), Some(&["a", "b"])), "by_parent (group_id=? AND parent=? AND claimed>?)"),
            (covered(others.clone(), None), "by_parent (group_id=?)"),
        ] {
            let sql = question.build(DbBackend::Sqlite).to_string();
            let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = store.db.query_all_raw(explain).await.expect("a plan");
            let steps: Vec<String> =
                steps.iter().map(|row| row.try_get("", "detail").expect("a step")).collect();
            let expected = format!("SEARCH ssl_certificate_sni USING INDEX ssl_certificate_sni_{index}");
            assert_eq!(steps, [expected], "{sql}");
        }
    }
}
