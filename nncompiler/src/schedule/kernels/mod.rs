//! Statements → kernels: a contraction becomes a matrix product, a copy within the same memory
//! becomes nothing, all else becomes loops.

mod windows;

use std::collections::{BTreeSet, HashMap};

use crate::ir::cost::{LEAST_REPEATED, LONGEST_REPEAT};
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Function, Holder, Program, Role, Scan, Statement, writers};
use crate::ir::index::{Affine, ArrayId, Extent, Index};
pub use windows::{Place, Windows, windows};

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

/// A number of rows, columns or terms: a size, times the batch if it runs over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub size: usize,
    pub batched: bool,
}

/// A factor of a product as a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    pub array: ArrayId,
    /// Where its first element is.
    pub start: usize,
    pub row_stride: usize,
    pub column_stride: usize,
    /// How far it moves from one step of the scan around it to the next.
    pub step_stride: usize,
}

/// What a product's target holds before the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Zero,
    Target,
    /// The same row (a bias) in each row of the target.
    Row(ArrayId),
}

/// A loop around a product: how often, and how far each operand moves from one time to the next.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    pub count: Count,
    /// 0 for a sum over all times.
    pub target_stride: usize,
    pub left_stride: usize,
    pub right_stride: usize,
}

/// target = start + left · right, the target in row-major order.
#[derive(Clone, Debug)]
pub struct Product {
    pub target: ArrayId,
    pub scan: Option<Scan>,
    /// Where its part of the target begins, unless it is all of it.
    pub part: Option<usize>,
    /// Loops around it, the outermost first.
    pub repeats: Vec<Repeat>,
    pub rows: Count,
    pub columns: Count,
    pub depth: Count,
    pub left: Operand,
    pub right: Operand,
    pub start: Start,
}

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
    let mut readers: HashMap<ArrayId, Vec<usize>> = HashMap::new();
    for (position, kernel) in kernels.iter().enumerate() {
        for source in sources(program, kernel) {
            readers.entry(source).or_default().push(position);
        }
    }
    for at in 0..kernels.len() {
        if let Some([reader]) = readers.get(&target(&kernels[at])).map(Vec::as_slice) {
            start_with_bias(program, &mut kernels, &mut views, at, *reader);
        }
    }
    kernels
}

/// The same statements as loops and nothing else: what every kernel is tested against.
pub fn as_loops(function: &Function) -> Vec<Kernel> {
    function.body.iter().cloned().map(Kernel::Loops).collect()
}

fn kernel(program: &Program, statement: &Statement) -> Kernel {
    if statement.scan.is_some() {
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

/// Which arrays are views of others: the same memory under another name.
struct Views<'a> {
    function: &'a Function,
    /// The array whose memory each view is.
    roots: HashMap<ArrayId, ArrayId>,
    /// Arrays that the caller tells apart: what it gives, and the results.
    apart: BTreeSet<ArrayId>,
}

impl<'a> Views<'a> {
    fn new(program: &Program, function: &'a Function) -> Self {
        let ids = (0u32..).zip(&program.arrays);
        let given = ids.filter(|(_, array)| array.role != Role::Computed);
        let apart = given.map(|(id, _)| ArrayId(id)).chain(function.results()).collect();
        Self { function, roots: HashMap::new(), apart }
    }

    /// Makes the target a view of the source, unless the caller would see it: a result has memory apart
    /// from other results and from what is given, a gradient apart from everything.
    fn share(&mut self, target: ArrayId, source: ArrayId) -> bool {
        let root = self.roots.get(&source).copied().unwrap_or(source);
        let holder = self.function.outputs.iter().find(|port| port.array == target);
        let may = match holder.map(|port| port.holder) {
            None | Some(Holder::Residual) => true,
            Some(Holder::Workspace) => self.apart.insert(root),
            Some(Holder::Slice | Holder::Gradient(_)) => false,
        };
        if may {
            self.roots.insert(target, root);
        }
        may
    }
}

/// The source of a copy whose elements lie in the same places: `flatten`.
fn alias(program: &Program, statement: &Statement) -> Option<ArrayId> {
    let Node::Element(source) = program.graph.node(statement.value) else {
        return None;
    };
    let (target, from) = (program.array(statement.target.array), program.array(source.array));
    let copies = statement.reduction.is_none() && !statement.accumulate;
    let same_size = target.width() == from.width() && target.is_batched() == from.is_batched();
    let mut offsets = [program.linear(&statement.target), program.linear(source)];
    for offset in &mut offsets {
        offset.terms.sort_unstable();
    }
    (copies && same_size && offsets[0] == offsets[1]).then_some(source.array)
}

/// A sum of products of two elements, in which each index says which matrix dimension it is. Its
/// first indices, or one that is summed over, may be those of a loop around it.
pub fn product(program: &Program, statement: &Statement) -> Option<Product> {
    let free = statement.free();
    let once = Roles { repeat: &[], free: &free, bound: statement.bound() };
    let along_target = (1..free.len().min(LONGEST_REPEAT + 1)).map(|outer| {
        let (repeat, free) = free.split_at(outer);
        Roles { repeat, free, bound: statement.bound() }
    });
    let over_terms = statement.bound().split_first().map(|(outer, bound)| Roles {
        repeat: std::slice::from_ref(outer),
        free: &free,
        bound,
    });
    let mut ways = std::iter::once(once).chain(along_target).chain(over_terms);
    ways.find_map(|roles| product_of(program, statement, &roles))
}

/// What the indices of a statement are to a product.
struct Roles<'a> {
    repeat: &'a [Index],
    free: &'a [Index],
    bound: &'a [Index],
}

fn product_of(program: &Program, statement: &Statement, roles: &Roles) -> Option<Product> {
    let [(_, left), (_, right)] = program.factors(statement)?;
    let Roles { repeat, free, bound } = *roles;
    let in_left = |index: &Index| left.indices().any(|other| other == *index);
    let in_right = |index: &Index| right.indices().any(|other| other == *index);
    let last = free.last()?;
    // The target's rows are contiguous, so its last index runs along the columns.
    let (left, right) = match (in_left(last), in_right(last)) {
        (false, true) => (left, right),
        (true, false) => (right, left),
        _ => return None,
    };
    let in_left = |index: &Index| left.indices().any(|other| other == *index);
    let in_right = |index: &Index| right.indices().any(|other| other == *index);
    let split = free.iter().position(in_right)?;
    let (rows, columns) = free.split_at(split);
    let one_sided = rows.iter().all(|index| in_left(index) && !in_right(index))
        && columns.iter().all(|index| in_right(index) && !in_left(index))
        && bound.iter().all(|index| in_left(index) && in_right(index));
    if !one_sided || bound.is_empty() {
        return None;
    }
    let (left_offset, right_offset) = (program.linear(left), program.linear(right));
    let target_offset = program.linear(&statement.target);
    let along = |offset: &Affine, group: &[Index]| single_stride(program, offset, group);
    let operand = |array: ArrayId, offset: &Affine, [rows, columns]: [&[Index]; 2]| {
        Some(Operand {
            array,
            start: usize::try_from(offset.constant).ok()?,
            row_stride: along(offset, rows)?,
            column_stride: along(offset, columns)?,
            step_stride: statement.scan.map_or(Some(0), |scan| along(offset, &[scan.index]))?,
        })
    };
    let width = count(program, columns);
    let is_contiguous = along(&target_offset, columns)? == 1
        && (rows.is_empty() || along(&target_offset, rows)? == width.size)
        && (rows.is_empty() || !width.batched);
    let moves = statement.scan.is_some_and(|scan| along(&target_offset, &[scan.index]) != Some(0));
    if !is_contiguous || moves || (statement.scan.is_some() && !repeat.is_empty()) {
        return None;
    }
    let start = usize::try_from(target_offset.constant).ok()?;
    let product = Product {
        target: statement.target.array,
        scan: statement.scan,
        part: (!program.is_bijection(&statement.target)).then_some(start),
        repeats: Vec::new(),
        rows: count(program, rows),
        columns: width,
        depth: count(program, bound),
        left: operand(left.array, &left_offset, [rows, bound])?,
        right: operand(right.array, &right_offset, [bound, columns])?,
        start: if statement.accumulate { Start::Target } else { Start::Zero },
    };
    if repeat.is_empty() {
        return Some(product);
    }
    let work = [product.rows, product.columns, product.depth].map(|count| count.size);
    let repeat = |index: &Index| {
        let index = std::slice::from_ref(index);
        let is_bound = statement.bound().contains(&index[0]);
        Some(Repeat {
            count: count(program, index),
            target_stride: if is_bound { 0 } else { along(&target_offset, index)? },
            left_stride: along(&left_offset, index)?,
            right_stride: along(&right_offset, index)?,
        })
    };
    let repeats = roles.repeat.iter().map(repeat).collect::<Option<Vec<Repeat>>>()?;
    let is_worth_it = work.iter().product::<usize>() >= LEAST_REPEATED;
    is_worth_it.then_some(Product { repeats, ..product })
}

/// The one stride of a group of indices that together run through memory evenly.
fn single_stride(program: &Program, offset: &Affine, group: &[Index]) -> Option<usize> {
    let stride = |index: Index| {
        let term = offset.terms.iter().find(|(other, _)| *other == index);
        usize::try_from(term.map_or(0, |&(_, stride)| stride)).ok()
    };
    for pair in group.windows(2) {
        let inner = program.extent(pair[1]);
        let even = stride(pair[0])? == stride(pair[1])? * inner.per_sample();
        if inner == Extent::Batch || !even {
            return None;
        }
    }
    group.last().map_or(Some(1), |&last| stride(last))
}

fn count(program: &Program, group: &[Index]) -> Count {
    let extents = group.iter().map(|&index| program.extent(index));
    let size = extents.clone().map(Extent::per_sample).product();
    Count { size, batched: extents.clone().any(|extent| extent == Extent::Batch) }
}

/// Where the one map that reads a product adds a row to it, the product starts with that row.
fn start_with_bias(
    program: &mut Program,
    kernels: &mut [Kernel],
    views: &mut Views,
    at: usize,
    reader: usize,
) {
    let Kernel::Product(product) = &kernels[at] else {
        return;
    };
    if product.start != Start::Zero {
        return;
    }
    let target = product.target;
    let Kernel::Loops(statement) = &kernels[reader] else {
        return;
    };
    let Some((sum, element, row)) = added_row(program, statement, target) else {
        return;
    };
    let mut statement = statement.clone();
    statement.value = program.graph.substitute(statement.value, sum, element);
    if let Kernel::Product(product) = &mut kernels[at] {
        product.start = Start::Row(row);
    }
    kernels[reader] = match alias(program, &statement).filter(|_| statement.scan.is_none()) {
        Some(source) if views.share(statement.target.array, source) => {
            Kernel::Alias { target: statement.target.array, source }
        }
        _ => Kernel::Loops(statement),
    };
}

/// In a statement over rows of `target`: (target + row, target, the row's array), if the target
/// stands nowhere else.
fn added_row(
    program: &Program,
    statement: &Statement,
    target: ArrayId,
) -> Option<(Id, Id, ArrayId)> {
    statement.target.as_indices()?;
    let free = statement.free();
    let graph = &program.graph;
    let elements = graph.elements(statement.value);
    let mut of_target = elements.iter().filter(|(_, access)| access.array == target);
    let ((element, access), None) = (of_target.next()?, of_target.next()) else {
        return None;
    };
    let users: Vec<Id> = graph
        .reachable(statement.value)
        .into_iter()
        .filter(|&id| graph.node(id).children().contains(element))
        .collect();
    let [sum] = users.as_slice() else { return None };
    let Node::Binary(Binary::Add, a, b) = *graph.node(*sum) else {
        return None;
    };
    let other = if a == *element { b } else { a };
    let Node::Element(row) = graph.node(other) else {
        return None;
    };
    let (batch, features) = free.split_first()?;
    let is_row = program.array(row.array).role == Role::Parameter
        && program.extent(*batch) == Extent::Batch
        && access.as_indices()? == free
        && row.as_indices()? == features;
    (statement.reduction.is_none() && is_row).then_some((*sum, *element, row.array))
}

/// The scan that a kernel runs in.
pub fn scan(kernel: &Kernel) -> Option<Scan> {
    match kernel {
        Kernel::Loops(statement) => statement.scan,
        Kernel::Product(product) => product.scan,
        Kernel::Alias { .. } | Kernel::Windows(_) => None,
    }
}

/// The arrays that a kernel reads, other than what its target held before.
pub fn sources(program: &Program, kernel: &Kernel) -> Vec<ArrayId> {
    match kernel {
        Kernel::Alias { source, .. } => vec![*source],
        Kernel::Product(product) => {
            let mut sources = vec![product.left.array, product.right.array];
            if let Start::Row(row) = product.start {
                sources.push(row);
            }
            sources
        }
        Kernel::Windows(windows) => vec![windows.left.array, windows.right],
        Kernel::Loops(statement) => {
            let elements = program.graph.elements(statement.value).into_iter();
            elements.map(|(_, access)| access.array).collect()
        }
    }
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
