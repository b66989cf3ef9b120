//! What work costs, and the sizes from which one way of doing it pays more than another.

use crate::ir::function::{Function, Program, Statement};

/// Numbers that loops compute side by side: the lanes of the widest register of f32.
pub const LANES: usize = 16;

/// Samples of a loss that are computed side by side: a register of f32 for each output.
pub const VECTOR_SAMPLES: usize = 16;

/// Outputs up to which a loss computes several samples side by side; with more, each sample fills
/// registers by itself.
pub const MOST_VECTOR_OUTPUTS: usize = 16;

/// A reduction over fewer terms than this stands outside the target's last index: a loop along the
/// target fills registers, which so short a sum does not.
pub const SHORTEST_INNERMOST: usize = 8;

/// No more repetitions of a loop than this are written out.
pub const MOST_UNROLLED: usize = 16;

/// A sum or product of more terms than this in one variable is of double precision: sequential sums of n equal
/// numbers of type f32 are off by n/12 units in the last place on average (measured up to n = 128).
pub const LONGEST_SUM: usize = 128;

/// A sum of more terms than this in several variables is of double precision.
pub const LONGEST_SUM_IN_LANES: usize = 1 << 11;

/// Variables of a sum of contiguous terms, at most: eight registers of f32.
pub const LARGEST_REDUCTION_TILE: usize = 128;

/// So many contiguous terms are added up in their own format in each variable, and then to a sum of
/// double precision: 4 equal numbers of type f32 add up exactly.
pub const SUM_BLOCK: usize = 4;

/// The same for terms that lie apart, where each block takes more time: 8 equal numbers of type f32 are
/// off by no more than two units in the last place.
pub const SUM_BLOCK_APART: usize = 8;

/// So many elements of a target have results of double precision at once: 6 kB of the stack for f32. A tile
/// of fewer than the smallest runs through too little memory at a time.
pub const LARGEST_SUM_TILE: usize = 512;
pub const SMALLEST_SUM_TILE: usize = 128;

/// Integer powers up to this one are products.
pub const LARGEST_POWER: u8 = 8;

/// Buffers of no more scalars than this are arrays of a function of one sample itself.
pub const LARGEST_ARRAYS: usize = 1 << 10;

/// Buffers of no more bytes than this lie on the stack: threads with 128 KiB of it hold them.
pub const STACK_BYTES: usize = 1 << 16;

/// So many steps of a function share a frame of the stack: without optimisation, each keeps up to a kilobyte of
/// arguments in it.
pub const MOST_STEPS_OF_FRAME: usize = 8;

/// What an operation in a loop costs, in operations of a product: loops wait for memory.
pub const COST_OF_LOOP: u64 = 16;

/// Threads never divide loops that cost less for each sample, in operations of a product: what they gain in
/// small ones, they lose when products read what another core has written.
pub const LEAST_PARALLEL: u64 = 1 << 10;

/// Scalars that a statement may touch in a tile of samples: a quarter of a megabyte of f32, within a
/// usual second level of cache.
pub const TILE_SCALARS: usize = 1 << 16;

/// Statements of which more samples than this fit in a tile gain nothing.
pub const LARGEST_TILE: usize = 32;

/// A sum for a parameter goes into tiles if the parameter has at most so many times the scalars that
/// the sum reads of a sample: each group of tiles has sums of its own, which take time to add up.
pub const MOST_SUMS: usize = 8;

/// Repeated products of less work than this are left to loops.
pub const LEAST_REPEATED: usize = 64;

/// Sums of products in a scan with less work than this for each sample and step are left to loops.
pub const LEAST_PRODUCT_IN_SCAN: usize = 64;

/// Windows are laid out for a product that uses each of their elements so often, or makes each from so many
/// terms: the copy costs more than fewer terms.
pub const LEAST_USES_OF_WINDOWS: usize = 4;

/// No more indices than this run in the loop around a product.
pub const LONGEST_REPEAT: usize = 3;

/// A product has no more windows than this: rustc computes a table of where each begins.
pub const MOST_WINDOWS: usize = 1 << 15;

/// The axes of a target of no more than this are tried in every order, for its sums to be a product.
pub const MOST_PERMUTED: usize = 3;

/// A map with more operands and operations than this is no part of the statement that reads it: of a chain
/// of a thousand activations, each would be written out in all that follow.
pub const LARGEST_MAP: usize = 256;

/// Floating-point operations of a statement for one sample: a node is one operation.
pub fn flops(program: &Program, statement: &Statement) -> u64 {
    iterations(program, statement) * operations(program, statement)
}

/// What a statement costs for one sample, in operations of a product: a copy takes as long as an operation.
pub fn of_loops(program: &Program, statement: &Statement) -> u64 {
    let operations = operations(program, statement).max(1);
    iterations(program, statement).saturating_mul(operations).saturating_mul(COST_OF_LOOP)
}

/// How often a statement's value is computed for one sample.
fn iterations(program: &Program, statement: &Statement) -> u64 {
    let size = |index: &_| program.extent(*index).per_sample() as u64;
    let steps: u64 = statement.scans.iter().map(|scan| size(&scan.index)).product();
    steps * statement.indices().iter().map(size).product::<u64>()
}

/// Operations of each iteration.
fn operations(program: &Program, statement: &Statement) -> u64 {
    let operations = program.graph.reachable(statement.value).into_iter();
    let operations = operations.filter(|&id| !program.graph.node(id).children().is_empty());
    operations.count() as u64 + u64::from(statement.reduction.is_some())
}

/// Floating-point operations of a layer in a function, for one sample.
pub fn flops_of_layer(program: &Program, function: &Function, layer: usize) -> u64 {
    let own = function.body.iter().filter(|statement| statement.layer == layer);
    own.map(|statement| flops(program, statement)).sum()
}
