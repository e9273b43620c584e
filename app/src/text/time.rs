//! Points in time as a distance from now.

use domain::UnixTime;

use crate::language::Language;

/// Below this, what has happened is happening now.
const FEW_SECONDS: i64 = 5;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = UnixTime::DAY;

/// How far `at` is from `now`: "in 23 days", "5 minutes ago", "12 seconds ago". From two years on the year itself says more.
pub fn relative(language: Language, at: UnixTime, now: UnixTime) -> String {
    let seconds = at.seconds_since(now);
    let distance = seconds.saturating_abs();
    if distance >= 2 * 365 * DAY
        && let Some(year) = at.year()
    {
        return year.to_string();
    }
    if seconds > -FEW_SECONDS && seconds < MINUTE {
        return match language {
            Language::English => "now".to_owned(),
            Language::Chinese => "刚刚".to_owned(),
        };
    }
    let (count, singular, plural, chinese) = if distance >= DAY {
        (distance / DAY, "day", "days", "天")
    } else if distance >= HOUR {
        (distance / HOUR, "hour", "hours", "小时")
    } else if distance >= MINUTE {
        (distance / MINUTE, "minute", "minutes", "分钟")
    } else {
        (distance, "second", "seconds", "秒")
    };
    let unit = if count == 1 { singular } else { plural };
    match (language, seconds < 0) {
        (Language::English, false) => format!("in {count} {unit}"),
        (Language::English, true) => format!("{count} {unit} ago"),
        (Language::Chinese, false) => format!("{count} {chinese}后"),
        (Language::Chinese, true) => format!("{count} {chinese}前"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_in_words() {
        let now = UnixTime(1_700_000_000);
        for (seconds, english, chinese) in [
            (23 * DAY + HOUR, "in 23 days", "23 天后"),
            (DAY, "in 1 day", "1 天后"),
            (DAY - 1, "in 23 hours", "23 小时后"),
            (-HOUR, "1 hour ago", "1 小时前"),
            (-5 * MINUTE, "5 minutes ago", "5 分钟前"),
            (0, "now", "刚刚"),
            (59, "now", "刚刚"),
            (-4, "now", "刚刚"),
            (-5, "5 seconds ago", "5 秒前"),
            (-59, "59 seconds ago", "59 秒前"),
            (100 * 365 * DAY, "2123", "2123"),
        ] {
            let at = now.plus_seconds(seconds);
            assert_eq!(relative(Language::English, at, now), english);
            assert_eq!(relative(Language::Chinese, at, now), chinese);
        }
    }
}
