//! The statements of a layer, with those of the layers that it applies.

use crate::frontend::resolved::LocalStatement;
use crate::ir::index::ArrayId;

/// The statements of a layer, in order.
#[derive(Default)]
pub struct LayerStatements {
    pub statements: Vec<LocalStatement>,
    /// The array that the last one makes.
    pub last: Option<ArrayId>,
    /// Keys that files may hold for layers that it applies.
    pub ignored: Vec<String>,
}
