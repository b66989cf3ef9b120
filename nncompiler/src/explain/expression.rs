//! Expressions as people write them: in parentheses where they need them, and as functions where they stand for one.

use super::branches::{Branches, Condition};
use super::calls::{as_call, as_one_hot, as_softmax};
use super::notation::Notation;
use super::view::View;
use crate::ir::expression::{Binary, Comparison, Id, Node};
use crate::ir::index::{Access, Index};
use crate::ir::print::Binding;
use crate::ir::reduction::Reduction;

impl View<'_> {
    pub fn reduction(&self, reduction: Reduction, indices: &[Index], body: Id) -> String {
        let names: Vec<String> = indices.iter().map(|&index| self.index(index)).collect();
        self.notation.reduction(reduction, &names, &self.node(body, Binding::Product))
    }

    pub fn node(&self, id: Id, outer: Binding) -> String {
        let (text, binding) = self.bound(id);
        if binding < outer { self.notation.parenthesised(&text) } else { text }
    }

    fn bound(&self, id: Id) -> (String, Binding) {
        if let Some(name) = self.named.get(&id) {
            return (name.clone(), Binding::Atom);
        }
        let notation = self.notation;
        let inner = |id: &Id| self.node(*id, Binding::Choice);
        match self.program.graph.node(id) {
            Node::Constant(number) => notation.number(number.value()),
            Node::Element(access) => self.element(access),
            Node::Position(index) => (self.index(*index), Binding::Atom),
            Node::Setting(name) => (notation.name(name), Binding::Atom),
            Node::Random(..) => (notation.call("random", ""), Binding::Atom),
            Node::Negate(a) => self.negated(*a),
            Node::Apply(function, a) if &**function == "exp" => {
                let outer =
                    if notation == Notation::Latex { Binding::Choice } else { Binding::Sign };
                (notation.exponential(&self.node(*a, outer)), Binding::Power)
            }
            Node::Apply(function, a) => (notation.call(function, &inner(a)), Binding::Atom),
            Node::Stop(a) => (notation.call("stop", &inner(a)), Binding::Atom),
            Node::Binary(..) if let Some(access) = as_softmax(self.program, self.forward, id) => {
                (self.of_array("softmax", access), Binding::Atom)
            }
            Node::Binary(operation, a, b) => self.binary(*operation, *a, *b),
            Node::Compare(comparison, a, b) => {
                (self.condition((*comparison, *a, *b)), Binding::Choice)
            }
            Node::Select(..) => self.choice(id),
        }
    }

    /// −a·b binds no more than a·b does: e^(−a·b).
    fn negated(&self, a: Id) -> (String, Binding) {
        let (operand, binding) = self.bound(a);
        let minus = self.notation.minus();
        if binding < Binding::Product {
            let operand = self.notation.parenthesised(&operand);
            return (format!("{minus}{operand}"), Binding::Sign);
        }
        (format!("{minus}{operand}"), binding.min(Binding::Sign))
    }

    /// `softmax(x)[c]`
    fn of_array(&self, function: &str, access: &Access) -> String {
        let call = self.notation.call(function, &self.name(access.array));
        self.indexed(call, access)
    }

    /// `clamp(x, low, high)` and the like, or the branches one after the other.
    fn choice(&self, id: Id) -> (String, Binding) {
        if let Some((function, operands)) = as_call(&self.program.graph, id) {
            let operands = operands.map(|one| self.node(one, Binding::Choice));
            let operands = operands.each_ref().map(String::as_str);
            return (self.notation.call_of_several(function, &operands), Binding::Atom);
        }
        if let Some((index, class, value)) = as_one_hot(self.program, id) {
            return self.one_hot(index, class, value);
        }
        let is_written_out = |rest: Id| {
            let is_name = self.named.contains_key(&rest) || self.is_function(rest);
            rest == id || !is_name
        };
        let Branches { branches, rest } = Branches::new(&self.program.graph, id, is_written_out);
        let branches = branches.iter().map(|(conditions, value)| {
            let conditions = conditions.iter().map(|one| self.condition(*one));
            let condition = conditions.reduce(|one, other| self.notation.either(&one, &other));
            (condition.unwrap_or_default(), self.node(*value, Binding::Choice))
        });
        let branches: Vec<_> = branches.collect();
        let otherwise = self.node(rest, Binding::Choice);
        (self.notation.choice(&branches, &otherwise), Binding::Choice)
    }

    fn condition(&self, (comparison, a, b): Condition) -> String {
        if comparison == Comparison::NotEqual
            && let Some(name) = self.truth(a, b)
        {
            return self.notation.name(name);
        }
        let (a, b) = (self.node(a, Binding::Sum), self.node(b, Binding::Sum));
        format!("{a} {} {b}", self.notation.comparison(comparison))
    }

    /// `value·onehot(label)[c]`
    fn one_hot(&self, index: Index, class: &Access, value: Id) -> (String, Binding) {
        let call = self.notation.call("onehot", &self.access(class));
        let one_hot = if self.elementwise {
            call
        } else {
            self.notation.indexed(&call, &[self.index(index)])
        };
        match self.program.graph.as_constant(value) {
            Some(1.0) => (one_hot, Binding::Atom),
            _ => {
                let value = self.node(value, Binding::Product);
                let product = self.notation.operation(Binary::Multiply, &value, &one_hot);
                (product, Binding::Product)
            }
        }
    }

    /// Whether a choice is written as a function of the language.
    fn is_function(&self, id: Id) -> bool {
        as_call(&self.program.graph, id).is_some() || as_one_hot(self.program, id).is_some()
    }

    /// What an expression is written with.
    pub fn parts(&self, id: Id) -> Vec<Id> {
        if let Some((_, operands)) = as_call(&self.program.graph, id) {
            return operands.to_vec();
        }
        if let Some((_, _, value)) = as_one_hot(self.program, id) {
            return vec![value];
        }
        match as_softmax(self.program, self.forward, id) {
            Some(_) => Vec::new(),
            None => self.program.graph.node(id).children(),
        }
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
            let view = Self { elementwise: false, ..self.clone() };
            return (view.reduction(*reduction, indices, statement.value), Binding::Sum);
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
