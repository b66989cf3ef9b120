//! Reductions over the samples of a batch by an index of their own, `sum(m in batch: …)`: where they may stand.

use proc_macro2::Ident;

use super::body_arrays::{ArrayKind, Arrays};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{BodyStatement, Expression, ExpressionKind};

/// Reports a sample beside the one at hand, where each is computed by itself.
pub fn report_other_samples(value: &Expression, diagnostics: &mut Diagnostics) {
    if let Some(index) = value.sample_index() {
        let message = "only a loss compares a sample with others: a layer computes each by itself, or \
                       takes a statistic, `mean(batch: …)`";
        diagnostics.report(index.span(), message);
    }
}

/// The same in the statements of a network.
pub fn report_in_body(statements: &[BodyStatement], diagnostics: &mut Diagnostics) {
    for statement in statements {
        if let BodyStatement::Assignment { assignment, .. } = statement {
            report_other_samples(&assignment.value, diagnostics);
        }
    }
}

/// A setting has no elements, of one sample or another.
pub fn report_elements_of_settings(
    value: &Expression,
    arrays: &Arrays,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let Some(name) = element_of_setting(value, arrays) else { return Some(()) };
    let message = format!("`{name}` is a setting, one number for all samples: write `{name}`");
    diagnostics.report(name.span(), message);
    None
}

fn element_of_setting<'e>(value: &'e Expression, arrays: &Arrays) -> Option<&'e Ident> {
    let own = match &value.kind {
        ExpressionKind::Element { array, at } if !at.is_empty() => Some(array),
        _ => None,
    };
    let is_setting = |name: &&Ident| {
        let array = arrays.get(name);
        array.is_some_and(|one| one.kind == ArrayKind::Setting && one.axes.is_empty())
    };
    let inside =
        || value.children().into_iter().find_map(|child| element_of_setting(child, arrays));
    own.filter(is_setting).or_else(inside)
}
