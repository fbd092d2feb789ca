//! A tenant's accent colour, and the colours derived from it so that text on it, and it on our surfaces, keep the contrast
//! WCAG 2.2 asks for (§1.4.3: 4.5 for text, §1.4.11: 3 for controls), in light and in dark.

use std::fmt;

/// sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

const WHITE: Rgb = Rgb([255; 3]);
const BLACK: Rgb = Rgb([0; 3]);

/// What the card is made of; the same values stand in `gatehouse.css`.
const LIGHT_SURFACE: Rgb = Rgb([0xff, 0xfe, 0xfb]);
const LIGHT_PAPER: Rgb = Rgb([0xf6, 0xf3, 0xec]);
const DARK_SURFACE: Rgb = Rgb([0x1e, 0x1f, 0x22]);
const DARK_PAPER: Rgb = Rgb([0x12, 0x13, 0x15]);

/// A tenant's accent colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent(Rgb);

impl Accent {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
        Some(Self(Rgb([part(0)?, part(2)?, part(4)?])))
    }

    /// The style sheet that carries the derived colours: a pure function of the colour.
    pub fn css(self) -> String {
        let light = Derived::new(self.0, LIGHT_SURFACE, LIGHT_PAPER, BLACK);
        let dark = Derived::new(self.0, DARK_SURFACE, DARK_PAPER, WHITE);
        format!(":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}")
    }

    /// Six hexadecimal digits, without the `#`.
    pub fn hex(self) -> String {
        self.0.to_string()[1..].to_owned()
    }
}

/// Verdigris, the house's own.
impl Default for Accent {
    fn default() -> Self {
        Self(Rgb([0x1d, 0x5e, 0x59]))
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The colours of one scheme.
struct Derived {
    fill: Rgb,
    edge: Rgb,
    on_fill: Rgb,
    hover: Rgb,
    text: Rgb,
    soft: Rgb,
    surface: Rgb,
    paper: Rgb,
}

impl Derived {
    /// `away` is where contrast with the surface lies: black on a light one, white on a dark one.
    fn new(accent: Rgb, surface: Rgb, paper: Rgb, away: Rgb) -> Self {
        let paper = paper.mix(accent, 0.06);
        // A dark card takes on a little of the colour around it; a light one stays paper.
        let surface = if away == WHITE { surface.mix(accent, 0.05) } else { surface };
        let soft = surface.mix(accent, 0.09);
        // On a light card the tenant's own colour, however bright; `edge` then draws its border. On a dark one it is lit until it shows.
        let fill = if away == WHITE { accent.until(away, |colour| colour.contrast(surface) >= 3.0) } else { accent };
        let on_fill = fill.best_ink();
        let hover = fill.mix(if on_fill == WHITE { BLACK } else { WHITE }, 0.14);
        let text = accent.until(away, |colour| [surface, paper, soft].iter().all(|ground| colour.contrast(*ground) >= 5.0));
        let edge = if fill.contrast(surface) >= 3.0 { fill } else { text };
        Self { fill, edge, on_fill, hover, text, soft, surface, paper }
    }
}

impl fmt::Display for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fill, edge, on_fill, hover, text, soft, surface, paper } = self;
        write!(
            f,
            "--accent:{fill};--accent-edge:{edge};--on-accent:{on_fill};--accent-hover:{hover};--accent-text:{text};--accent-soft:{soft};"
        )?;
        write!(f, "--surface:{surface};--paper:{paper}")
    }
}

impl Rgb {
    /// WCAG 2.2 relative luminance.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// One of the two always reaches 4.58.
    fn best_ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two octets, rounded, is an octet")]
    fn mix(self, other: Self, share: f64) -> Self {
        let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        let ([r, g, b], [or, og, ob]) = (self.0, other.0);
        Self([blend(r, or), blend(g, og), blend(b, ob)])
    }

    /// The first step on the way to `goal` that satisfies; `goal` if none does.
    fn until(self, goal: Self, satisfies: impl Fn(Self) -> bool) -> Self {
        (0..=40).map(|step| self.mix(goal, f64::from(step) / 40.0)).find(|colour| satisfies(*colour)).unwrap_or(goal)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_colour_a_tenant_picks_can_be_read() {
        let parts = [0u8, 51, 102, 153, 204, 255];
        for r in parts {
            for g in parts {
                for b in parts {
                    let accent = Rgb([r, g, b]);
                    for (surface, paper, away) in [(LIGHT_SURFACE, LIGHT_PAPER, BLACK), (DARK_SURFACE, DARK_PAPER, WHITE)] {
                        let derived = Derived::new(accent, surface, paper, away);
                        assert!(derived.fill.contrast(derived.on_fill) >= 4.5, "{accent}");
                        assert!(derived.hover.contrast(derived.on_fill) >= 4.5, "{accent}");
                        assert!(derived.edge.contrast(derived.surface) >= 3.0, "{accent}");
                        assert!(derived.text.contrast(derived.surface) >= 4.5 && derived.text.contrast(derived.soft) >= 4.5, "{accent}");
                        assert!(derived.text.contrast(derived.paper) >= 4.5, "{accent}");
                        // What the style sheet says in ink, in muted ink and with edges, on whatever grounds this makes.
                        let (ink, muted, edge) =
                            if away == BLACK { ("#1f1d1a", "#5a564e", "#8c867a") } else { ("#efede8", "#b6b2aa", "#8b8c92") };
                        let read = |hex| Accent::parse(hex).unwrap().0;
                        for ground in [derived.surface, derived.paper, derived.soft] {
                            assert!(read(ink).contrast(ground) >= 7.0 && read(muted).contrast(ground) >= 4.5, "{accent} {ground}");
                        }
                        assert!(read(edge).contrast(derived.surface) >= 3.0, "{accent}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits_and_nothing_else() {
        assert_eq!(Accent::parse("#0B5FFF").map(|accent| accent.to_string()).as_deref(), Some("#0b5fff"));
        for bad in ["", "#fff", "0b5fff", "#0b5fffff", "#0b5ff;", "#é1234", "red"] {
            assert!(Accent::parse(bad).is_none(), "{bad}");
        }
    }
}
