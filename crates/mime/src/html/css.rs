//! Style sheets and inline styles, token by token: what is not known to be harmless is left out.
//!
//! Read with a tokenizer of the CSS Syntax standard, so escapes (`\75rl(`), comments in words and broken strings mean
//! here what they mean to the engine that renders; written anew, never copied.

mod tables;
mod value;

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, StyleSheetParser,
};

pub(crate) use value::Role;

/// Gives each image address its fate: the address to write, or `None` to block it.
pub(crate) type Images<'a> = dyn FnMut(&str) -> Option<String> + 'a;

/// Gives each colour (red, green, blue, alpha 0–1) another one.
pub(crate) type Colours<'a> = dyn Fn(Role, [u8; 3]) -> [u8; 3] + 'a;

/// What happens to CSS on its way through.
pub(crate) struct Cleaner<'a> {
    /// Asked for each `url()` of a property that may show an image.
    pub(crate) images: &'a mut Images<'a>,
    /// Asked for each colour; `None` leaves them as written.
    pub(crate) colours: Option<&'a Colours<'a>>,
    /// What was dangerous and left out, in words.
    pub(crate) removed: Vec<String>,
}

impl<'a> Cleaner<'a> {
    pub(crate) fn new(images: &'a mut Images<'a>) -> Self {
        Self {
            images,
            colours: None,
            removed: Vec::new(),
        }
    }

    fn remove(&mut self, what: String) {
        if !self.removed.contains(&what) {
            self.removed.push(what);
        }
    }

    /// Cleans the content of a `style` attribute.
    pub(crate) fn declarations(&mut self, css: &str) -> String {
        let mut parser = Parser::new(css);
        self.block(&mut parser)
    }

    /// Cleans a style sheet.
    pub(crate) fn sheet(&mut self, css: &str) -> String {
        let mut parser = Parser::new(css);
        self.rules(&mut parser)
    }

    /// Cleans a media query list, as the `media` attribute holds it; `None` when it has to go.
    pub(crate) fn media(&mut self, query: &str) -> Option<String> {
        let mut parser = Parser::new(query);
        value::prelude(&mut parser).ok()
    }

    fn block(&mut self, input: &mut Parser<'_>) -> String {
        let mut body = Body(self);
        let declarations: Vec<String> = RuleBodyParser::new(input, &mut body).flatten().collect();
        declarations.join(";")
    }

    fn rules(&mut self, input: &mut Parser<'_>) -> String {
        let mut sheet = Sheet(self);
        StyleSheetParser::new(input, &mut sheet)
            .flatten()
            .collect::<String>()
    }
}

/// The error of a rule or declaration that is left out; what it was is told by [`Cleaner::removed`].
type Failed = ParseError<()>;

fn fail<T>() -> Result<T, Failed> {
    Err(ParseError::unexpected_token())
}

/// Reads declarations.
struct Body<'c, 'a>(&'c mut Cleaner<'a>);

impl<'i> DeclarationParser<'i> for Body<'_, '_> {
    type Declaration = String;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _start: &ParserState,
    ) -> Result<String, Failed> {
        let name = name.to_ascii_lowercase();
        if tables::DANGEROUS.contains(&name.as_str()) {
            self.0.remove(format!("style: {name}"));
            return fail();
        }
        let custom = name.starts_with("--")
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !custom && !tables::is_property(&name) {
            // Word alone writes hundreds of its own; they are no news.
            return fail();
        }
        let value = value::value(self.0, &name, input)?;
        if value.is_empty() {
            return fail();
        }
        if name == "position"
            && !value.starts_with("static")
            && !value.starts_with("relative")
            && !value.starts_with("absolute")
        {
            self.0.remove(format!("style: position: {value}"));
            return fail();
        }
        Ok(format!("{name}:{value}"))
    }
}

impl AtRuleParser<'_> for Body<'_, '_> {
    type Prelude = ();
    type AtRule = String;
    type Error = ();
}

impl QualifiedRuleParser<'_> for Body<'_, '_> {
    type Prelude = ();
    type QualifiedRule = String;
    type Error = ();
}

impl RuleBodyItemParser<'_, String, ()> for Body<'_, '_> {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

/// Reads rules.
struct Sheet<'c, 'a>(&'c mut Cleaner<'a>);

impl<'i> QualifiedRuleParser<'i> for Sheet<'_, '_> {
    type Prelude = String;
    type QualifiedRule = String;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, Failed> {
        value::selectors(input)
    }

    fn parse_block(
        &mut self,
        selectors: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Failed> {
        let body = self.0.block(input);
        if body.is_empty() || selectors.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("{selectors}{{{body}}}\n"))
    }
}

impl<'i> AtRuleParser<'i> for Sheet<'_, '_> {
    type Prelude = String;
    type AtRule = String;
    type Error = ();

    fn parse_prelude(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
    ) -> Result<String, Failed> {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "media" | "supports" | "keyframes" | "-webkit-keyframes" => {
                let prelude = value::prelude(input)?;
                Ok(format!("@{name} {prelude}"))
            }
            "import" | "font-face" | "namespace" => {
                // What it names is remote content too, even though it is never shown.
                value::addresses(input, self.0.images);
                self.0.remove(format!("style: @{name}"));
                fail()
            }
            _ => fail(),
        }
    }

    fn parse_block(
        &mut self,
        prelude: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Failed> {
        let body = self.0.rules(input);
        if body.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("{prelude}{{\n{body}}}\n"))
    }
}
