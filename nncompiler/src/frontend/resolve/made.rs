//! What the statements of a layer come to.

use crate::frontend::resolved::LocalStatement;
use crate::ir::index::ArrayId;

/// What the statements of a layer make.
#[derive(Default)]
pub struct Made {
    pub statements: Vec<LocalStatement>,
    /// The array of the last one.
    pub last: Option<ArrayId>,
    pub ignored: Vec<String>,
}
