//! A function in the names of one layer, or of a loss.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::calls::as_call;
use super::notation::Notation;
use crate::frontend::resolved::{Equations, Layer, LocalArray};
use crate::ir::expression::{Binary, Comparison, Id, Node};
use crate::ir::function::{BATCH, Derived, Function, Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Index};
use crate::ir::print::Binding;
use crate::ir::reduction::Reduction;

pub struct View<'a> {
    pub layer: usize,
    pub program: &'a Program,
    /// Whose reductions may stand inside larger expressions.
    forward: &'a Function,
    /// All layers of the network, whose keys qualify the names of their arrays.
    layers: &'a [Layer],
    equations: &'a Equations,
    /// Whether the indices go without saying.
    elementwise: bool,
    /// Arrays whose gradients are computed, and which therefore stand by themselves.
    differentiated: &'a BTreeSet<ArrayId>,
    /// The settings that are true or false.
    pub truths: BTreeSet<String>,
    notation: Notation,
}

impl<'a> View<'a> {
    /// The names of a layer, by its number.
    pub fn of_layer(
        program: &'a Program,
        forward: &'a Function,
        differentiated: &'a BTreeSet<ArrayId>,
        (layers, layer): (&'a [Layer], usize),
        notation: Notation,
    ) -> Self {
        let Layer { equations, elementwise, .. } = &layers[layer];
        let view = Self::of_equations(program, forward, differentiated, equations, notation);
        Self { layer, layers, elementwise: *elementwise, ..view }
    }

    /// The names of a loss or of an optimizer.
    pub fn of_equations(
        program: &'a Program,
        forward: &'a Function,
        differentiated: &'a BTreeSet<ArrayId>,
        equations: &'a Equations,
        notation: Notation,
    ) -> Self {
        Self {
            layer: 0,
            program,
            forward,
            layers: &[],
            equations,
            elementwise: false,
            differentiated,
            truths: BTreeSet::new(),
            notation,
        }
    }

    /// The layer's statements in a function; reductions of forward inside them stand where they are
    /// read, and what fills an array before stands behind what writes it.
    pub fn statements<'f>(
        &self,
        function: &'f Function,
    ) -> impl Iterator<Item = &'f Statement> + use<'a, 'f, '_> {
        let own = function.body.iter().filter(|one| one.layer == self.layer);
        own.filter(|one| !self.is_temporary(one.target.array) && !self.is_fill(function, one))
    }

    /// Whether a statement gives all elements of an array a number, before others write some of them.
    fn is_fill(&self, function: &Function, statement: &Statement) -> bool {
        let array = statement.target.array;
        let is_constant = self.program.graph.as_constant(statement.value).is_some();
        let is_first = |first: &Statement| std::ptr::eq(first, statement);
        is_constant
            && !statement.accumulate
            && function.writes_of(array).next().is_some_and(is_first)
            && function.writes_of(array).count() > 1
    }

    /// The number of the elements that the first statement after a fill does not write.
    fn filled_with(&self, function: &Function, statement: &Statement) -> Option<f64> {
        let mut writes = function.writes_of(statement.target.array);
        let fill = writes.next().filter(|first| self.is_fill(function, first))?;
        let is_next = writes.next().is_some_and(|next| std::ptr::eq(next, statement));
        let number = self.program.graph.as_constant(fill.value)?;
        // A sum begins at 0.
        (is_next && !(statement.accumulate && number == 0.0)).then_some(number)
    }

    /// A statement of a function as an equation.
    pub fn line(&self, function: &Function, statement: &Statement) -> String {
        let equation = self.equation(statement);
        match self.filled_with(function, statement) {
            Some(number) => self.notation.otherwise(&equation, &self.notation.number(number).0),
            None => equation,
        }
    }

    fn equation(&self, statement: &Statement) -> String {
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

    /// The name in the layer, or behind the key of the layer that makes the array.
    pub fn name(&self, array: ArrayId) -> String {
        if let Some(local) = self.local(array) {
            return self.notation.name(&local.name);
        }
        let info = self.program.array(array);
        match info.derived {
            Some(Derived::GradientOn(of)) => self.notation.gradient(&self.name(of)),
            Some(Derived::TangentOf(of)) => {
                self.qualified(array, &self.notation.tangent(&self.name(of)))
            }
            None => self.qualified(array, &self.notation.name(&info.name)),
        }
    }

    /// An array of the layer itself.
    fn local(&self, array: ArrayId) -> Option<&'a LocalArray> {
        let own = &self.forward.layers[self.layer];
        // A layer that passes its input through has one array under two names: the output's tells
        // more in what follows, the input's in the layer itself.
        let at = own.iter().position(|&local| local == array)?;
        self.equations.arrays.get(at)
    }

    /// Of each axis of an array, the elements that stand before the one at 0.
    fn before(&self, array: ArrayId) -> &'a [usize] {
        match self.program.array(array).derived {
            Some(Derived::GradientOn(of) | Derived::TangentOf(of)) => self.before(of),
            None => self.local(array).map_or(&[], |local| &local.before),
        }
    }

    /// `hidden1.y` for the array `y` of another layer.
    fn qualified(&self, array: ArrayId, name: &str) -> String {
        let made_by = self.makes(array).map(|statement| statement.layer);
        let parameter = || self.program.parameters.iter().find(|one| one.array == array);
        let owner = made_by.or_else(|| parameter().map(|one| one.layer));
        match owner.filter(|&owner| owner != self.layer).and_then(|at| self.layers.get(at)) {
            Some(layer) => self.notation.qualified(&layer.key, name),
            None => name.to_owned(),
        }
    }

    /// Whether an array only holds a reduction inside a larger expression.
    fn is_temporary(&self, array: ArrayId) -> bool {
        self.makes(array).is_some()
            && !self.differentiated.contains(&array)
            && !self.forward.layers.iter().flatten().any(|&one| one == array)
    }

    /// The statement of forward that makes an array.
    fn makes(&self, array: ArrayId) -> Option<&'a Statement> {
        self.forward.writes_of(array).next()
    }

    fn reduction(&self, reduction: Reduction, indices: &[Index], body: Id) -> String {
        let names: Vec<String> = indices.iter().map(|&index| self.index(index)).collect();
        self.notation.reduction(reduction, &names, &self.node(body, Binding::Product))
    }

    fn index(&self, index: Index) -> String {
        self.notation.name(&self.program.indices[index.0 as usize].name)
    }

    /// `weight[o,i]`; the sample goes without saying, and so do the indices of an activation.
    fn access(&self, access: &Access) -> String {
        let name = self.name(access.array);
        let axes = access.at.iter().filter(|axis| axis.as_index() != Some(BATCH));
        let before = self.before(access.array).iter().copied().chain(std::iter::repeat(0));
        let at: Vec<String> =
            axes.zip(before).map(|(axis, before)| self.affine(axis, before)).collect();
        let implicit = self.elementwise || at.is_empty();
        if implicit { name } else { self.notation.indexed(&name, &at) }
    }

    /// An index expression of an axis with so many elements before the one at 0.
    fn affine(&self, axis: &Affine, before: usize) -> String {
        let mut terms: Vec<String> = Vec::new();
        let indices = axis.terms.iter().map(|&(index, factor)| (self.index(index), factor));
        let gathered = axis.gathered.iter().map(|(access, factor)| (self.access(access), *factor));
        for (name, factor) in indices.chain(gathered) {
            let factor = if factor == 1 { String::new() } else { factor.to_string() };
            terms.push(format!("{factor}{name}"));
        }
        let terms = terms.join(" + ");
        let constant = axis.constant - i64::try_from(before).unwrap_or(0);
        let (minus, size) = (self.notation.minus(), constant.unsigned_abs());
        match constant.cmp(&0) {
            Ordering::Equal if !terms.is_empty() => terms,
            Ordering::Less if terms.is_empty() => format!("{minus}{size}"),
            Ordering::Less => format!("{terms} {minus} {size}"),
            Ordering::Equal | Ordering::Greater if terms.is_empty() => size.to_string(),
            Ordering::Equal | Ordering::Greater => format!("{terms} + {size}"),
        }
    }

    fn node(&self, id: Id, outer: Binding) -> String {
        let (text, binding) = self.bound(id);
        if binding < outer { self.notation.parenthesised(&text) } else { text }
    }

    fn bound(&self, id: Id) -> (String, Binding) {
        let notation = self.notation;
        let inner = |id: &Id| self.node(*id, Binding::Choice);
        match self.program.graph.node(id) {
            Node::Constant(number) => notation.number(number.value()),
            Node::Element(access) => self.element(access),
            Node::Position(index) => (self.index(*index), Binding::Atom),
            Node::Setting(name) => (notation.name(name), Binding::Atom),
            Node::Random(..) => (notation.call("random", ""), Binding::Atom),
            Node::Negate(a) => {
                let operand = self.node(*a, Binding::Product);
                (format!("{}{operand}", notation.minus()), Binding::Sign)
            }
            Node::Apply(function, a) if &**function == "exp" => {
                let outer =
                    if notation == Notation::Latex { Binding::Choice } else { Binding::Sign };
                (notation.exponential(&self.node(*a, outer)), Binding::Power)
            }
            Node::Apply(function, a) => (notation.call(function, &inner(a)), Binding::Atom),
            Node::Stop(a) => (notation.call("stop", &inner(a)), Binding::Atom),
            Node::Binary(operation, a, b) => self.binary(*operation, *a, *b),
            Node::Compare(Comparison::NotEqual, a, b) if let Some(name) = self.truth(*a, *b) => {
                (notation.name(name), Binding::Choice)
            }
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.node(*a, Binding::Sum), self.node(*b, Binding::Sum));
                (format!("{a} {} {b}", notation.comparison(*comparison)), Binding::Choice)
            }
            Node::Select(..) => self.choice(id),
        }
    }

    /// `clamp(x, low, high)` and the like, or the branches one after the other.
    fn choice(&self, id: Id) -> (String, Binding) {
        if let Some((function, operands)) = as_call(&self.program.graph, id) {
            let [a, b, c] = operands.map(|one| self.node(one, Binding::Choice));
            return (self.notation.call_of_several(function, &[&a, &b, &c]), Binding::Atom);
        }
        let (mut branches, mut rest) = (Vec::new(), id);
        while let Node::Select(condition, then, otherwise) = *self.program.graph.node(rest)
            && (rest == id || as_call(&self.program.graph, rest).is_none())
        {
            branches
                .push((self.node(condition, Binding::Choice), self.node(then, Binding::Choice)));
            rest = otherwise;
        }
        let otherwise = self.node(rest, Binding::Choice);
        (self.notation.choice(&branches, &otherwise), Binding::Choice)
    }

    /// The setting that is true if two numbers differ: it and 0.
    fn truth(&self, a: Id, b: Id) -> Option<&str> {
        let is_zero = self.program.graph.as_constant(b) == Some(0.0);
        match self.program.graph.node(a) {
            Node::Setting(name) if is_zero && self.truths.contains(&**name) => Some(name),
            _ => None,
        }
    }

    /// An array's element; a temporary stands for its reduction.
    fn element(&self, access: &Access) -> (String, Binding) {
        if self.is_temporary(access.array)
            && let Some(statement) = self.makes(access.array)
            && let Some((reduction, indices)) = &statement.reduction
        {
            return (self.reduction(*reduction, indices, statement.value), Binding::Sum);
        }
        (self.access(access), Binding::Atom)
    }

    fn binary(&self, operation: Binary, a: Id, b: Id) -> (String, Binding) {
        let is_fraction = self.notation == Notation::Latex && operation == Binary::Divide;
        let (left, right, binding) = match operation {
            Binary::Maximum | Binary::Minimum => (Binding::Choice, Binding::Choice, Binding::Atom),
            Binary::Divide if is_fraction => (Binding::Choice, Binding::Choice, Binding::Product),
            Binary::Add => (Binding::Sum, Binding::Sum, Binding::Sum),
            Binary::Subtract => (Binding::Sum, Binding::Product, Binding::Sum),
            Binary::Multiply => (Binding::Product, Binding::Product, Binding::Product),
            Binary::Divide => (Binding::Product, Binding::Atom, Binding::Product),
            Binary::Power => (Binding::Atom, Binding::Atom, Binding::Power),
        };
        let (left, right) = (self.node(a, left), self.node(b, right));
        if operation == Binary::Add
            && let Some(positive) = right.strip_prefix(self.notation.minus())
        {
            return (self.notation.operation(Binary::Subtract, &left, positive), binding);
        }
        (self.notation.operation(operation, &left, &right), binding)
    }
}

/// The arrays of which a function computes the gradient.
pub fn with_gradient(program: &Program, function: &Function) -> BTreeSet<ArrayId> {
    function.body.iter().filter_map(|one| program.array(one.target.array).gradient_of()).collect()
}
