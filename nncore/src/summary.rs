//! The table of a network's layers: shapes, parameters, work and memory.

use std::fmt;

use crate::vectorise::LINE_BYTES;

/// One layer's line in a [`Summary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// The label, or the key that PyTorch's `Sequential` would give: the layer's position.
    pub name: &'static str,
    /// The layer as declared, sizes filled in: `linear(784, 128)`.
    pub layer: &'static str,
    /// Output shape of one sample.
    pub output: &'static [usize],
    /// Number of parameters.
    pub parameters: usize,
    /// Floating-point operations of the forward pass for one sample; a multiplication and an
    /// addition count as two, an elementary function as one.
    pub forward_flops: u64,
    /// Floating-point operations of the backward pass for one sample.
    pub backward_flops: u64,
}

/// A network at a glance; printed by its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The network's name.
    pub network: &'static str,
    /// Input shape of one sample.
    pub input: &'static [usize],
    /// The layers in order.
    pub layers: &'static [LayerSummary],
    /// Scalars that a training pass keeps for each sample.
    pub pass_scalars: usize,
    /// Scalars that a training pass keeps besides, whatever the batch.
    pub shared_scalars: usize,
    /// Scalars of the buffers that `forward` keeps: on the stack, in its thread's block, or on the heap.
    pub forward_scalars: usize,
    /// Bytes of one scalar.
    pub scalar_bytes: usize,
}

impl Summary {
    /// Number of parameters of the whole network.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters).sum()
    }

    /// Floating-point operations of forward and backward pass for one sample.
    #[must_use]
    pub fn flops(&self) -> (u64, u64) {
        let forward = self.layers.iter().map(|layer| layer.forward_flops).sum();
        let backward = self.layers.iter().map(|layer| layer.backward_flops).sum();
        (forward, backward)
    }

    /// Bytes of the parameters, in whole cache lines; a gradient takes as many.
    #[must_use]
    pub fn parameter_bytes(&self) -> usize {
        (self.parameters() * self.scalar_bytes).next_multiple_of(LINE_BYTES)
    }

    /// Bytes that a training pass for up to `batch` samples allocates: a cache line more than it
    /// uses, so as to begin with a whole one.
    #[must_use]
    pub fn pass_bytes(&self, batch: usize) -> usize {
        (batch * self.pass_scalars + self.shared_scalars) * self.scalar_bytes + LINE_BYTES
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["", "layer", "output", "parameters", "forward", "backward"];
        let mut rows = vec![header.map(String::from)];
        rows.push([
            String::new(),
            "input".into(),
            shape(self.input),
            String::new(),
            String::new(),
            String::new(),
        ]);
        rows.extend(self.layers.iter().map(|layer| {
            [
                layer.name.into(),
                layer.layer.into(),
                shape(layer.output),
                thousands(layer.parameters as u64),
                thousands(layer.forward_flops),
                thousands(layer.backward_flops),
            ]
        }));
        let (forward, backward) = self.flops();
        let parameters = thousands(self.parameters() as u64);
        let total = ["", "total", "", &parameters, &thousands(forward), &thousands(backward)];
        rows.push(total.map(String::from));

        writeln!(f, "{}", self.network)?;
        write_table(f, &rows)?;
        writeln!(
            f,
            "  memory: parameters {}, gradient the same, training pass {} a sample{}, forward {} of buffers",
            bytes(self.parameter_bytes()),
            bytes(self.pass_scalars * self.scalar_bytes),
            match self.shared_scalars {
                0 => String::new(),
                shared => format!(" and {}", bytes(shared * self.scalar_bytes)),
            },
            bytes(self.forward_scalars * self.scalar_bytes),
        )?;
        write!(f, "  forward and backward are floating-point operations for one sample")
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, rows: &[[String; 6]]) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; 6] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let rule = "─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1));
    for (line, row) in rows.iter().enumerate() {
        if line == 1 || line + 1 == rows.len() {
            writeln!(f, "  {rule}")?;
        }
        let [name, layer, output, parameters, forward, backward] = row;
        let [w0, w1, w2, w3, w4, w5] = widths;
        writeln!(
            f,
            "  {name:w0$}  {layer:w1$}  {output:w2$}  {parameters:>w3$}  {forward:>w4$}  {backward:>w5$}"
        )?;
    }
    Ok(())
}

fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join("×")
}

/// 1234567 as 1,234,567.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    grouped.collect::<Vec<_>>().join(",")
}

/// A number of bytes in the unit that suits it.
fn bytes(number: usize) -> String {
    let (unit, name) = match number {
        0..1024 => return format!("{number} B"),
        1024..1_048_576 => (1024.0, "KiB"),
        _ => (1_048_576.0, "MiB"),
    };
    format!("{:.1} {name}", number as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn bytes_take_the_unit_that_suits() {
        assert_eq!(bytes(40), "40 B");
        assert_eq!(bytes(2048), "2.0 KiB");
        assert_eq!(bytes(3 << 20), "3.0 MiB");
    }
}
