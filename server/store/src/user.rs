use domain::{Role, UserId, UserName};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use crate::column::{Row, Word};
use crate::entity::user::{ActiveModel, Column, Entity, Model};
use crate::write::{Action, AuditEntry, AuditNoun};
use crate::{Author, Store, StoreError, WriteError, column};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUser {
    /// The id.
    pub id: UserId,
    /// The name to sign in with.
    pub name: UserName,
    /// What the user may do.
    pub role: Role,
    /// The password's hash in PHC format (argon2id).
    pub password_hash: String,
}

impl Store {
    /// A user by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn user_by_name(&self, name: &UserName) -> Result<Option<StoredUser>, StoreError> {
        Entity::find().filter(Column::Name.eq(name.as_str())).one(&self.db).await?.map(stored).transpose()
    }

    /// A user by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn user(&self, id: &UserId) -> Result<Option<StoredUser>, StoreError> {
        Entity::find_by_id(id.as_str()).one(&self.db).await?.map(stored).transpose()
    }

    /// How many users there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn users(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().count(&self.db).await?)
    }

    /// Creates the first user. Does so at most once, however many ask at the same time.
    ///
    /// # Errors
    /// [`WriteError::Stale`] if there is a user already.
    pub async fn insert_first_user(
        &self,
        author: &Author,
        name: UserName,
        password_hash: String,
    ) -> Result<StoredUser, WriteError> {
        let write = self.begin_write(author).await?;
        if Entity::find().count(write.db()).await? > 0 {
            return Err(WriteError::Stale);
        }
        let user = StoredUser { id: column::new_id(), name, role: Role::Administrator, password_hash };
        let row = ActiveModel {
            id: Set(user.id.to_string()),
            name: Set(user.name.to_string()),
            role: Set(user.role.word().to_owned()),
            password_hash: Set(user.password_hash.clone()),
            created_at: Set(write.at().0),
        };
        Entity::insert(row).exec_without_returning(write.db()).await?;
        let entry = AuditEntry {
            action: Action::Create,
            noun: AuditNoun::User,
            id: user.id.as_str(),
            group: None,
            detail: json!({ "name": user.name, "role": user.role.word() }),
        };
        write.finish(entry, Vec::new()).await?;
        Ok(user)
    }
}

fn stored(model: Model) -> Result<StoredUser, StoreError> {
    let row = Row { table: "user", id: &model.id };
    Ok(StoredUser {
        id: row.parse("id", &model.id)?,
        name: row.parse("name", &model.name)?,
        role: row.word("role", &model.role)?,
        password_hash: model.password_hash,
    })
}
