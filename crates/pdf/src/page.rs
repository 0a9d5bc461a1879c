//! The texts a page shows, in the order it shows them, with a space or a line's end where the pen has moved away.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::MOST_TEXT;
use crate::file::File;
use crate::font::Font;
use crate::lexer::Lexer;
use crate::matrix::Matrix;
use crate::object::{Dict, Object};
use crate::pages::Page;

/// Forms within forms.
const DEPTH: usize = 6;
/// States put aside.
const ASIDE: usize = 64;
/// Values before the word that takes them.
const VALUES: usize = 64;
/// Fonts remembered; a page that names more reads them again.
const FONTS: usize = 256;
/// A gap is a space from here on, of the letters' size; kerning stays below.
const SPACE: f64 = 0.18;
/// Lines are no nearer, of the letters' size: what is raised or lowered stays on its line.
const LINE: f64 = 0.45;

/// What was shown so far.
pub(crate) struct Shown<'f, 'a> {
    file: &'f File<'a>,
    text: String,
    fonts: BTreeMap<u32, Rc<Font>>,
    last: Option<End>,
}

/// Where the last letter ended.
#[derive(Clone, Copy)]
struct End {
    x: f64,
    y: f64,
    /// The widths of its letters are known, or it is a letter or two.
    sure: bool,
}

/// What words of a page change, and put aside and take back.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    between_letters: f64,
    between_words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// What a program names, looked up once.
#[derive(Default)]
struct Resources {
    fonts: Dict,
    forms: Dict,
    known: RefCell<BTreeMap<Vec<u8>, Option<Rc<Font>>>>,
}

/// One program that is followed.
struct Run {
    resources: Rc<Resources>,
    state: State,
    aside: Vec<State>,
    line: Matrix,
    /// How far the pen is on the line.
    x: f64,
    depth: usize,
}

impl<'f, 'a> Shown<'f, 'a> {
    pub(crate) fn new(file: &'f File<'a>) -> Self {
        Self {
            file,
            text: String::new(),
            fonts: BTreeMap::new(),
            last: None,
        }
    }

    /// Follows a page.
    pub(crate) fn page(&mut self, page: &Page) {
        let state = State {
            page: Matrix::ONE,
            font: None,
            size: 1.0,
            between_letters: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        self.last = None;
        let resources = self.resources(&page.resources);
        self.follow(&page.program, resources, state, DEPTH);
        self.line_end();
    }

    /// True when nothing more is read.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= MOST_TEXT || self.file.work.is_done()
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn resources(&self, dict: &Dict) -> Rc<Resources> {
        Rc::new(Resources {
            fonts: self.file.dict(dict, "Font").unwrap_or_default(),
            forms: self.file.dict(dict, "XObject").unwrap_or_default(),
            known: RefCell::default(),
        })
    }

    fn follow(&mut self, program: &[u8], resources: Rc<Resources>, state: State, depth: usize) {
        let mut run = Run {
            resources,
            state,
            aside: Vec::new(),
            line: Matrix::ONE,
            x: 0.0,
            depth,
        };
        let mut lexer = Lexer::program(program, &self.file.work);
        let mut values: Vec<Object> = Vec::new();
        while let Some(value) = lexer.value() {
            let Object::Word(word) = value else {
                if values.len() < VALUES {
                    values.push(value);
                }
                continue;
            };
            if word == b"ID" {
                skip_picture(&mut lexer, program);
            } else {
                self.step(&mut run, &word, &values);
            }
            values.clear();
            if self.is_full() {
                return;
            }
        }
    }

    fn step(&mut self, run: &mut Run, word: &[u8], values: &[Object]) {
        match (word, values) {
            (b"Tf", [Object::Name(name), size]) => {
                run.state.size = size.number().unwrap_or(1.0);
                run.state.font = self.font(&run.resources, name);
            }
            (b"Tj", [Object::Text(text)]) => self.show(run, text),
            (b"'", [Object::Text(text)]) => {
                run.next_line();
                self.show(run, text);
            }
            (b"\"", [words, letters, Object::Text(text)]) => {
                run.state.between_words = words.number().unwrap_or(0.0);
                run.state.between_letters = letters.number().unwrap_or(0.0);
                run.next_line();
                self.show(run, text);
            }
            (b"TJ", [Object::Array(pieces)]) => {
                for piece in pieces {
                    match piece {
                        Object::Text(text) => self.show(run, text),
                        Object::Number(back) => run.kern(*back),
                        _ => {}
                    }
                }
            }
            (b"Do", [Object::Name(name)]) => self.form(run, name),
            (_, numbers) => run.word(word, numbers),
        }
    }

    /// A form is a page within the page. Pictures are passed over.
    fn form(&mut self, run: &Run, name: &[u8]) {
        let Some(deeper) = run.depth.checked_sub(1) else {
            return;
        };
        let Some(Object::Ref(number)) = run.resources.forms.get(name) else {
            return;
        };
        let is_form =
            |dict: &Dict| dict.get(b"Subtype".as_slice()).and_then(Object::name) == Some(b"Form");
        let Some(form) = self.file.stream(*number).filter(|form| is_form(&form.dict)) else {
            return;
        };
        let Some(program) = self.file.unpack(&form) else {
            return;
        };
        let mut state = run.state.clone();
        if let Some(Object::Array(matrix)) = self.file.get(&form.dict, "Matrix")
            && let Some(matrix) = Matrix::read(&matrix)
        {
            state.page = matrix.then(state.page);
        }
        let own = self.file.dict(&form.dict, "Resources");
        let resources = own.map_or_else(|| Rc::clone(&run.resources), |own| self.resources(&own));
        self.follow(&program, resources, state, deeper);
    }

    fn font(&mut self, resources: &Resources, name: &[u8]) -> Option<Rc<Font>> {
        if let Some(known) = resources.known.borrow().get(name) {
            return known.clone();
        }
        let font = resources
            .fonts
            .get(name)
            .and_then(|font| self.read_font(font));
        let known = (name.to_vec(), font.clone());
        resources.known.borrow_mut().extend([known]);
        font
    }

    fn read_font(&mut self, font: &Object) -> Option<Rc<Font>> {
        let number = match font {
            Object::Ref(number) => Some(*number),
            _ => None,
        };
        if let Some(known) = number.and_then(|n| self.fonts.get(&n)) {
            return Some(Rc::clone(known));
        }
        let Object::Dict(dict) = self.file.follow(font)? else {
            return None;
        };
        let font = Rc::new(Font::read(self.file, &dict));
        if let Some(number) = number {
            if self.fonts.len() >= FONTS {
                self.fonts.clear();
            }
            self.fonts.insert(number, Rc::clone(&font));
        }
        Some(font)
    }

    fn show(&mut self, run: &mut Run, bytes: &[u8]) {
        let Some(font) = run.state.font.clone() else {
            return;
        };
        let mut letters = String::new();
        let (mut width, mut count) = (0.0, 0_usize);
        let state = &run.state;
        font.letters(bytes, &mut letters, |shape| {
            let space = if shape.is_space {
                state.between_words
            } else {
                0.0
            };
            width += shape.width / 1000.0 * state.size + state.between_letters + space;
            count = count.saturating_add(1);
        });
        if self.file.work.bytes(letters.len()).is_none() {
            return;
        }
        let place = run.place();
        let (x, y) = place.at(run.x);
        run.x += width * run.state.stretch;
        self.part(&place, run.state.size, (x, y));
        let (x, y) = place.at(run.x);
        // What is guessed is near enough only for a letter or two.
        let sure = font.is_measured() || count <= 2;
        self.last = Some(End { x, y, sure });
        let room = letters.floor_char_boundary(MOST_TEXT.saturating_sub(self.text.len()));
        self.text.push_str(letters.get(..room).unwrap_or_default());
    }

    /// Puts a space or a line's end between what ended and what begins at a place.
    fn part(&mut self, place: &Matrix, size: f64, (x, y): (f64, f64)) {
        let Some(end) = self.last else { return };
        let Matrix([a, b, c, d, _, _]) = place;
        let (along, high) = (a.hypot(*b), c.hypot(*d));
        if along < f64::EPSILON {
            return;
        }
        let (dx, dy) = (x - end.x, y - end.y);
        let gap = (dx * a + dy * b) / along;
        let off = (dx * b - dy * a) / along;
        let (wide, high) = (along * size.abs(), high * size.abs());
        if off.abs() > LINE * high {
            self.line_end();
        } else if gap > SPACE * wide || gap < -wide || (!end.sure && gap.abs() > 0.05 * wide) {
            self.space();
        }
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    fn line_end(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

impl Run {
    /// Words that show nothing, but say where and how (ISO 32000-1, 8.4 and 9.3).
    fn word(&mut self, word: &[u8], values: &[Object]) {
        let number = |n: usize| values.get(n).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"q" if self.aside.len() < ASIDE => self.aside.push(self.state.clone()),
            b"Q" => {
                if let Some(before) = self.aside.pop() {
                    self.state = before;
                }
            }
            b"cm" => {
                if let Some(matrix) = Matrix::read(values) {
                    self.state.page = matrix.then(self.state.page);
                }
            }
            b"BT" => self.begin(Matrix::ONE),
            b"Tm" => {
                if let Some(matrix) = Matrix::read(values) {
                    self.begin(matrix);
                }
            }
            b"Td" => self.moves(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.moves(number(0), number(1));
            }
            b"T*" => self.next_line(),
            b"TL" => self.state.leading = number(0),
            b"Tc" => self.state.between_letters = number(0),
            b"Tw" => self.state.between_words = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"Ts" => self.state.rise = number(0),
            _ => {}
        }
    }

    fn begin(&mut self, line: Matrix) {
        self.line = line;
        self.x = 0.0;
    }

    fn moves(&mut self, x: f64, y: f64) {
        self.begin(Matrix::moved(x, y).then(self.line));
    }

    fn next_line(&mut self) {
        self.moves(0.0, -self.state.leading);
    }

    fn kern(&mut self, back: f64) {
        self.x -= back / 1000.0 * self.state.size * self.state.stretch;
    }

    /// The line on the page.
    fn place(&self) -> Matrix {
        let raised = Matrix::moved(0.0, self.state.rise);
        raised.then(self.line).then(self.state.page)
    }
}

/// A picture within a program ends with `EI` between spaces.
fn skip_picture(lexer: &mut Lexer<'_>, program: &[u8]) {
    let rest = program.get(lexer.at..).unwrap_or_default();
    let end = memchr::memmem::find_iter(rest, b"EI").find(|at| {
        let before = at.checked_sub(1).and_then(|n| rest.get(n));
        let behind = rest.get(at.saturating_add(2));
        before.is_some_and(u8::is_ascii_whitespace) && behind.is_none_or(u8::is_ascii_whitespace)
    });
    lexer.at = lexer
        .at
        .saturating_add(end.map_or(rest.len(), |at| at.saturating_add(2)));
}
