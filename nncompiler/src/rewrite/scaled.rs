//! Numbers as e^u·v, so that e^u need never be: the logarithm is u + ln v, and in a quotient the
//! exponents meet before their exponential is taken.

use std::collections::{BTreeSet, HashMap};

use crate::ir::expression::{Binary, Comparison, Graph, Id, Node};
use crate::ir::index::{Access, ArrayId};

/// e^exponent·mantissa; without an exponent, the mantissa.
#[derive(Clone, Copy)]
pub struct Scaled {
    pub exponent: Option<Id>,
    pub mantissa: Id,
}

/// Writes expressions with scaled numbers in them.
pub struct Scaling<'a> {
    pub graph: &'a mut Graph,
    /// The arrays that hold mantissas, and those that hold their exponents.
    pub exponents: &'a HashMap<ArrayId, ArrayId>,
    /// The arrays whose values have no gradient: who takes such a one from an exponent has seen to its
    /// size.
    pub stopped: &'a BTreeSet<ArrayId>,
    /// The parts of each sum u + ln v that has been written.
    logarithms: HashMap<Id, (Id, Id)>,
    /// What has been asked for.
    scaled: HashMap<Id, Scaled>,
}

/// Whether e^exponent is as it should be: a difference from something without gradient.
pub fn is_shifted(graph: &Graph, exponent: Id, stopped: &BTreeSet<ArrayId>) -> bool {
    let Node::Binary(Binary::Subtract, _, shift) = graph.node(exponent) else { return false };
    matches!(graph.node(*shift), Node::Element(shift) if stopped.contains(&shift.array))
}

/// The u of e^u.
pub fn exponent_of(graph: &Graph, id: Id) -> Option<Id> {
    match graph.node(id) {
        Node::Apply(function, exponent) if &**function == "exp" => Some(*exponent),
        _ => None,
    }
}

/// A logarithm, of a number or of one more.
pub enum Logarithm {
    Of(Id),
    OfOneMore(Id),
}

impl Logarithm {
    /// The logarithm that a node is.
    pub fn of(node: &Node) -> Option<Self> {
        let Node::Apply(function, argument) = node else { return None };
        match &**function {
            "ln" => Some(Self::Of(*argument)),
            "ln_1p" => Some(Self::OfOneMore(*argument)),
            _ => None,
        }
    }

    pub fn argument(&self) -> Id {
        let (Self::Of(argument) | Self::OfOneMore(argument)) = *self;
        argument
    }
}

impl<'a> Scaling<'a> {
    pub fn new(
        graph: &'a mut Graph,
        exponents: &'a HashMap<ArrayId, ArrayId>,
        stopped: &'a BTreeSet<ArrayId>,
    ) -> Self {
        Self { graph, exponents, stopped, logarithms: HashMap::new(), scaled: HashMap::new() }
    }

    /// The same value, with logarithms and quotients of scaled numbers written so that nothing
    /// overflows on the way.
    pub fn written(&mut self, root: Id) -> Id {
        let mut built: HashMap<Id, Id> = HashMap::new();
        for id in self.graph.reachable(root) {
            let node = self.graph.node(id).clone();
            let children: Vec<Id> = node.children().iter().map(|child| built[child]).collect();
            let new = self.node(node.with_children(&children));
            built.insert(id, new);
        }
        built[&root]
    }

    fn node(&mut self, node: Node) -> Id {
        let written = match node {
            Node::Binary(Binary::Divide, dividend, divisor) => self.quotient(dividend, divisor),
            Node::Binary(Binary::Subtract, left, right) => self.difference(left, right),
            _ => match Logarithm::of(&node) {
                Some(Logarithm::Of(argument)) => self.logarithm(argument),
                Some(Logarithm::OfOneMore(argument)) => self.logarithm_of_one_more(argument),
                None => None,
            },
        };
        written.unwrap_or_else(|| self.graph.add(node))
    }

    /// ln(e^u·v) = u + ln v
    fn logarithm(&mut self, argument: Id) -> Option<Id> {
        let Scaled { exponent, mantissa } = self.scaled(argument);
        let exponent = exponent?;
        if self.graph.as_constant(mantissa) == Some(1.0) {
            return Some(exponent);
        }
        let logarithm = self.graph.add(Node::Apply("ln".into(), mantissa));
        Some(self.sum_with(exponent, logarithm))
    }

    /// ln(1 + e^u·v) = m + ln(1 + (e^−m − 1 + e^(u − m)·v)), m the greater of u and 0: where that is 0,
    /// small e^u·v keep their digits.
    fn logarithm_of_one_more(&mut self, argument: Id) -> Option<Id> {
        let Scaled { exponent, mantissa } = self.scaled(argument);
        let zero = self.graph.constant(0.0);
        let greatest = self.graph.binary(Binary::Maximum, exponent?, zero);
        let shift = self.finite(greatest);
        let negative = self.graph.add(Node::Negate(shift));
        let rest = self.graph.add(Node::Apply("exp_m1".into(), negative));
        let exponent = Some(self.graph.binary(Binary::Subtract, exponent?, shift));
        let shifted = self.unscaled(Scaled { exponent, mantissa });
        let sum = self.graph.binary(Binary::Add, rest, shifted);
        let logarithm = self.graph.add(Node::Apply("ln_1p".into(), sum));
        Some(self.sum_with(shift, logarithm))
    }

    /// u + ln v, which is remembered.
    fn sum_with(&mut self, exponent: Id, logarithm: Id) -> Id {
        let sum = self.graph.binary(Binary::Add, exponent, logarithm);
        self.logarithms.insert(sum, (exponent, logarithm));
        sum
    }

    /// (e^u·v)/(e^w·z) = e^(u − w)·v/z, which is remembered: v and z, where they are arrays, are here
    /// no longer the numbers that they stand for.
    fn quotient(&mut self, dividend: Id, divisor: Id) -> Option<Id> {
        let (dividend, divisor) = (self.scaled(dividend), self.scaled(divisor));
        divisor.exponent?;
        let scaled = self.divided(dividend, divisor);
        let quotient = match *self.graph.node(scaled.mantissa) {
            Node::Binary(Binary::Divide, dividend, divisor) => {
                let dividend = self.unscaled(Scaled { mantissa: dividend, ..scaled });
                self.graph.binary(Binary::Divide, dividend, divisor)
            }
            _ => self.unscaled(scaled),
        };
        self.scaled.insert(quotient, scaled);
        Some(quotient)
    }

    /// What is taken from a logarithm meets the exponent first: the two are of the same size, and
    /// cancel without loss.
    fn difference(&mut self, left: Id, right: Id) -> Option<Id> {
        if let Some(&(exponent, logarithm)) = self.logarithms.get(&right) {
            let difference = self.graph.binary(Binary::Subtract, left, exponent);
            return Some(self.graph.binary(Binary::Subtract, difference, logarithm));
        }
        let &(exponent, logarithm) = self.logarithms.get(&left)?;
        let difference = self.graph.binary(Binary::Subtract, exponent, right);
        Some(self.graph.binary(Binary::Add, difference, logarithm))
    }

    /// A number as e^u·v.
    pub fn scaled(&mut self, id: Id) -> Scaled {
        if let Some(&known) = self.scaled.get(&id) {
            return known;
        }
        let scaled = self.scaled_anew(id);
        self.scaled.insert(id, scaled);
        scaled
    }

    fn scaled_anew(&mut self, id: Id) -> Scaled {
        let plain = Scaled { exponent: None, mantissa: id };
        if let Some(exponent) = exponent_of(self.graph, id) {
            if is_shifted(self.graph, exponent, self.stopped) {
                return plain;
            }
            let mantissa = self.graph.constant(1.0);
            return Scaled { exponent: Some(exponent), mantissa };
        }
        match self.graph.node(id).clone() {
            Node::Element(Access { array, at }) => {
                let Some(&array) = self.exponents.get(&array) else { return plain };
                let exponent = Some(self.graph.element(Access { array, at }));
                Scaled { exponent, mantissa: id }
            }
            Node::Negate(a) => {
                let a = self.scaled(a);
                let mantissa = self.graph.add(Node::Negate(a.mantissa));
                if a.exponent.is_some() { Scaled { mantissa, ..a } } else { plain }
            }
            Node::Apply(function, a) if &*function == "abs" => {
                let a = self.scaled(a);
                let mantissa = self.graph.add(Node::Apply(function, a.mantissa));
                if a.exponent.is_some() { Scaled { mantissa, ..a } } else { plain }
            }
            Node::Apply(function, a) if &*function == "sqrt" => {
                let (half, root) = (self.graph.constant(0.5), Node::Apply(function, a));
                self.raised(a, half, &root).unwrap_or(plain)
            }
            Node::Binary(Binary::Power, a, power) => {
                let node = Node::Binary(Binary::Power, a, power);
                self.raised(a, power, &node).unwrap_or(plain)
            }
            Node::Binary(operation, a, b) => match (self.either_scaled(a, b), operation) {
                (Some((a, b)), Binary::Multiply) => self.multiplied(a, b),
                (Some((a, b)), Binary::Divide) => self.divided(a, b),
                (Some((a, b)), Binary::Maximum | Binary::Minimum) => self.chosen(operation, a, b),
                (Some((a, b)), Binary::Add | Binary::Subtract) => self.joined(operation, a, b),
                _ => plain,
            },
            Node::Select(condition, a, b) => match self.either_scaled(a, b) {
                Some((a, b)) => self.selected(condition, a, b),
                None => plain,
            },
            _ => plain,
        }
    }

    /// Two numbers, if either has an exponent.
    fn either_scaled(&mut self, a: Id, b: Id) -> Option<(Scaled, Scaled)> {
        let (a, b) = (self.scaled(a), self.scaled(b));
        (a.exponent.is_some() || b.exponent.is_some()).then_some((a, b))
    }

    fn selected(&mut self, condition: Id, a: Scaled, b: Scaled) -> Scaled {
        let [u, w] = [self.exponent(a), self.exponent(b)];
        let exponent = Some(self.graph.add(Node::Select(condition, u, w)));
        let mantissa = self.graph.add(Node::Select(condition, a.mantissa, b.mantissa));
        Scaled { exponent, mantissa }
    }

    /// (e^u·v)^k = e^(k·u)·v^k; `node` is the power or the root of `base`.
    fn raised(&mut self, base: Id, power: Id, node: &Node) -> Option<Scaled> {
        let Scaled { exponent, mantissa } = self.scaled(base);
        let exponent = Some(self.graph.binary(Binary::Multiply, power, exponent?));
        if self.graph.as_constant(mantissa) == Some(1.0) {
            return Some(Scaled { exponent, mantissa });
        }
        let children = node.children().into_iter();
        let children = children.map(|one| if one == base { mantissa } else { one });
        let node = node.with_children(&children.collect::<Vec<_>>());
        Some(Scaled { exponent, mantissa: self.graph.add(node) })
    }

    /// The exponent; of what has none 0, but of 0 itself −∞, so that it is the least of several.
    pub fn exponent(&mut self, scaled: Scaled) -> Id {
        scaled.exponent.unwrap_or_else(|| {
            let is_zero = self.graph.as_constant(scaled.mantissa) == Some(0.0);
            self.graph.constant(if is_zero { f64::NEG_INFINITY } else { 0.0 })
        })
    }

    fn multiplied(&mut self, a: Scaled, b: Scaled) -> Scaled {
        let exponent = match (a.exponent, b.exponent) {
            (Some(u), Some(w)) => Some(self.graph.binary(Binary::Add, u, w)),
            (u, w) => u.or(w),
        };
        let one = self.graph.constant(1.0);
        let mantissa = match (a.mantissa == one, b.mantissa == one) {
            (true, _) => b.mantissa,
            (_, true) => a.mantissa,
            _ => self.graph.binary(Binary::Multiply, a.mantissa, b.mantissa),
        };
        Scaled { exponent, mantissa }
    }

    fn divided(&mut self, a: Scaled, b: Scaled) -> Scaled {
        let exponent = match (a.exponent, b.exponent) {
            (Some(u), Some(w)) => Some(self.graph.binary(Binary::Subtract, u, w)),
            (u, None) => u,
            (None, Some(w)) => Some(self.graph.add(Node::Negate(w))),
        };
        let one = self.graph.constant(1.0);
        let mantissa = if b.mantissa == one {
            a.mantissa
        } else {
            self.graph.binary(Binary::Divide, a.mantissa, b.mantissa)
        };
        Scaled { exponent, mantissa }
    }

    /// The greater of e^u·v and e^w·v is e^m·v, m the greater of u and w, and so is the lesser.
    fn chosen(&mut self, operation: Binary, a: Scaled, b: Scaled) -> Scaled {
        if a.mantissa != b.mantissa || !self.is_positive(a) {
            return self.joined(operation, a, b);
        }
        let [u, w] = [self.exponent(a), self.exponent(b)];
        Scaled { exponent: Some(self.graph.binary(operation, u, w)), ..a }
    }

    /// Whether the exponent alone says which of several such numbers is greater.
    pub fn is_positive(&self, scaled: Scaled) -> bool {
        self.graph.as_constant(scaled.mantissa).is_some_and(|mantissa| mantissa > 0.0)
    }

    /// e^u·v + e^w·z = e^m·(e^(u − m)·v + e^(w − m)·z), m the greater of u and w; so is the greater of the two
    /// numbers, and, with the lesser of u and w, the lesser: what then overflows is not chosen.
    fn joined(&mut self, operation: Binary, a: Scaled, b: Scaled) -> Scaled {
        let [u, w] = [self.exponent(a), self.exponent(b)];
        let choice = if operation == Binary::Minimum { Binary::Minimum } else { Binary::Maximum };
        let outermost = self.graph.binary(choice, u, w);
        let shift = self.finite(outermost);
        let [a, b] = [(u, a), (w, b)].map(|(exponent, of)| {
            let exponent = Some(self.graph.binary(Binary::Subtract, exponent, shift));
            self.unscaled(Scaled { exponent, mantissa: of.mantissa })
        });
        Scaled { exponent: Some(shift), mantissa: self.graph.binary(operation, a, b) }
    }

    /// stop(m), or 0 where m is infinite: ∞ − ∞ is no number, but e^∞ is ∞ and e^−∞ is 0.
    pub fn finite(&mut self, greatest: Id) -> Id {
        let graph = &mut *self.graph;
        let (zero, infinity) = (graph.constant(0.0), graph.constant(f64::INFINITY));
        let size = graph.add(Node::Apply("abs".into(), greatest));
        let is_infinite = graph.add(Node::Compare(Comparison::Equal, size, infinity));
        let finite = graph.add(Node::Select(is_infinite, zero, greatest));
        graph.add(Node::Stop(finite))
    }

    /// e^u·v as one number.
    pub fn unscaled(&mut self, scaled: Scaled) -> Id {
        let Some(exponent) = scaled.exponent else { return scaled.mantissa };
        let exponential = self.graph.add(Node::Apply("exp".into(), exponent));
        if self.graph.as_constant(scaled.mantissa) == Some(1.0) {
            return exponential;
        }
        self.graph.binary(Binary::Multiply, exponential, scaled.mantissa)
    }
}
