//! What two networks have in common, from one to the other.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::network::Network;
use crate::scalar::Real;

/// What [`transfer`] has taken, and what it has not; each in the order of declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Parameters and states that the target has taken.
    pub taken: Vec<&'static str>,
    /// Those of the same name and another shape: left as they were.
    pub other_shapes: Vec<OtherShape>,
    /// Those that the source alone has.
    pub only_in_source: Vec<&'static str>,
    /// Those that the target alone has: left as they were.
    pub only_in_target: Vec<&'static str>,
}

/// A parameter or state of the same name in two networks, and of another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherShape {
    /// Its name.
    pub name: &'static str,
    /// Its shape in the source.
    pub source: &'static [usize],
    /// Its shape in the target.
    pub target: &'static [usize],
}

/// Copies each parameter and state that two networks have in common, by name and shape, and says what
/// has and what has not been taken. Between f64 and f32, numbers are rounded to nearest.
///
/// ```
/// # use nncore::inference::{Network, transfer};
/// /// A network with the layers of a trained one, where it has the same.
/// fn tuned<S: Network, N: Network>(trained: &S, rng: &mut impl rand::Rng) -> Box<N> {
///     let mut model = N::new(rng);
///     let transfer = transfer(trained, &mut *model);
///     println!("to be learned anew: {:?}", transfer.only_in_target);
///     model
/// }
/// ```
pub fn transfer<S: Network, N: Network>(source: &S, target: &mut N) -> Transfer {
    transfer_with(source, target, |name| name.into())
}

/// The same with the names of the source as the target is to know them.
///
/// ```
/// # use nncore::inference::{Network, transfer_with};
/// fn with_other_head<S: Network, N: Network>(trained: &S, tuned: &mut N) {
///     transfer_with(trained, tuned, |name| name.replacen("head.", "former.", 1));
/// }
/// ```
pub fn transfer_with<S: Network, N: Network>(
    source: &S,
    target: &mut N,
    rename: impl Fn(&str) -> String,
) -> Transfer {
    let mut report = Transfer::default();
    let mut found: BTreeMap<_, _> = source
        .state_dict()
        .map(|(info, values)| (rename(info.name), (info.shape, values)))
        .collect();
    for (info, values) in target.state_dict_mut() {
        match found.remove(info.name) {
            None => report.only_in_target.push(info.name),
            Some((shape, from)) if shape == info.shape => {
                copy(from, values);
                report.taken.push(info.name);
            }
            Some((shape, _)) => {
                let (name, target) = (info.name, info.shape);
                report.other_shapes.push(OtherShape { name, source: shape, target });
            }
        }
    }
    let names = S::PARAMETERS.iter().map(|info| info.name);
    report.only_in_source = names.filter(|name| found.contains_key(&rename(name))).collect();
    report
}

fn copy<S: Real, T: Real>(from: &[S], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = T::of(from.to_f64());
    }
}
