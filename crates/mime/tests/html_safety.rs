//! The sanitiser by our own fixtures: every way to run, fetch or pretend that we know, and what honest mail keeps.

#[path = "html_support/check.rs"]
mod check;

use check::{Remote, problems};
use kontor_mime::html::{self, Options, sanitise};
use proptest::prelude::*;
use rstest::rstest;

fn kept() -> Options {
    Options {
        remote: html::Remote::Kept,
        ..Options::default()
    }
}

fn served() -> Options {
    Options {
        remote: html::Remote::Through("kontor-part://localhost/remote?u=".into()),
        cid_prefix: Some("kontor-part://localhost/7/cid/".into()),
    }
}

/// What comes out of `source`, which must be safe and stand still.
fn safe(source: &str) -> String {
    let answer = sanitise(source, &Options::default()).html;
    assert_eq!(
        problems(&answer, Remote::None),
        Vec::<String>::new(),
        "of {source:?}"
    );
    assert_eq!(
        sanitise(&answer, &Options::default()).html,
        answer,
        "a second pass changes nothing"
    );
    answer
}

#[rstest]
#[case::script("a<script>alert(1)</script>b", "ab")]
#[case::script_in_pieces("a<scr<script>ipt>alert(1)</script>b", "aipt&gt;alert(1)b")]
#[case::handler("<b onclick=alert(1) OnMouseOver='x'>a</b>", "<b>a</b>")]
#[case::handler_in_svg("<svg onload=alert(1)><text>a</text></svg>", "a")]
#[case::javascript(
    "<a href=javascript:alert(1)>a</a>",
    "<a rel=\"noopener noreferrer nofollow\">a</a>"
)]
#[case::javascript_hidden(
    "<a href='&#1;java&#9;script:alert(1)'>a</a>",
    "<a rel=\"noopener noreferrer nofollow\">a</a>"
)]
#[case::vbscript(
    "<a href=vbscript:x>a</a>",
    "<a rel=\"noopener noreferrer nofollow\">a</a>"
)]
#[case::data_page(
    "<a href='data:text/html,<script>1</script>'>a</a>",
    "<a rel=\"noopener noreferrer nofollow\">a</a>"
)]
#[case::image_script(
    "<img src=javascript:alert(1)>",
    "<img data-kontor-blocked=\"unknown\">"
)]
#[case::image_error(
    "<img src=x onerror=alert(1)>",
    "<img data-kontor-blocked=\"unknown\">"
)]
#[case::image_svg(
    "<img src='data:image/svg+xml,<svg onload=1>'>",
    "<img data-kontor-blocked=\"unknown\">"
)]
#[case::frame("<iframe src=//x.si srcdoc='<script>'>a</iframe>b", "b")]
#[case::form(
    "<form action=//x.si><input name=a><button>Pošlji</button></form>",
    "Pošlji"
)]
#[case::base("<base href=//x.si/>a", "a")]
#[case::refresh("<meta http-equiv=refresh content='0;url=//x.si'>a", "a")]
#[case::object("<object data=x.swf><embed src=x.swf>a</object>", "a")]
#[case::expression(
    "<p style='width:expression(alert(1));color:red'>a</p>",
    "<p style=\"color:red\">a</p>"
)]
#[case::expression_commented("<p style='width:exp/**/ression(alert(1))'>a</p>", "<p>a</p>")]
#[case::behaviour("<p style='behavior:url(x.htc);-moz-binding:url(x)'>a</p>", "<p>a</p>")]
#[case::escaped_url(
    "<p style='background:\\75rl(//x.si/a)'>a</p>",
    "<p style=\"background:none\">a</p>"
)]
#[case::fixed("<p style='position:fixed;top:0'>a</p>", "<p style=\"top:0\">a</p>")]
#[case::import(
    "<style>@import '//x.si/a.css';p{color:red}</style><p>a</p>",
    "<style>p{color:red}</style><p>a</p>"
)]
#[case::font_face(
    "<style>@font-face{font-family:x;src:url(//x.si)}p{color:red}</style>a",
    "<style>p{color:red}</style>a"
)]
#[case::style_end_in_string(
    "<style>p{content:'</style><script>alert(1)</script>'}</style>a",
    "<style>p{content:\"\"}</style>'}a"
)]
#[case::style_end_escaped("<style>p::before{content:'\\3c/style>'}</style>a", "a")]
#[case::mutation_noscript(
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">a</noscript>",
    "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;\">a</p>"
)]
#[case::mutation_math(
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\"><table></table>"
)]
#[case::template("<template><script>alert(1)</script></template>a", "a")]
#[case::comment("a<!-- b -->c<!--[if mso]><script>1</script><![endif]-->", "ac")]
#[case::dns(
    "<link rel=dns-prefetch href=//x.si><link rel=stylesheet href=//x.si/a.css>a",
    "a"
)]
#[case::ping(
    "<a href=https://x.si/ ping=//y.si/>a</a>",
    "<a href=\"https://x.si/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">a</a>"
)]
#[case::xml("<?xml version=1.0?><o:p>a</o:p>", "a")]
fn neutralised(#[case] source: &str, #[case] want: &str) {
    assert_eq!(safe(source), want, "of {source:?}");
}

#[rstest]
#[case::table(
    "<table width=\"600\" bgcolor=\"#ffffff\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tbody><tr><td width=\"50%\" valign=\"top\" colspan=\"2\">a</td></tr></tbody></table>"
)]
#[case::font("<font color=\"red\" face=\"Arial\" size=\"2\">a</font><center>b</center>")]
#[case::direction("<div dir=\"rtl\" lang=\"ar\">a</div>")]
#[case::list("<ol start=\"3\" type=\"a\"><li>a</li></ol>")]
#[case::style(
    "<p style=\"margin:0 0 1em;font-family:Arial,&quot;Segoe UI&quot;,sans-serif;color:#333 !important\">a</p>"
)]
#[case::gradient(
    "<p style=\"background:linear-gradient(90deg,#fff 0%,rgba(0,0,0,.5) 100%)\">a</p>"
)]
#[case::data_image(
    "<img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"a\" width=\"10\" height=\"20\">"
)]
#[case::quote("<blockquote type=\"cite\" class=\"gmail_quote\">a</blockquote>")]
#[case::entities("a &amp; b &lt; c&nbsp;d „č“")]
fn kept_as_written(#[case] source: &str) {
    let squeezed = |t: &str| t.replace(' ', "");
    let mut got: Vec<char> = squeezed(&safe(source)).chars().collect();
    let mut want: Vec<char> = squeezed(source).chars().collect();
    // Attributes may change places.
    got.sort_unstable();
    want.sort_unstable();
    assert_eq!(got, want, "{} of {source}", safe(source));
}

#[test]
fn style_sheets_are_kept_clean() {
    let source = "<html><head><style type='text/css'><!-- .a { color: red; mso-line-height-rule: exactly }\
        @media only screen and (max-width: 600px) { .a, td > p:first-child { width: 100% !important } }\
        @media (prefers-color-scheme: dark) { .a { color: #fff } } --></style>\
        <style media='print'>.b{display:none}</style></head><body><p class=a>x</p></body></html>";
    let got = safe(source);
    for part in [
        ".a{color:red}",
        "@media only screen and (max-width: 600px)",
        "td > p:first-child{width:100%!important}",
        "(prefers-color-scheme: dark)",
        "@media print{",
        "<p class=\"a\">x</p>",
    ] {
        assert!(got.contains(part), "{part} is in {got}");
    }
    assert!(!got.contains("mso-"), "Word's own properties are of no use");
}

#[test]
fn body_looks_live_on() {
    let got = safe(
        "<body bgcolor=f4f4f4 text='#222222' style='margin:0' class='bg' lang=sl><p>a</p></body>",
    );
    assert_eq!(
        got,
        "<div class=\"bg\" lang=\"sl\" style=\"background-color:#f4f4f4;color:#222222;margin:0\"><p>a</p></div>",
        "an element around everything carries the body's colours"
    );
}

#[rstest]
#[case::image("<img src='https://x.si/a.png'>")]
#[case::no_scheme("<img src='//x.si/a.png'>")]
#[case::set("<img srcset='https://x.si/a.png 1x, https://x.si/b.png 2x'>")]
#[case::background("<table background='https://x.si/a.png'><tr><td>a</table>")]
#[case::body("<body background='https://x.si/a.png'>a")]
#[case::css("<p style='background-image:url(https://x.si/a.png)'>a</p>")]
#[case::css_quoted("<p style='background:#fff url(\"https://x.si/a.png\") no-repeat'>a</p>")]
#[case::sheet("<style>p{background:url(https://x.si/a.png)}</style><p>a")]
#[case::list("<style>ul{list-style-image:url(https://x.si/a.png)}</style><ul><li>a</ul>")]
#[case::cursor("<p style='cursor:url(https://x.si/a.cur),auto'>a</p>")]
#[case::image_set("<p style='background:image-set(\"https://x.si/a.png\" 1x)'>a</p>")]
#[case::import("<style>@import url(https://x.si/a.css);</style>a")]
#[case::video("<video poster='https://x.si/a.png'><source src='https://x.si/a.mp4'>a</video>")]
#[case::input("<input type=image src='https://x.si/a.png'>a")]
#[case::svg("<svg><image xlink:href='https://x.si/a.png'/></svg>a")]
#[case::link("<link rel=icon href='https://x.si/a.ico'>a")]
fn remote_is_blocked_and_told(#[case] source: &str) {
    safe(source);
    let got = sanitise(source, &Options::default());
    assert!(
        got.remote.iter().any(|u| u.starts_with("https://x.si/a")),
        "told: {:?}",
        got.remote
    );
    assert!(!got.html.contains("x.si"), "gone: {}", got.html);
}

#[test]
fn remote_images_when_allowed() {
    let source = "<img src='https://x.si/a.png?b=1&amp;c' alt=x><p style='background:url(http://x.si/b.png)'>a</p>\
        <td background='https://x.si/c.png'>b</td>";
    let blocked = sanitise(source, &Options::default());
    assert_eq!(
        (blocked.blocked, blocked.remote.len()),
        (2, 2),
        "td outside a table is nothing: {:?}",
        blocked.remote
    );
    let direct = sanitise(source, &kept());
    assert!(
        direct.html.contains("src=\"https://x.si/a.png?b=1&amp;c\""),
        "{}",
        direct.html
    );
    assert!(
        direct.html.contains("url(&quot;http://x.si/b.png&quot;)"),
        "{}",
        direct.html
    );
    assert_eq!(direct.blocked, 0, "nothing blocked");
    assert_eq!(
        sanitise(&direct.html, &kept()).html,
        direct.html,
        "stands still"
    );
    let through = sanitise(source, &served());
    assert!(
        through.html.contains(
            "src=\"kontor-part://localhost/remote?u=https%3A%2F%2Fx.si%2Fa.png%3Fb%3D1%26c\""
        ),
        "{}",
        through.html
    );
    let again = sanitise(&through.html, &served());
    assert_eq!(
        again.html, through.html,
        "our own addresses read back as themselves"
    );
    assert_eq!(again.remote, through.remote, "and name the same images");
}

#[test]
fn inline_images_come_from_the_message() {
    let source = "<img src='cid:logo@hrast.si'><img src='kontor-part://localhost/8/cid/x'>";
    let got = sanitise(source, &served()).html;
    assert!(
        got.contains("src=\"kontor-part://localhost/7/cid/logo%40hrast.si\""),
        "{got}"
    );
    assert!(
        !got.contains("/8/"),
        "other messages' parts are out of reach: {got}"
    );
    assert_eq!(
        sanitise(source, &Options::default()).html,
        "<img data-kontor-blocked=\"cid\"><img data-kontor-blocked=\"unknown\">",
        "blocked where nobody serves parts"
    );
}

#[rstest]
#[case::one_by_one("<img src='https://a.si/p.gif' width=1 height='1'>", "a.si")]
#[case::zero("<img src='https://a.si/p.gif' style='width:0;height:0'>", "a.si")]
#[case::hidden(
    "<img src='https://a.si/p.gif' style='display:none !important'>",
    "a.si"
)]
#[case::known(
    "<img src='https://hrast.us1.list-manage.com/track/open.php?u=1'>",
    "Mailchimp"
)]
#[case::known_in_css(
    "<p style='background:url(https://u1.ct.sendgrid.net/wf/open?upn=1)'>a</p>",
    "SendGrid"
)]
fn trackers_never_load(#[case] source: &str, #[case] name: &str) {
    for options in [Options::default(), kept(), served()] {
        let got = sanitise(source, &options);
        assert_eq!(got.trackers, [name], "named");
        assert!(
            !got.html.contains("src="),
            "never loaded, whatever is allowed: {}",
            got.html
        );
        assert_eq!(got.blocked, 0, "not counted as an image");
        assert_eq!(got.remote.len(), 1, "but told");
    }
}

#[test]
fn spacers_are_no_trackers() {
    let got = sanitise("<img src='https://a.si/s.gif' width=1 height=20>", &kept());
    assert!(
        got.trackers.is_empty() && got.html.contains("src="),
        "{got:?}"
    );
}

#[test]
fn links_are_told_and_lies_marked() {
    let got = sanitise(
        "<a href='https://www.nlb.si/'>NLB</a> <a href='http://evil.example/x'><b>https://www.nlb.si</b></a> \
         <a href='mailto:ana@hrast.si'>Ana</a> <a href='#x'>gor</a> <a name=x>x</a>",
        &Options::default(),
    );
    let told: Vec<(&str, &str, bool)> = got
        .links
        .iter()
        .map(|l| (l.text.as_str(), l.href.as_str(), l.lies))
        .collect();
    assert_eq!(
        told,
        [
            ("NLB", "https://www.nlb.si/", false),
            ("https://www.nlb.si", "http://evil.example/x", true),
            ("Ana", "mailto:ana@hrast.si", false),
        ]
    );
    assert!(
        got.html.contains(
            "<a href=\"http://evil.example/x\" target=\"_blank\" data-kontor-lies=\"host\" rel="
        ),
        "{}",
        got.html
    );
    let forged = sanitise(
        "<a href='https://x.si/' data-kontor-lies=host>a</a>",
        &Options::default(),
    )
    .html;
    assert!(
        !forged.contains("lies"),
        "a sender cannot set the mark: {forged}"
    );
}

#[test]
fn removed_is_told_in_words() {
    let got = sanitise(
        "<script>1</script><b onclick=1>a</b><a href=javascript:1>b</a><form>c</form><img src=https://a.si/ width=1 height=1>",
        &Options::default(),
    );
    assert_eq!(
        got.removed,
        [
            "script",
            "event handler onclick",
            "link to javascript:",
            "form",
            "tracking pixel"
        ]
    );
    assert!(
        sanitise("<p style='mso-x:1'>a</p>", &Options::default())
            .removed
            .is_empty(),
        "harmless mail has nothing removed"
    );
}

#[test]
fn hostile_depth_shows_words() {
    let got = sanitise(
        &format!("{}varno{}", "<div>".repeat(20_000), "</div>".repeat(20_000)),
        &Options::default(),
    );
    assert_eq!(got.html, "<pre>varno</pre>");
    assert!(!got.removed.is_empty(), "and says so");
}

#[test]
fn hostile_attributes_show_words() {
    let many: String = (0..20_000).map(|n| format!(" a{n}")).collect();
    let got = sanitise(&format!("<svg><title><p{many}>varno"), &Options::default());
    assert_eq!(got.html, "<pre></pre>", "all of it stands in a title");
    let got = sanitise(&format!("<p{many}>varno</p>"), &Options::default());
    assert_eq!(got.html, "<pre>varno</pre>");
}

#[test]
fn links_around_links_hear_little() {
    let open = "<a href='https://x.si/'><object>".repeat(200);
    let text = "varno ".repeat(2_000);
    let got = sanitise(&format!("{open}{text}"), &Options::default());
    let heard: usize = got.links.iter().map(|l| l.text.len()).sum();
    assert_eq!(got.links.len(), 200, "each is told");
    assert!(heard < 10 * text.len(), "the text, not 200 times: {heard}");
    let lie =
        "<a href='https://evil.example/'><object><a><object><a><object>https://nlb.si</a></a></a>";
    assert!(
        sanitise(lie, &Options::default())
            .links
            .iter()
            .any(|l| l.lies),
        "links without a target hide nothing"
    );
}

#[test]
fn thousands_of_images_are_cut_off() {
    let images: String = (0..1_500)
        .map(|n| format!("<img src='https://x.si/{n}.png'>"))
        .collect();
    let got = sanitise(&images, &kept());
    assert_eq!(got.remote.len(), 1_000, "told");
    assert_eq!(got.html.matches("src=").count(), 1_000, "shown");
    assert_eq!(
        sanitise(&got.html, &kept()).html,
        got.html,
        "a second pass changes nothing"
    );
    let pixels: String = (0..1_500)
        .map(|n| format!("<img src='https://x{n}.si/a' width=1 height=1>"))
        .collect();
    let got = sanitise(&pixels, &kept());
    assert_eq!(got.trackers.len(), 1_000, "told");
    assert!(!got.html.contains("src="), "and none shown");
}

/// Pieces that attacks are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=x>", "<a href='https://x.si/'>", "</a>", "<table>", "<tr>", "<td>", "</td>",
            "</table>", "<svg>", "</svg>", "<math>", "</math>", "<mtext>", "<mglyph>", "<style>", "</style>", "<!--", "-->", "<script>", "</script>",
            "<title>", "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<template>", "</template>", "<select>", "<option>",
            "<form>", "</form>", "<img src=x onerror=alert(1)>", "<pre>", "</pre>", "\n", "<foreignObject>", "<desc>", "<annotation-xml encoding='text/html'>",
            "<body bgcolor=red>", "<html lang=sl>", "<frameset>", "<nobr>", "<font color=red>", "</font>", "<h1>", "</h1>", "<li>", "<ul>", "</ul>", "<button>",
            "<xmp>", "</xmp>", "<plaintext>", "<br>", "</br>", "<caption>", "<col>", "<colgroup>", "<center>", "<p style='color:red;background:url(//x)'>",
            "\"", "'", ">", "<", "&lt;", "&amp;", "&nbsp;", "]]>", "<![CDATA[", "<?x?>", "\0", "<dd>", "<dt>", "<applet>", "<marquee>", "<object>",
            "<img src='https://x.si/a'>", "p{color:red}", "@media print{", "}", "url(", "\\", "/*", "*/", "<details>", "<summary>", "<area href='https://x.si'>", "<map name=a>",
        ]).prop_map(str::to_owned),
        1 => "[a-z <>&\"'/=;:!-]{0,12}",
        1 => ".{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_becomes_safe_and_stands_still(pieces in proptest::collection::vec(piece(), 0..24)) {
        let source = pieces.concat();
        for (options, remote) in [(Options::default(), Remote::None), (kept(), Remote::Images)] {
            let once = sanitise(&source, &options).html;
            prop_assert_eq!(problems(&once, remote), Vec::<String>::new(), "of {:?}", &source);
            let twice = sanitise(&once, &options).html;
            prop_assert_eq!(&twice, &once, "second pass over {:?}", &source);
        }
        // The other doors never panic either.
        let text = html::to_text(&source);
        prop_assert!(text.len() <= source.len().saturating_mul(4), "text does not grow");
        let page = html::document(&sanitise(&source, &Options::default()).html, true);
        prop_assert!(page.ends_with("</body></html>"));
    }

    #[test]
    fn styles_stand_still(css in "[a-z0-9#%().,:;{}@!\"'/*\\\\ \\-<>]{0,80}") {
        let source = format!("<style>{css}</style><p style=\"{}\">a</p>", css.replace('"', "&quot;"));
        let once = sanitise(&source, &Options::default()).html;
        prop_assert_eq!(problems(&once, Remote::None), Vec::<String>::new(), "of {:?}", &source);
        prop_assert_eq!(sanitise(&once, &Options::default()).html, once);
    }
}
