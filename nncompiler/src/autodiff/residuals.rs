//! The smallest set of forward arrays that the backward program must find saved.
//!
//! A derivative can often be written in two forms: in terms of what its statement read, or of what
//! it made (tanh′ = 1 − y²). The choices hang together, for what one derivative needs saved another
//! may read for nothing: here they are made for the whole program at once.

use std::collections::{BTreeSet, HashMap};

use crate::ir::expression::Id;
use crate::ir::function::{Program, Statement};
use crate::ir::index::ArrayId;

/// Two forms of a backward statement's value; the first one is the cheaper to compute.
pub struct Choice {
    /// Which statement.
    pub statement: usize,
    pub forms: [Id; 2],
}

/// Gives each statement the form with which all of them together read the fewest scalars.
///
/// `kept` are the arrays that have to be saved if a backward statement reads them.
pub fn choose(
    program: &Program,
    kept: &BTreeSet<ArrayId>,
    backward: &mut [Statement],
    choices: &[Choice],
) {
    let mut chosen = Chosen::new(program, kept, backward, choices);
    chosen.improve(program);
    for (choice, form) in choices.iter().zip(chosen.forms) {
        backward[choice.statement].value = choice.forms[form];
    }
}

struct Chosen {
    /// For each choice, the arrays that each form reads.
    reads: Vec<[Vec<ArrayId>; 2]>,
    /// For each array, the choices of which one form reads it.
    choices: HashMap<ArrayId, BTreeSet<usize>>,
    forms: Vec<usize>,
    /// How many statements read each array.
    readers: HashMap<ArrayId, usize>,
}

impl Chosen {
    fn new(
        program: &Program,
        kept: &BTreeSet<ArrayId>,
        backward: &[Statement],
        choices: &[Choice],
    ) -> Self {
        let saved_by = |value: Id| saved_by(program, kept, value);
        let reads: Vec<_> = choices.iter().map(|choice| choice.forms.map(saved_by)).collect();
        let open: BTreeSet<usize> = choices.iter().map(|choice| choice.statement).collect();
        let mut readers = HashMap::new();
        let fixed = backward.iter().enumerate().filter(|(at, _)| !open.contains(at));
        for array in fixed.flat_map(|(_, statement)| saved_by(statement.value)) {
            *readers.entry(array).or_default() += 1;
        }
        let mut by_array: HashMap<ArrayId, BTreeSet<usize>> = HashMap::new();
        for (choice, forms) in reads.iter().enumerate() {
            for &array in forms.iter().flatten() {
                by_array.entry(array).or_default().insert(choice);
            }
        }
        let forms = vec![0; choices.len()];
        let mut chosen = Self { reads, choices: by_array, forms, readers };
        for choice in 0..choices.len() {
            chosen.count(choice, 1);
        }
        chosen
    }

    /// Adds a choice's present form to the readers, or takes it away.
    fn count(&mut self, choice: usize, by: isize) {
        for &array in &self.reads[choice][self.forms[choice]] {
            let readers = self.readers.entry(array).or_default();
            *readers = readers.saturating_add_signed(by);
        }
    }

    fn flip(&mut self, choices: &[usize]) {
        for &choice in choices {
            self.count(choice, -1);
            self.forms[choice] = 1 - self.forms[choice];
            self.count(choice, 1);
        }
    }

    /// Drops arrays, as long as that makes the whole smaller.
    fn improve(&mut self, program: &Program) {
        let mut arrays: Vec<ArrayId> = self.readers.keys().copied().collect();
        arrays.sort_unstable();
        let mut total = self.total(program);
        let mut improved = true;
        while improved {
            improved = false;
            for &array in &arrays {
                let without = self.forms_without(array);
                if without.is_empty() {
                    continue;
                }
                self.flip(&without);
                let now = self.total(program);
                if now < total {
                    (total, improved) = (now, true);
                } else {
                    self.flip(&without);
                }
            }
        }
    }

    /// The choices whose present form reads an array, and whose other one does not.
    fn forms_without(&self, array: ArrayId) -> Vec<usize> {
        let reads = |choice: usize, form: usize| self.reads[choice][form].contains(&array);
        let form = |choice: usize| self.forms[choice];
        let all = self.choices.get(&array).into_iter().flatten().copied();
        all.filter(|&one| reads(one, form(one)) && !reads(one, 1 - form(one))).collect()
    }

    /// Scalars that are saved for each sample.
    fn total(&self, program: &Program) -> usize {
        let saved = self.readers.iter().filter(|(_, readers)| **readers > 0);
        saved.map(|(&array, _)| program.array(array).width()).sum()
    }
}

/// The arrays that a value needs saved.
fn saved_by(program: &Program, kept: &BTreeSet<ArrayId>, value: Id) -> Vec<ArrayId> {
    let elements = program.graph.elements(value).into_iter().map(|(_, access)| access.array);
    let mut arrays: Vec<ArrayId> = elements.filter(|array| kept.contains(array)).collect();
    arrays.sort_unstable();
    arrays.dedup();
    arrays
}
