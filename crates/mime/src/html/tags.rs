//! What HTML may say: elements and attributes.

/// Elements that stay.
#[rustfmt::skip]
pub(crate) const ALLOWED: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "dir", "div", "dl", "dt", "em",
    "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "i", "img",
    "ins", "kbd", "li", "main", "map", "mark", "menu", "nav", "nobr", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s",
    "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
];

/// Elements that go with all they hold: it was never meant to be read.
#[rustfmt::skip]
const SILENT: &[&str] = &[
    "script", "title", "base", "link", "template", "iframe", "frame", "frameset", "noframes", "noembed", "embed", "applet",
    "bgsound", "source", "track", "param", "input", "datalist", "portal", "fencedframe", "keygen", "command", "basefont", "audio",
];

/// Elements that do something; their words stay.
#[rustfmt::skip]
const ACTIVE: &[&str] = &[
    "form", "button", "select", "textarea", "object", "video", "canvas", "dialog", "marquee", "isindex", "xml",
];

/// Attributes of every element.
#[rustfmt::skip]
pub(crate) const GENERIC: &[&str] = &[
    "align", "bgcolor", "class", "color", "dir", "height", "hidden", "id", "lang", "role", "style", "title", "valign",
    "width", "aria-label", "aria-hidden", "aria-level",
];

/// Attributes of some elements.
#[rustfmt::skip]
pub(crate) const OWN: &[(&str, &[&str])] = &[
    ("a", &["href", "target", "name", "data-kontor-lies"]),
    ("area", &["href", "target", "alt", "coords", "shape"]),
    ("bdo", &[]),
    ("blockquote", &["type"]),
    ("br", &["clear"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["datetime"]),
    ("details", &["open"]),
    ("font", &["face", "size"]),
    ("hr", &["noshade", "size"]),
    ("img", &["src", "alt", "border", "hspace", "vspace", "usemap", "data-kontor-blocked"]),
    ("ins", &["datetime"]),
    ("li", &["type", "value"]),
    ("map", &["name"]),
    ("ol", &["start", "type", "reversed"]),
    ("table", &["background", "border", "bordercolor", "cellpadding", "cellspacing", "frame", "rules", "summary"]),
    ("tbody", &["background"]),
    ("td", &["background", "colspan", "rowspan", "nowrap", "abbr", "scope", "headers", "bordercolor"]),
    ("th", &["background", "colspan", "rowspan", "nowrap", "abbr", "scope", "headers", "bordercolor"]),
    ("thead", &["background"]),
    ("time", &["datetime"]),
    ("tr", &["background", "bordercolor"]),
    ("ul", &["type"]),
];

/// True for elements that stay.
pub(crate) fn is_allowed(name: &str) -> bool {
    ALLOWED.contains(&name)
}

/// True for elements that go with their content.
pub(crate) fn is_silent(name: &str) -> bool {
    SILENT.contains(&name)
}

/// True for elements of every harmless mail, whose going is no news.
pub(crate) fn is_quiet(name: &str) -> bool {
    matches!(
        name,
        "title" | "link" | "template" | "source" | "track" | "param"
    )
}

/// True for elements worth naming when they go.
pub(crate) fn is_active(name: &str) -> bool {
    ACTIVE.contains(&name)
}

/// True for attributes whose value needs no look: addresses and styles are judged by their own rules.
pub(crate) fn attribute_is_allowed(element: &str, name: &str) -> bool {
    if matches!(
        name,
        "href"
            | "src"
            | "style"
            | "background"
            | "target"
            | "data-kontor-lies"
            | "data-kontor-blocked"
    ) {
        return false;
    }
    GENERIC.contains(&name)
        || OWN
            .iter()
            .any(|(e, names)| *e == element && names.contains(&name))
}

/// Elements on which old mail puts a picture behind.
pub(crate) fn has_background(element: &str) -> bool {
    matches!(
        element,
        "table" | "tbody" | "thead" | "tr" | "td" | "th" | "div"
    )
}

/// Attributes that make a browser fetch something.
pub(crate) fn is_resource(name: &str) -> bool {
    matches!(
        name,
        "src"
            | "srcset"
            | "poster"
            | "background"
            | "data"
            | "dynsrc"
            | "lowsrc"
            | "code"
            | "archive"
            | "classid"
            | "imagesrcset"
            | "icon"
            | "manifest"
            | "longdesc"
            | "ping"
            | "xlink:href"
            | "href"
    )
}
