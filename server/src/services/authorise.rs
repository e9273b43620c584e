use domain::{Caller, Problem, Role};

/// What an operation does, as far as permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Looks.
    Read,
    /// Changes something.
    Write,
}

/// Whether the caller may do this.
///
/// # Errors
/// [`Problem::Forbidden`] if not.
pub(super) fn authorise(caller: &Caller, action: Action) -> Result<(), Problem> {
    match (caller.role, action) {
        (Role::Administrator, Action::Read | Action::Write) => Ok(()),
    }
}
