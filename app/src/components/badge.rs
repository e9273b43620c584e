use leptos::prelude::*;

/// What a badge says besides its word: by colour, and by shape for those who do not see the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadgeKind {
    /// All is well: a filled circle.
    Good,
    /// Somebody should look: a triangle.
    Attention,
    /// It does not work: a square.
    Bad,
    /// Not in use: a ring.
    Off,
}

impl BadgeKind {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge badge--good",
            Self::Attention => "badge badge--attention",
            Self::Bad => "badge badge--bad",
            Self::Off => "badge badge--off",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Self::Good => "●",
            Self::Attention => "▲",
            Self::Bad => "■",
            Self::Off => "○",
        }
    }
}

/// A state: a shape and a word.
#[component]
pub fn Badge(
    /// Which state.
    kind: BadgeKind,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <span class=kind.class()>
            <span class="badge__shape" aria-hidden="true">{kind.shape()}</span>
            {text}
        </span>
    }
}
