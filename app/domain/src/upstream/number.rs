use serde::{Deserialize, Serialize};

/// A number of an upstream's settings that can be wrong by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UpstreamNumber {
    /// [`Timeouts::connect`](super::Timeouts::connect).
    ConnectTimeout,
    /// [`Timeouts::send`](super::Timeouts::send).
    SendTimeout,
    /// [`Timeouts::read`](super::Timeouts::read).
    ReadTimeout,
    /// [`ActiveCheck::interval`](super::ActiveCheck::interval).
    CheckInterval,
    /// [`ActiveCheck::timeout`](super::ActiveCheck::timeout).
    CheckTimeout,
    /// [`ActiveCheck::healthy_after`](super::ActiveCheck::healthy_after).
    HealthyAfter,
    /// [`ActiveCheck::unhealthy_after`](super::ActiveCheck::unhealthy_after).
    UnhealthyAfter,
    /// [`PassiveCheck::unhealthy_after`](super::PassiveCheck::unhealthy_after).
    PassiveUnhealthyAfter,
    /// [`PassiveCheck::recover_after`](super::PassiveCheck::recover_after).
    RecoverAfter,
}

impl UpstreamNumber {
    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectTimeout => "connect_timeout",
            Self::SendTimeout => "send_timeout",
            Self::ReadTimeout => "read_timeout",
            Self::CheckInterval => "check_interval",
            Self::CheckTimeout => "check_timeout",
            Self::HealthyAfter => "healthy_after",
            Self::UnhealthyAfter => "unhealthy_after",
            Self::PassiveUnhealthyAfter => "passive_unhealthy_after",
            Self::RecoverAfter => "recover_after",
        }
    }
}
