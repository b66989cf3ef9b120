//! Statements → kernels: a contraction becomes a matrix product, a copy within the same memory
//! becomes nothing, all else becomes loops.

mod bias;
mod kernel;
mod operand;
mod product;
mod view;
mod windows;

use crate::ir::function::{Function, Program, Statement, writers};
use crate::ir::index::ArrayId;
use bias::start_with_biases;
pub use kernel::{Kernel, Mode, scans, sources, target};
pub use operand::{Bias, Count, Operand, Start, single_stride};
pub use product::{Product, Repeat, product};
use view::{Views, alias};
pub use windows::{Windowed, Windows, windows};

/// A kernel for each statement; a bias that is added to a product starts it instead.
pub fn recognise(program: &mut Program, function: &Function) -> Vec<Kernel> {
    let writers = writers(&function.body);
    let is_added_to = |array: ArrayId| writers.get(&array).is_some_and(|&writers| writers > 1);
    let mut views = Views::new(program, function);
    let mut kernels = Vec::new();
    for statement in &function.body {
        kernels.push(match kernel(program, statement) {
            // What is added to one of the two later would be added to both.
            Kernel::Alias { target, source }
                if is_added_to(target) || is_added_to(source) || !views.share(target, source) =>
            {
                Kernel::Loops(statement.clone())
            }
            kernel => kernel,
        });
    }
    start_with_biases(program, &mut kernels, &mut views);
    kernels
}

/// The same statements as loops and nothing else: what every kernel is tested against.
pub fn as_loops(function: &Function) -> Vec<Kernel> {
    function.body.iter().cloned().map(Kernel::Loops).collect()
}

fn kernel(program: &Program, statement: &Statement) -> Kernel {
    if !statement.scans.is_empty() {
        let product = product(program, statement).map(Kernel::Product);
        return product.unwrap_or_else(|| Kernel::Loops(statement.clone()));
    }
    if let Some(source) = alias(program, statement) {
        return Kernel::Alias { target: statement.target.array, source };
    }
    let product = product(program, statement).map(Kernel::Product);
    let windows = || windows(program, statement).map(Kernel::Windows);
    product.or_else(windows).unwrap_or_else(|| Kernel::Loops(statement.clone()))
}
