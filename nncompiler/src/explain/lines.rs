//! A function's statements as lines: those of scans in loops, and long ones with their parts below.

use std::collections::{BTreeSet, HashMap};

use super::notation::Notation;
use super::statements::Statements;
use super::view::View;
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{BATCH, Scan, Statement};
use crate::ir::index::{Access, ArrayId};
use crate::ir::print::Binding;
use crate::ir::reduction::Reduction;

/// The letters of a line, beyond which what it writes more than once gets a name.
const LONGEST_LINE: usize = 100;

/// A line, and the statement that it is.
pub type Line<'f> = (String, Option<&'f Statement>);

impl View<'_> {
    /// The layer's statements in a function; reductions of forward inside them stand where they are
    /// read, and what fills an array before stands behind what writes it.
    pub fn statements<'f>(&self, function: &Statements<'f>) -> impl Iterator<Item = &'f Statement> {
        let own = function.of_layer(self.layer).iter().copied();
        own.filter(|one| !self.is_temporary(one.target.array) && !self.says_nothing(function, one))
    }

    /// Whether a statement fills an array before others write some of its elements, or gives some the same number.
    fn says_nothing(&self, function: &Statements, statement: &Statement) -> bool {
        let fill = function.writes_of(statement.target.array).first();
        let fill = fill.filter(|one| self.is_fill(function, one));
        fill.is_some_and(|fill| fill.value == statement.value)
    }

    /// Whether a statement gives all elements of an array a number, before others write some of them.
    fn is_fill(&self, function: &Statements, statement: &Statement) -> bool {
        let is_constant = self.program.graph.as_constant(statement.value).is_some();
        let writes = function.writes_of(statement.target.array);
        let is_first = matches!(writes, [first, _, ..] if std::ptr::eq(*first, statement));
        is_constant && !statement.accumulate && is_first
    }

    /// The number of the elements that the first statement after a fill does not write.
    fn filled_with(&self, function: &Statements, statement: &Statement) -> Option<f64> {
        let writes = function.writes_of(statement.target.array);
        let fill = writes.first().filter(|first| self.is_fill(function, first))?;
        let next = writes.iter().find(|one| one.value != fill.value);
        let is_next = next.is_some_and(|next| std::ptr::eq(*next, statement));
        let number = self.program.graph.as_constant(fill.value)?;
        // A sum begins at 0.
        (is_next && !(statement.accumulate && number == 0.0)).then_some(number)
    }

    /// The layer's equations in a function, those of scans in loops, each with its statement; a long one with its
    /// parts below it.
    pub fn lines<'f>(&self, function: &Statements<'f>) -> Vec<Line<'f>> {
        self.lines_of(function, self.statements(function))
    }

    /// The same of backward, without what states become: that has been said.
    pub fn lines_of_backward<'f>(&self, function: &Statements<'f>) -> Vec<Line<'f>> {
        let is_new = |one: &&Statement| !self.sets.updates(one);
        self.lines_of(function, self.statements(function).filter(is_new))
    }

    /// The same of what is not stated, but made beside it so that nothing overflows.
    pub fn lines_beside<'f>(&self, function: &Statements<'f>) -> Vec<Line<'f>> {
        let is_new = |one: &&Statement| !self.sets.made.contains(&one.target.array);
        self.lines_of(function, self.statements(function).filter(is_new))
    }

    fn lines_of<'f>(
        &self,
        function: &Statements<'f>,
        statements: impl Iterator<Item = &'f Statement>,
    ) -> Vec<Line<'f>> {
        let (mut lines, mut open): (Vec<_>, &[Scan]) = (Vec::new(), &[]);
        for statement in statements {
            let scans = &statement.scans;
            let same = open.iter().zip(scans).take_while(|(open, scan)| open == scan).count();
            for (depth, scan) in scans.iter().enumerate().skip(same) {
                lines.push((self.notation.within(depth, &self.steps(*scan)), None));
            }
            open = scans;
            let (line, meanings) = self.line(function, statement);
            lines.push((self.notation.within(scans.len(), &line), Some(statement)));
            let meanings = meanings.iter().map(|one| self.notation.within(scans.len(), one));
            lines.extend(meanings.map(|meaning| (meaning, None)));
        }
        lines
    }

    fn steps(&self, scan: Scan) -> String {
        let last = self.program.extent(scan.index).per_sample().saturating_sub(1);
        let ends = if scan.is_reverse { [last, 0] } else { [0, last] };
        self.notation.steps(&self.index(scan.index), ends)
    }

    /// A statement of a function as an equation, and what the names in it stand for, if it would be long without.
    fn line(&self, function: &Statements, statement: &Statement) -> (String, Vec<String>) {
        let view = Self { elementwise: self.is_elementwise(statement), ..self.clone() };
        let plain = Self { notation: Notation::Unicode, ..view.clone() };
        if plain.whole_line(function, statement).chars().count() <= LONGEST_LINE {
            return (view.whole_line(function, statement), Vec::new());
        }
        let shared = self.shared(statement.value);
        let view = Self { named: shared.iter().cloned().collect(), ..view };
        let meanings = shared.iter().rev().map(|(id, name)| {
            let mut view = view.clone();
            view.named.remove(id);
            view.notation.meaning(name, &view.node(*id, Binding::Choice))
        });
        (view.whole_line(function, statement), meanings.collect())
    }

    /// Whether the indices of a statement go without saying: in an activation, and where a loss makes one number of
    /// others at the same place.
    fn is_elementwise(&self, statement: &Statement) -> bool {
        let graph = &self.program.graph;
        let own = &statement.target.at;
        let is_same = |access: &Access| access.at.is_empty() || access.at == *own;
        let is_alike = || {
            let elements = graph.elements(statement.value);
            statement.is_map() && elements.iter().all(|(_, access)| is_same(access))
        };
        let is_loss = self.layers.is_empty();
        self.elementwise || (is_loss && own.len() == 1 && is_alike())
    }

    fn whole_line(&self, function: &Statements, statement: &Statement) -> String {
        let equation = self.equation(statement);
        match self.filled_with(function, statement) {
            Some(number) => self.notation.otherwise(&equation, &self.notation.number(number).0),
            None => equation,
        }
    }

    pub fn equation(&self, statement: &Statement) -> String {
        if self.sets.updates(statement) {
            return self.update(statement);
        }
        let value = match &statement.reduction {
            Some((reduction, indices)) => self.reduction(*reduction, indices, statement.value),
            None => self.node(statement.value, Binding::Choice),
        };
        self.notation.equation(&self.access(&statement.target), statement.accumulate, &value)
    }

    /// What a statement makes of what it is kept in.
    pub fn update(&self, statement: &Statement) -> String {
        let value = self.node(statement.value, Binding::Choice);
        self.notation.update(&self.access(&statement.target), &value)
    }

    /// What part of the mean over the batch one sample of a loss is.
    pub fn share(&self, value: ArrayId, samples: Option<ArrayId>) -> String {
        let count = match samples {
            Some(samples) => {
                let name = self.notation.name(&self.name(samples));
                self.notation.reduction(Reduction::Sum, &[self.index(BATCH)], &name)
            }
            None => self.index(BATCH),
        };
        let gradient = self.notation.gradient(&self.name(value));
        let value = self.notation.operation(Binary::Divide, "1", &count);
        self.notation.equation(&gradient, false, &value)
    }

    /// What an expression writes more than once, each with a name, the innermost first.
    fn shared(&self, value: Id) -> Vec<(Id, String)> {
        let all = self.program.graph.reachable(value);
        let mut uses = HashMap::from([(value, 1)]);
        for id in all.iter().rev() {
            let parts = if uses.contains_key(id) { self.parts(*id) } else { Vec::new() };
            for part in parts {
                *uses.entry(part).or_insert(0) += 1;
            }
        }
        let is_shared = |id: &Id| uses.get(id).is_some_and(|&uses| uses > 1) && self.is_long(*id);
        let shared: Vec<Id> = all.iter().copied().filter(is_shared).collect();
        let named = shared.into_iter().rev().zip(self.free_letters(&all));
        named.collect::<Vec<_>>().into_iter().rev().collect()
    }

    /// Whether a name is shorter than what it stands for: an operation, of which one operand is more than a sign.
    fn is_long(&self, id: Id) -> bool {
        let is_operation = |id: Id| {
            let node = self.program.graph.node(id);
            matches!(node, Node::Apply(..) | Node::Binary(..) | Node::Select(..))
        };
        is_operation(id)
            && (self.parts(id).len() > 1 || self.parts(id).into_iter().any(is_operation))
    }

    /// Letters that are no names here: those of e, and of gradients, are not free.
    fn free_letters(&self, written: &[Id]) -> impl Iterator<Item = String> {
        let arrays = self.equations.arrays.iter().map(|array| array.name.clone());
        let indices = self.program.indices.iter().map(|index| index.name.to_string());
        let settings = written.iter().filter_map(|id| match self.program.graph.node(*id) {
            Node::Setting(name) => Some(name.to_string()),
            _ => None,
        });
        let taken: BTreeSet<String> = arrays.chain(indices).chain(settings).collect();
        let letters = ('a'..='z').filter(|letter| !matches!(letter, 'd' | 'e')).map(String::from);
        letters.filter(move |letter| !taken.contains(letter))
    }
}
