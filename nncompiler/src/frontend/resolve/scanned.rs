//! What the scans of a definition make, and how far apart from each step they read it.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use crate::frontend::syntax::{Assignment, ScanBlock};
use crate::ir::function::Scan;
use crate::ir::index::{Extent, Index};

/// The scans of a definition.
#[derive(Default)]
pub struct Scans {
    /// Those around the statement at hand, the outermost first, each with its index.
    pub around: Vec<(ScanBlock, Scan)>,
    /// What they make, by name.
    pub members: BTreeMap<String, Member>,
    /// Whether each runs from the end, as far as what it reads says so.
    pub directions: BTreeMap<ScanBlock, bool>,
}

/// An array that a scan makes.
pub struct Member {
    /// The scans around its statement, the outermost first.
    pub scans: Vec<ScanBlock>,
    /// Which of its axes each of them runs over, if there is one.
    pub axes: Vec<Option<usize>>,
    /// Of each axis, how many elements it has before those that are made, and how many behind them.
    pub beside: Vec<[usize; 2]>,
    /// Whether its statement stands above the one at hand.
    pub is_made: bool,
}

/// An array that a scan reads at other steps.
pub struct Carried {
    /// Of each axis, the elements that the scan makes, and how many stand before them.
    pub axes: Vec<(Extent, usize)>,
}

/// Whether a scan has made an element where it is read.
#[derive(Clone, Copy, PartialEq)]
pub enum Made {
    Before,
    /// It makes it in a later step of the scan at a level, which runs from the end or not.
    Behind {
        level: usize,
        is_reverse: bool,
    },
    Unknown,
}

impl Scans {
    /// The scans around the statement at hand, the outermost first.
    pub fn indices(&self) -> Vec<Scan> {
        self.around.iter().map(|(_, scan)| *scan).collect()
    }

    /// Their indices by name.
    pub fn named(&self) -> impl Iterator<Item = (String, Index)> {
        self.around.iter().map(|(block, scan)| (block.index.to_string(), scan.index))
    }

    /// Whether the statement that makes an array does not make one element at each step, which is
    /// reported there.
    pub fn is_broken(&self, array: &Ident) -> bool {
        self.members.get(&array.to_string()).is_some_and(|member| member.axes.contains(&None))
    }

    /// The statement at hand has been read.
    pub fn made(&mut self, assignment: &Assignment) {
        let member = self.members.get_mut(&assignment.target.to_string());
        if let Some(member) = member.filter(|member| member.scans == assignment.scans) {
            member.is_made = true;
        }
    }
}

impl Member {
    /// How many scans are around its statement as well as around another one.
    pub fn shared(&self, scans: &[ScanBlock]) -> usize {
        self.scans.iter().zip(scans).take_while(|(own, other)| own == other).count()
    }

    pub fn is_carried(&self) -> bool {
        self.beside.iter().any(|beside| *beside != [0, 0])
    }
}

/// Whether a statement gives the first values of what a scan below it makes.
pub fn gives_first_values(assignment: &Assignment, all: &[Assignment]) -> bool {
    all.iter().any(|one| one.target == assignment.target && is_inside(one, assignment))
}

/// Whether a statement stands in more scans than another one, and in all of its.
fn is_inside(one: &Assignment, other: &Assignment) -> bool {
    one.scans.len() > other.scans.len() && one.scans.starts_with(&other.scans)
}
