//! The pages of a file, with what they show and what they show it with.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::file::File;
use crate::object::{Dict, Object};

/// Branches within branches.
const DEPTH: usize = 16;
/// Branches and pages looked at.
const NODES: usize = 2000;
/// Streams that make up one page.
const CONTENTS: usize = 64;

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) resources: Rc<Dict>,
    /// Its program, put together.
    pub(crate) program: Vec<u8>,
}

/// The first pages, by the tree of the catalogue (7.7.3); where that leads to none, whatever says that it is a page.
pub(crate) fn pages<'f>(file: &'f File<'_>, most: usize) -> impl Iterator<Item = Page> + use<'f> {
    let mut walk = Walk {
        file,
        seen: BTreeSet::new(),
        nodes: 0,
        found: Vec::new(),
        most,
    };
    let root = file
        .catalog()
        .and_then(|c| c.get(b"Pages".as_slice()).cloned());
    if let Some(root) = root {
        walk.node(&root, &Rc::default(), DEPTH);
    }
    if walk.found.is_empty() {
        walk.loose();
    }
    // One at a time: only the one that is read has its program in memory.
    let found = walk.found.into_iter();
    found.filter_map(|(dict, resources)| page(file, &dict, resources))
}

struct Walk<'f, 'a> {
    file: &'f File<'a>,
    seen: BTreeSet<u32>,
    nodes: usize,
    found: Vec<(Dict, Rc<Dict>)>,
    most: usize,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Object, inherited: &Rc<Dict>, depth: usize) {
        let Some(deeper) = depth.checked_sub(1) else {
            return;
        };
        if let Object::Ref(number) = node
            && !self.seen.insert(*number)
        {
            return;
        }
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES || self.found.len() >= self.most {
            return;
        }
        let Some(Object::Dict(dict)) = self.file.follow(node) else {
            return;
        };
        let own = self.file.dict(&dict, "Resources");
        let resources = own.map_or_else(|| Rc::clone(inherited), Rc::new);
        match self.file.get(&dict, "Kids") {
            Some(Object::Array(kids)) => {
                for kid in &kids {
                    self.node(kid, &resources, deeper);
                }
            }
            _ => self.found.push((dict, resources)),
        }
    }

    /// A file that is cut off has lost its catalogue, but not its pages.
    fn loose(&mut self) {
        let numbers: Vec<u32> = self.file.numbers().collect();
        for number in numbers {
            if self.found.len() >= self.most || self.file.work.is_done() {
                return;
            }
            let Some(Object::Dict(dict)) = self.file.object(number) else {
                continue;
            };
            if dict.get(b"Type".as_slice()).and_then(Object::name) == Some(b"Page") {
                let resources = Rc::new(self.inherited(&dict));
                self.found.push((dict, resources));
            }
        }
    }

    fn inherited(&self, page: &Dict) -> Dict {
        let mut dict = Some(page.clone());
        for _ in 0..DEPTH {
            let Some(here) = dict else { break };
            if let Some(found) = self.file.dict(&here, "Resources") {
                return found;
            }
            dict = self.file.dict(&here, "Parent");
        }
        Dict::new()
    }
}

fn page(file: &File<'_>, dict: &Dict, resources: Rc<Dict>) -> Option<Page> {
    let contents = dict.get(b"Contents".as_slice())?;
    let streams = match contents {
        Object::Ref(number) => match file.object(*number) {
            Some(Object::Array(streams)) => streams,
            _ => vec![contents.clone()],
        },
        Object::Array(streams) => streams.clone(),
        _ => return None,
    };
    let mut program = Vec::new();
    for stream in streams.iter().take(CONTENTS) {
        let Object::Ref(number) = stream else {
            continue;
        };
        let Some(bytes) = file.stream(*number).and_then(|s| file.unpack(&s)) else {
            continue;
        };
        program.extend(bytes);
        program.push(b'\n');
    }
    Some(Page { resources, program })
}
