//! The samples of a batch: where reductions over them by an index of their own, `sum(m in batch: …)`, may stand,
//! and that some of them count.

use proc_macro2::Ident;

use super::body_arrays::{ArrayKind, Arrays};
use super::constants::Constants;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::SAMPLES;
use crate::frontend::syntax::{
    Assignment, BodyStatement, Definition, Expression, ExpressionKind, Kind,
};

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

/// Reports a loss of which no sample counts: its mean would be over none of them.
pub fn report_no_samples(
    definition: &Definition,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) {
    let is_samples = |one: &&Assignment| definition.kind == Kind::Loss && one.target == SAMPLES;
    for assignment in definition.assignments.iter().filter(is_samples) {
        let count = constants.real(&assignment.value, &mut Diagnostics::default());
        if let Some(count) = count.filter(|count| *count <= 0.0) {
            let message = format!(
                "`samples` is how often a sample counts in the mean over the batch: {count} is not above 0"
            );
            diagnostics.report(assignment.value.location, message);
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
