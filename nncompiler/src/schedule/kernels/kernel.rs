//! What a statement runs as, and which arrays that reads and writes.

use super::operand::Start;
use super::product::Product;
use super::windows::Windows;
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::ArrayId;

/// How statements become kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The fast ones.
    Recognised,
    /// Plain loops, one for each statement as derived: the oracle for tests.
    Loops,
}

/// What a statement runs as.
#[derive(Clone, Debug)]
pub enum Kernel {
    /// The target is the source's memory.
    Alias {
        target: ArrayId,
        source: ArrayId,
    },
    Product(Product),
    Windows(Windows),
    Loops(Statement),
}

/// The scans that a kernel runs in, the outermost first.
pub fn scans(kernel: &Kernel) -> &[Scan] {
    match kernel {
        Kernel::Loops(statement) => &statement.scans,
        Kernel::Product(product) => &product.scans,
        Kernel::Alias { .. } | Kernel::Windows(_) => &[],
    }
}

/// The arrays that a kernel reads, other than what its target held before.
pub fn sources(program: &Program, kernel: &Kernel) -> Vec<ArrayId> {
    match kernel {
        Kernel::Alias { source, .. } => vec![*source],
        Kernel::Product(product) => {
            with_bias(vec![product.left.array, product.right.array], product.start)
        }
        Kernel::Windows(windows) => {
            with_bias(vec![windows.left.array, windows.right], windows.start)
        }
        Kernel::Loops(statement) => {
            let elements = program.graph.elements(statement.value).into_iter();
            elements.map(|(_, access)| access.array).collect()
        }
    }
}

fn with_bias(mut sources: Vec<ArrayId>, start: Start) -> Vec<ArrayId> {
    sources.extend(start.bias().map(|bias| bias.array));
    sources
}

/// The array that a kernel writes.
pub fn target(kernel: &Kernel) -> ArrayId {
    match kernel {
        Kernel::Alias { target, .. } => *target,
        Kernel::Product(product) => product.target,
        Kernel::Windows(windows) => windows.target,
        Kernel::Loops(statement) => statement.target.array,
    }
}
