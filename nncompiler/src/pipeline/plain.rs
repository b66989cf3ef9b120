//! Losses and optimizers for people, with the plain defaults of their settings and in general: from the stated
//! function on, the same way once more, on a copy of the program.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::{Compiler, Mode, Snapshot, simplify};
use crate::explain::{self, Explanation, Explanations, brief, one_hot, plain_defaults};
use crate::frontend::resolved::{Loss, LossType, NetworkLoss, Optimizer};
use crate::ir::function::{Function, Holder, Program};
use crate::ir::pattern::Tables;
use crate::lower::optimizer::{Functions, StateSettings};
use crate::rewrite::settings;
use crate::rewrite::simplify::Simplifier;
use crate::schedule::{fuse, partition};

/// A loss of one sample, with the plain defaults of its settings if there are such, and in general.
pub fn loss(
    loss: &Loss,
    parts: usize,
    program: &Program,
    stated: &Function,
    tables: &Tables,
) -> Explanations {
    explanations(program, tables, &plain_defaults(defaults(&loss.of)), |compiler, numbers| {
        let stated = compiler.loss_with_numbers(stated, numbers);
        let function = compiler.loss_of_sample(stated.clone(), parts);
        let functions = compiler.for_people(function);
        explain::loss(loss, numbers, &compiler.program, &stated, &functions)
    })
}

/// A loss of one network, with the plain defaults of its settings if there are such, and in general.
pub fn network_loss(
    loss: &NetworkLoss,
    program: &Program,
    stated: &Function,
    tables: &Tables,
) -> Explanations {
    explanations(program, tables, &plain_defaults(defaults(&loss.of)), |compiler, numbers| {
        let stated = compiler.loss_with_numbers(stated, numbers);
        let mut function = compiler.loss_over_batch(loss, stated.clone());
        for port in &mut function.outputs[1..] {
            port.holder = Holder::Slice;
        }
        let functions = compiler.for_people(function);
        explain::network_loss(loss, numbers, &compiler.program, &stated, &functions)
    })
}

/// A step of one parameter, with the plain defaults of its settings, if there are such, without the states that are
/// not kept then, and in general.
pub fn optimizer(
    optimizer: &Optimizer,
    program: &Program,
    functions: &Functions,
    tables: &Tables,
) -> Explanations {
    let defaults = optimizer.settings.iter().map(|setting| (&setting.name, setting.default));
    explanations(program, tables, &plain_defaults(defaults), |compiler, numbers| {
        let settings = compiler.with_numbers(&functions.settings, numbers);
        let graph = &compiler.program.graph;
        let is_kept = |state: &StateSettings| {
            let says_no = |array| {
                settings.writes_of(array).any(|one| graph.as_constant(one.value) == Some(0.0))
            };
            !state.is_kept.is_some_and(says_no)
        };
        // The parameter, and the states.
        let kept: Vec<bool> =
            [true].into_iter().chain(functions.states.iter().map(is_kept)).collect();
        let mut step = functions.step.clone();
        let mut kept = kept.into_iter();
        step.outputs.retain(|_| kept.next().unwrap_or(true));
        let step = compiler.with_numbers(&step, numbers);
        explain::optimizer::optimizer(optimizer, numbers, &compiler.program, &step)
    })
}

fn defaults(of: &LossType) -> impl Iterator<Item = (&Ident, f64)> {
    of.settings.iter().map(|setting| (&setting.name, setting.default))
}

/// What is explained, on copies of the program, given plain defaults and given none.
fn explanations(
    program: &Program,
    tables: &Tables,
    defaults: &BTreeMap<String, f64>,
    mut explain: impl FnMut(&mut Compiler, &BTreeMap<String, f64>) -> Explanation,
) -> Explanations {
    let mut given = |numbers: &BTreeMap<String, f64>| {
        let mut unseen = |_: Snapshot| {};
        let mut compiler = Compiler::new(tables, Mode::Recognised, &mut unseen);
        compiler.program = program.clone();
        explain(&mut compiler, numbers)
    };
    let plain = (!defaults.is_empty()).then(|| given(defaults));
    Explanations { plain, general: given(&BTreeMap::new()) }
}

impl Compiler<'_> {
    /// A stated function with numbers in place of settings.
    fn with_numbers(&mut self, stated: &Function, numbers: &BTreeMap<String, f64>) -> Function {
        let mut stated = stated.clone();
        if numbers.is_empty() {
            return stated;
        }
        settings::replace(&mut self.program, &mut stated, numbers);
        let mut stated = self.stated("plain", stated);
        fuse::propagate_copies(&mut self.program, &mut stated);
        stated
    }

    /// The same of a loss, without what the numbers have made constant: how often a sample counts need not be said
    /// if that is once.
    fn loss_with_numbers(
        &mut self,
        stated: &Function,
        numbers: &BTreeMap<String, f64>,
    ) -> Function {
        let mut stated = self.with_numbers(stated, numbers);
        if numbers.is_empty() {
            return stated;
        }
        let is_one = |id| self.program.graph.as_constant(id) == Some(1.0);
        let says_once = |samples| stated.writes_of(samples).all(|one| is_one(one.value));
        if stated.outputs.get(1).is_some_and(|port| says_once(port.array)) {
            stated.outputs.truncate(1);
        }
        brief::propagate_constants(&mut self.program, &mut stated);
        let rewrites = self.tables.algebra.iter().chain(&self.tables.reading);
        simplify(&mut self.program, &mut stated, &mut Simplifier::new(rewrites, &[]));
        brief::take_over_copies(&self.program, &mut stated);
        stated
    }

    /// A loss's value, and its gradient as people would write it: without arrays that one equation reads, and what
    /// is scattered to a class beside what is added to all.
    fn for_people(&mut self, function: Function) -> [Function; 2] {
        let Self { program, tables, .. } = self;
        let [forward, mut backward] = partition::partition(program, function);
        fuse::propagate_copies(program, &mut backward);
        one_hot::write(program, &forward, &mut backward);
        brief::inline_short_maps(program, &mut backward);
        fuse::merge_contributions(program, &mut backward);
        let rewrites = tables.algebra.iter().chain(&tables.reading);
        simplify(program, &mut backward, &mut Simplifier::new(rewrites, &[]));
        [forward, backward]
    }
}
