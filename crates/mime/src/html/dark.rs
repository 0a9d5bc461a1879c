//! A light mail on a dark page: each colour keeps its hue and changes its lightness.
//!
//! Grounds that are light become dark, inks that are dark become light; what is dark or strong already (a button with
//! white words) stays. Pictures are never touched. Lightness is that of OKLab, in which equal steps look equal.

use html5ever::LocalName;

use super::css::{Cleaner, Role};
use super::dom::{self, Data, Id, Tree};

/// Rewrites the colours of a sanitised body; what cannot be read stays as it is.
pub(crate) fn recolour(body: &str) -> String {
    let Some(tree) = Tree::parse(body) else {
        return body.to_owned();
    };
    let mut out = String::with_capacity(body.len());
    let mut stack = vec![Step::Enter(0)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Close(name) => {
                out.push_str("</");
                out.push_str(&name);
                out.push('>');
            }
            Step::Enter(id) => enter(&tree, id, &mut out, &mut stack),
        }
    }
    out
}

enum Step {
    Enter(Id),
    Close(LocalName),
}

fn enter(tree: &Tree, id: Id, out: &mut String, stack: &mut Vec<Step>) {
    let Some(node) = tree.node(id) else { return };
    match &node.data {
        Data::Other => {}
        Data::Text(text) => dom::escape_text(text, out),
        Data::Element(name, _) if &*name.local == "style" => {
            out.push_str("<style>");
            out.push_str(&styled(|c| c.sheet(&tree.text(id))));
            out.push_str("</style>");
        }
        Data::Element(name, attributes) if !matches!(&*name.local, "html" | "head" | "body") => {
            out.push('<');
            out.push_str(&name.local);
            for (key, value) in attributes {
                out.push(' ');
                out.push_str(key);
                out.push_str("=\"");
                dom::escape_attribute(&attribute(key, value), out);
                out.push('"');
            }
            out.push('>');
            if !dom::is_void(&name.local) {
                stack.push(Step::Close(name.local.clone()));
                stack.extend(node.children.iter().rev().map(|c| Step::Enter(*c)));
            }
        }
        Data::Root | Data::Element(..) => {
            stack.extend(node.children.iter().rev().map(|c| Step::Enter(*c)));
        }
    }
}

fn attribute(key: &str, value: &str) -> String {
    let property = match key {
        "style" => return styled(|c| c.declarations(value)),
        "bgcolor" => "background-color",
        "color" => "color",
        "bordercolor" => "border-color",
        _ => return value.to_owned(),
    };
    let value = value.trim();
    let bare = value.len() == 6 && value.bytes().all(|b| b.is_ascii_hexdigit());
    let css = if bare {
        format!("{property}:#{value}")
    } else {
        format!("{property}:{value}")
    };
    let mapped = styled(|c| c.declarations(&css));
    mapped
        .split_once(':')
        .map_or_else(|| value.to_owned(), |(_, colour)| colour.to_owned())
}

fn styled(run: impl FnOnce(&mut Cleaner<'_>) -> String) -> String {
    // The body is sanitised: its images are decided.
    let mut images = |url: &str| Some(url.to_owned());
    let mut cleaner = Cleaner::new(&mut images);
    cleaner.colours = Some(&mapped);
    run(&mut cleaner)
}

/// Lightness of the dark page (`#1F1F21`) and of its text (`#EDEDEA`).
const PAGE: f32 = 0.24;
const TEXT: f32 = 0.94;

/// The colour on a dark page.
fn mapped(role: Role, rgb: [u8; 3]) -> [u8; 3] {
    let [l, a, b] = to_oklab(rgb);
    match role {
        // White becomes the page, light greys and tints stand a little above it.
        Role::Ground if l > 0.62 => from_oklab([PAGE + (1.0 - l) * 0.5, a * 0.55, b * 0.55]),
        // Black becomes the text, dark greys and brand colours as much lighter as they need.
        Role::Ink if l < 0.68 => from_oklab([TEXT - l * 0.36, a * 0.8, b * 0.8]),
        // Hairlines stay quiet: a light grey one becomes a dark grey one.
        Role::Line if l > 0.68 => from_oklab([PAGE + 0.08 + (1.0 - l) * 0.5, a * 0.55, b * 0.55]),
        Role::Line if l < 0.4 => from_oklab([0.62, a * 0.8, b * 0.8]),
        Role::Ground | Role::Ink | Role::Line => rgb,
    }
}

/// sRGB to OKLab (Björn Ottosson, 2020).
fn to_oklab(rgb: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|c| {
        let c = f32::from(c) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn from_oklab([l, a, b]: [f32; 3]) -> [u8; 3] {
    let cube = |v: f32| v * v * v;
    let long = cube(l + 0.396_337_78 * a + 0.215_803_76 * b);
    let medium = cube(l - 0.105_561_346 * a - 0.063_854_17 * b);
    let short = cube(l - 0.089_484_18 * a - 1.291_485_5 * b);
    let linear = [
        4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short,
        -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_4 * short,
        -0.004_196_086 * long - 0.703_418_6 * medium + 1.707_614_7 * short,
    ];
    linear.map(|c| {
        let c = c.clamp(0.0, 1.0);
        let c = if c <= 0.003_130_8 {
            c * 12.92
        } else {
            1.055 * c.powf(1.0 / 2.4) - 0.055
        };
        to_byte(c)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=255"
)]
fn to_byte(unit: f32) -> u8 {
    (unit.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG relative luminance.
    fn luminance(rgb: [u8; 3]) -> f32 {
        let [r, g, b] = rgb.map(|c| {
            let c = f32::from(c) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: [u8; 3], b: [u8; 3]) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn readable_in_the_dark() {
        let page = mapped(Role::Ground, [255, 255, 255]);
        for ink in [
            [0, 0, 0],
            [51, 51, 51],
            [102, 102, 102],
            [0, 0, 238],
            [128, 0, 0],
            [0, 100, 0],
        ] {
            let ink = mapped(Role::Ink, ink);
            assert!(
                contrast(ink, page) >= 4.5,
                "{ink:?} on {page:?} is {}",
                contrast(ink, page)
            );
        }
        for tint in [
            [244, 244, 244],
            [255, 250, 205],
            [230, 240, 255],
            [255, 255, 0],
        ] {
            let ground = mapped(Role::Ground, tint);
            let ink = mapped(Role::Ink, [34, 34, 34]);
            assert!(
                contrast(ink, ground) >= 4.5,
                "{ink:?} on {ground:?} is {}",
                contrast(ink, ground)
            );
        }
        assert_eq!(
            mapped(Role::Ground, [56, 105, 212]),
            [56, 105, 212],
            "a strong ground stays"
        );
        assert_eq!(
            mapped(Role::Ink, [255, 255, 255]),
            [255, 255, 255],
            "and white words on it"
        );
    }

    #[test]
    fn there_and_back() {
        for rgb in [[0, 0, 0], [255, 255, 255], [31, 31, 33], [200, 30, 90]] {
            assert_eq!(from_oklab(to_oklab(rgb)), rgb, "conversion loses nothing");
        }
    }
}
