use domain::Problem;
use leptos::prelude::*;

use crate::error::UiError;

/// The newest answer that says something, of a page that goes on asking.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Newest<T> {
    pub(crate) answer: Result<T, Problem>,
    /// The server did not answer since.
    pub(crate) is_old: bool,
}

/// The newest answer of `loaded`. Not a memo on the server, for the reason that [`steady`](super::steady) gives.
pub(crate) fn newest<T>(loaded: Resource<Result<T, UiError>>) -> Signal<Option<Newest<T>>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") {
        Signal::derive(move || keep(None, loaded.get()))
    } else {
        Memo::new(move |before| keep(before, loaded.get())).into()
    }
}

/// While the server cannot be reached, what it said before stays.
fn keep<T: Clone>(
    before: Option<&Option<Newest<T>>>,
    answer: Option<Result<T, UiError>>,
) -> Option<Newest<T>> {
    let before = before.cloned().flatten();
    match (answer, before) {
        (Some(Err(UiError(Problem::Internal { .. }))), Some(before @ Newest { answer: Ok(_), .. })) => {
            Some(Newest { is_old: true, ..before })
        }
        (Some(answer), _) => Some(Newest { answer: answer.map_err(|error| error.0), is_old: false }),
        (None, before) => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_while_the_server_is_gone() {
        let first = keep(None, Some(Ok(1)));
        assert_eq!(first, Some(Newest { answer: Ok(1), is_old: false }));
        let gone = || Some(Err(UiError(Problem::Internal { reference: "connection".to_owned() })));
        let lost = keep(Some(&first), gone());
        assert_eq!(lost, Some(Newest { answer: Ok(1), is_old: true }));
        assert_eq!(keep(Some(&lost), Some(Ok(2))), Some(Newest { answer: Ok(2), is_old: false }));
    }

    #[test]
    fn an_answer_that_says_no_is_shown() {
        let first = keep(None, Some(Ok(1)));
        let refused = keep(Some(&first), Some(Err(UiError(Problem::SignInRequired))));
        assert_eq!(refused, Some(Newest { answer: Err(Problem::SignInRequired), is_old: false }));
    }
}
