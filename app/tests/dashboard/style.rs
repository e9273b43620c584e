//! The tokens keep what they promise: text can be read in both themes, controls can be seen.

use std::collections::HashMap;

/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;
/// WCAG 2.2, 1.4.11: what tells a control.
const CONTROL: f64 = 3.0;

#[test]
fn text_and_controls_stand_out_in_both_themes() {
    let colours = colours();
    let texts = ["text", "muted", "accent", "accent-hover", "good", "attention", "bad", "off"];
    for text in texts {
        for ground in ["canvas", "surface", "raised", "hover"] {
            check(&colours, text, ground, TEXT);
        }
    }
    for (text, ground) in [
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("accent", "accent-ground"),
        ("text", "good-ground"),
        ("text", "attention-ground"),
        ("text", "bad-ground"),
        ("bad", "bad-ground"),
        ("good", "good-ground"),
        ("attention", "attention-ground"),
    ] {
        check(&colours, text, ground, TEXT);
    }
    for ground in ["canvas", "surface", "raised"] {
        check(&colours, "control-line", ground, CONTROL);
        check(&colours, "accent", ground, CONTROL);
    }
}

#[track_caller]
fn check(colours: &HashMap<String, [f64; 2]>, one: &str, other: &str, least: f64) {
    for (theme, name) in ["light", "dark"].into_iter().enumerate() {
        let (a, b) = (colours[one][theme], colours[other][theme]);
        let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
        assert!(contrast >= least, "{one} on {other}, {name}: {contrast:.2} is less than {least}");
    }
}

/// The relative luminance of each token that is a pair of colours: light, dark.
fn colours() -> HashMap<String, [f64; 2]> {
    let tokens = include_str!("../../../style/tokens.css");
    let pairs = tokens.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
        Some((name.to_owned(), [luminance(light)?, luminance(dark)?]))
    });
    pairs.collect()
}

/// WCAG 2.2, relative luminance of `#rrggbb`.
fn luminance(colour: &str) -> Option<f64> {
    let value = u32::from_str_radix(colour.strip_prefix('#')?, 16).ok()?;
    let channel = |shift: u32| {
        let part = f64::from((value >> shift) & 0xff) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0))
}
