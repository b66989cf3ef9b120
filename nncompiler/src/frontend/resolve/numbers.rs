//! What the numbers of a network's inputs are: real, or integers, which choose elements and are nothing else.

use proc_macro2::Ident;

use super::constants::Constants;
use super::walk::Walk;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Equations, LocalRole, Network, Numbers, Source, Value};
use crate::frontend::syntax::{
    DeclaredNumbers, Definition, Expression, ExpressionKind, Kind, Location,
};
use crate::ir::expression::Comparison;
use crate::ir::index::Extent;

/// The greatest range of integers: numbers of type f32 hold all of them.
const MOST_INTEGERS: usize = 1 << 24;

impl Walk<'_> {
    /// The numbers of the next input of the network; nothing if there is something wrong with them.
    pub fn declared_numbers(
        &mut self,
        declared: &DeclaredNumbers,
        name: &Ident,
    ) -> Option<Numbers> {
        let numbers = self.checked_numbers(declared, name);
        if numbers.is_none() {
            self.wrong_inputs.insert(self.numbers.len());
        }
        numbers
    }

    fn checked_numbers(&mut self, declared: &DeclaredNumbers, name: &Ident) -> Option<Numbers> {
        match declared {
            DeclaredNumbers::Real => Some(Numbers::Real),
            DeclaredNumbers::Class => {
                let message = "a class is the target of a loss: for integers that are given, write \
                               `index(10)`, which are below 10";
                self.diagnostics.report(name.span(), message);
                None
            }
            DeclaredNumbers::Index(below) => {
                let size = self.constants.size(below, self.diagnostics)?;
                if size > MOST_INTEGERS {
                    let message = format!("integers are below {MOST_INTEGERS} at most");
                    self.diagnostics.report(below.location, message);
                    return None;
                }
                Some(Numbers::Index(size))
            }
        }
    }

    /// What the numbers of an array are: layers make real ones.
    pub fn numbers_of(&self, source: Source) -> Numbers {
        match source {
            Source::Input(number) => self.numbers.get(number).copied().unwrap_or(Numbers::Real),
            Source::Layer(_) | Source::Other(..) => Numbers::Real,
        }
    }

    /// Whether the numbers of an array are declared wrongly.
    fn are_wrong(&self, source: Source) -> bool {
        matches!(source, Source::Input(number) if self.wrong_inputs.contains(&number))
    }

    /// Reports what takes real numbers and is given integers; whether it is not.
    pub fn are_real(&mut self, source: Source, location: impl Into<Location>, what: &str) -> bool {
        let is_real = self.numbers_of(source) == Numbers::Real || self.are_wrong(source);
        if !is_real {
            let message =
                format!("{what}, but these are integers, which choose elements of arrays");
            self.diagnostics.report(location, message);
        }
        is_real
    }

    /// That the inputs of a layer hold what its definition says, integers below no more than that.
    pub fn check_numbers(
        &mut self,
        definition: &Definition,
        known: &Constants,
        sources: &[Source],
        location: Location,
    ) -> Option<()> {
        for (declaration, &source) in definition.inputs.iter().zip(sources) {
            let expected = match &declaration.numbers {
                DeclaredNumbers::Real => Numbers::Real,
                DeclaredNumbers::Class => Numbers::Class(None),
                DeclaredNumbers::Index(below) => {
                    Numbers::Index(known.size(below, &mut Diagnostics::default())?)
                }
            };
            self.check_given([&definition.name, &declaration.name], expected, source, location)?;
        }
        Some(())
    }

    /// The same for the inputs of a network that stands inside this one.
    pub fn check_numbers_of_network(
        &mut self,
        network: &Network,
        sources: &[Source],
        location: Location,
    ) -> Option<()> {
        for (input, &source) in network.inputs.iter().zip(sources) {
            self.check_given([&network.name, &input.name], input.numbers, source, location)?;
        }
        Some(())
    }

    fn check_given(
        &mut self,
        [name, input]: [&Ident; 2],
        expected: Numbers,
        source: Source,
        location: Location,
    ) -> Option<()> {
        if self.are_wrong(source) {
            return Some(());
        }
        let message = match (expected, self.numbers_of(source)) {
            (Numbers::Real, _) => {
                let what = format!("`{name}` takes real numbers");
                return self.are_real(source, location, &what).then_some(());
            }
            (Numbers::Index(_) | Numbers::Class(_), Numbers::Real) => format!(
                "`{name}` takes integers, as an input of the network gives them: \
                 `input(16): index(128)` in a chain, `input {input}[…]: index(128)` in a body"
            ),
            (Numbers::Index(expected), Numbers::Index(found)) if expected < found => format!(
                "`{name}` takes integers below {expected} here, but these are below {found}"
            ),
            (Numbers::Index(_) | Numbers::Class(_), _) => return Some(()),
        };
        self.diagnostics.report(location, message);
        None
    }

    /// Classes are below what equations say of them: where one chooses elements, and where it is compared with
    /// an index, of which it is one value.
    pub fn limit_classes(&mut self, equations: &Equations, sources: &[Source]) {
        let chosen = equations.arrays.iter().enumerate();
        let chosen = chosen.filter_map(|(array, one)| match one.role {
            LocalRole::Integers(Some(below)) => Some((array, below)),
            _ => None,
        });
        for (array, below) in chosen.chain(compared(equations)) {
            let Some(&Source::Input(number)) = sources.get(array) else { continue };
            if let Some(Numbers::Class(known)) = self.numbers.get_mut(number) {
                *known = Some(known.map_or(below, |known| known.min(below)));
            }
        }
    }
}

/// The arrays that are compared with indices, as in `if c == label`, with how far the index runs.
fn compared(equations: &Equations) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut values: Vec<&Value> = equations.statements.iter().map(|one| &one.value).collect();
    while let Some(value) = values.pop() {
        values.extend(value.children());
        let Value::Compare(Comparison::Equal | Comparison::NotEqual, left, right) = value else {
            continue;
        };
        if let (Value::Position(index), Value::Element(access))
        | (Value::Element(access), Value::Position(index)) = (&**left, &**right)
            && let Extent::Fixed(below) = equations.indices[index.0 as usize].extent
        {
            all.push((access.array.0 as usize, below));
        }
    }
    all
}

/// What the numbers of an array of a layer are to the layers that it applies.
pub fn numbers_in(role: &LocalRole) -> Numbers {
    match *role {
        LocalRole::Integers(Some(below)) => Numbers::Index(below),
        LocalRole::Integers(None) => Numbers::Class(None),
        _ => Numbers::Real,
    }
}

/// As an equation over arrays of the network declares them.
pub fn as_declared(numbers: Numbers, location: Location) -> DeclaredNumbers {
    match numbers {
        Numbers::Real => DeclaredNumbers::Real,
        Numbers::Class(_) => DeclaredNumbers::Class,
        Numbers::Index(below) => {
            let below = i64::try_from(below).unwrap_or(i64::MAX);
            let kind = ExpressionKind::Integer(below);
            DeclaredNumbers::Index(Box::new(Expression { kind, location }))
        }
    }
}

/// What stands behind the names of a definition's arguments: only layers are given integers, only losses
/// classes.
pub fn check_declared(definition: &Definition, diagnostics: &mut Diagnostics) {
    let inputs = definition.inputs.iter().map(|input| (input, false));
    let targets = definition.targets.iter().map(|target| (target, true));
    for (declaration, is_target) in inputs.chain(targets) {
        let message = match (definition.kind, &declaration.numbers) {
            // A loss says itself what is wrong with outputs that are classes.
            (_, DeclaredNumbers::Real)
            | (Kind::Layer, DeclaredNumbers::Index(_))
            | (Kind::Loss, DeclaredNumbers::Class) => continue,
            (Kind::Loss, DeclaredNumbers::Index(_)) if is_target => {
                "the integers of a target are a `class`: what they choose from says how many there are"
            }
            (Kind::Layer, DeclaredNumbers::Class) => {
                "a class is the target of a loss: a layer is given integers below V as `index(V)`"
            }
            (Kind::Loss | Kind::Activation | Kind::Optimizer, _) => {
                "these are real numbers: leave out what stands behind the `:`"
            }
        };
        diagnostics.report(declaration.name.span(), message);
    }
}
