//! What CSS may say: properties, functions, words.

/// Properties that run code in some engine: named when they are taken out.
pub(super) const DANGEROUS: &[&str] = &[
    "behavior",
    "-ms-behavior",
    "-moz-binding",
    "-o-link",
    "-o-link-source",
    "-ms-filter",
];

/// Properties whose images are shown where images may be shown.
pub(super) const IMAGE_PROPERTIES: &[&str] = &[
    "background",
    "background-image",
    "list-style",
    "list-style-image",
];

/// Nothing a value or string could need in a mail.
pub(super) const FORBIDDEN: &[&str] = &[
    "javascript:",
    "vbscript:",
    "livescript:",
    "expression(",
    "data:text",
    "@import",
    "-moz-binding",
    "behavior:",
    "</style",
];

/// Functions a value may call.
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[&str] = &[
    "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "light-dark", "calc",
    "min", "max", "clamp", "var", "linear-gradient", "radial-gradient", "conic-gradient", "repeating-linear-gradient",
    "repeating-radial-gradient", "repeating-conic-gradient", "-webkit-linear-gradient", "-moz-linear-gradient",
    "-o-linear-gradient", "-ms-linear-gradient", "translate", "translatex", "translatey", "translate3d", "rotate",
    "rotatex", "rotatey", "scale", "scalex", "scaley", "skew", "skewx", "skewy", "matrix", "cubic-bezier", "steps",
    "repeat", "minmax", "fit-content", "rect", "inset", "circle", "ellipse", "polygon",
];

/// Functions a selector may call.
#[rustfmt::skip]
pub(super) const SELECTOR_FUNCTIONS: &[&str] = &[
    "not", "is", "where", "has", "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type", "lang", "dir",
    "matches", "any",
];

/// True for properties that change looks and nothing else.
///
/// `color-scheme` is absent on purpose: the page decides it.
pub(super) fn is_property(name: &str) -> bool {
    PROPERTIES.contains(&name)
        || PREFIXES.iter().any(|p| {
            name.strip_prefix(p)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
}

/// Whole families.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    "background", "border", "margin", "padding", "font", "text", "flex", "grid", "column", "columns", "outline", "list-style",
    "overflow", "transition", "animation", "align", "justify", "place", "scroll-margin", "object", "box", "word", "line",
    "hyphenate", "max", "min", "inset", "transform", "perspective", "page-break", "break", "table",
];

#[rustfmt::skip]
const PROPERTIES: &[&str] = &[
    "color", "display", "width", "height", "float", "clear", "position", "top", "right", "bottom", "left", "z-index",
    "visibility", "opacity", "vertical-align", "white-space", "white-space-collapse", "letter-spacing", "direction", "unicode-bidi",
    "writing-mode", "quotes", "content", "cursor", "resize", "zoom", "order", "gap", "row-gap", "aspect-ratio",
    "caption-side", "empty-cells", "clip", "clip-path", "hyphens", "tab-size", "orphans", "widows", "user-select",
    "accent-color", "appearance", "backface-visibility", "mix-blend-mode", "isolation", "filter", "pointer-events",
    "block-size", "inline-size", "image-rendering", "rotate", "scale", "translate", "all", "counter-reset", "counter-increment",
    "shape-outside", "shape-margin", "tab-size", "speak", "contain-intrinsic-size", "mask-type", "will-change", "rule",
    "-webkit-text-size-adjust", "-ms-text-size-adjust", "-moz-text-size-adjust", "-webkit-font-smoothing",
    "-moz-osx-font-smoothing", "-webkit-text-fill-color", "-webkit-border-radius", "-moz-border-radius",
    "-webkit-box-shadow", "-webkit-hyphens", "-ms-word-break", "-webkit-user-select",
];
