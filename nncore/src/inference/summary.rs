//! The table of a network's layers: shapes, parameters, work and memory.

use core::fmt::{self, Write};

use super::info::ArrayInfo;
use crate::memory::CACHE_LINE_BYTES;

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
    /// Name and shape of each input.
    pub inputs: &'static [ArrayInfo],
    /// The layers in order.
    pub layers: &'static [LayerSummary],
    /// Scalars of all outputs of one sample.
    pub output_scalars: usize,
    /// Scalars that losses made for this network keep for each sample.
    pub loss_scalars: usize,
    /// Integers that a sample is given.
    pub integers: usize,
    /// Scalars that a training pass keeps for each sample.
    pub pass_scalars: usize,
    /// Scalars that a training pass keeps besides, whatever the batch.
    pub shared_scalars: usize,
    /// Scalars of the buffers that `forward` keeps: on the stack, or on the heap if there are many.
    pub forward_scalars: usize,
    /// Bytes of the parameters, in whole cache lines; a gradient takes as many.
    pub parameter_bytes: usize,
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

    /// Bytes that a training pass for up to `batch` samples allocates, in two blocks, for the network and
    /// for losses: each a cache line more than it uses, so as to begin with a whole one.
    #[must_use]
    pub fn pass_bytes(&self, batch: usize) -> usize {
        let of_losses = batch * (self.output_scalars + self.loss_scalars + self.integers);
        let scalars = batch * self.pass_scalars + self.shared_scalars + of_losses;
        scalars * self.scalar_bytes + 2 * CACHE_LINE_BYTES
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.network)?;
        self.write_table(f)?;
        write!(
            f,
            "  memory: parameters {}, gradient the same, training pass {} a sample",
            Bytes(self.parameter_bytes),
            Bytes(self.pass_scalars * self.scalar_bytes),
        )?;
        if self.shared_scalars > 0 {
            write!(f, " and {}", Bytes(self.shared_scalars * self.scalar_bytes))?;
        }
        let forward = Bytes(self.forward_scalars * self.scalar_bytes);
        writeln!(f, ", forward {forward} of buffers")?;
        write!(f, "  forward and backward are floating-point operations for one sample")
    }
}

/// A row of the table: texts first, numbers last.
type Row<'a> = [Cell<'a>; 6];

/// How many of a row's cells are texts, which begin on the left.
const TEXTS: usize = 3;

impl Summary {
    /// The rows in order: the header, the input, the layers, the total.
    fn rows(&self) -> impl Iterator<Item = Row<'static>> + Clone {
        use Cell::{Number, Shape, Text};

        let empty = Text("");
        let header = ["", "layer", "output", "parameters", "forward", "backward"].map(Text);
        let has_names = self.inputs.len() > 1;
        let inputs = self.inputs.iter().map(move |input| {
            let name = Text(if has_names { input.name } else { "" });
            [name, Text("input"), Shape(input.shape), empty, empty, empty]
        });
        let layers = self.layers.iter().map(|layer| {
            [
                Text(layer.name),
                Text(layer.layer),
                Shape(layer.output),
                Number(layer.parameters as u64),
                Number(layer.forward_flops),
                Number(layer.backward_flops),
            ]
        });
        let ((forward, backward), parameters) = (self.flops(), self.parameters() as u64);
        let numbers = [parameters, forward, backward].map(Number);
        let [parameters, forward, backward] = numbers;
        let total = [empty, Text("total"), empty, parameters, forward, backward];
        [header].into_iter().chain(inputs).chain(layers).chain([total])
    }

    fn write_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        let mut widths = [0; 6];
        for row in rows.clone() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let last = self.inputs.len() + self.layers.len() + 1;
        for (line, row) in rows.enumerate() {
            if line == 1 || line == last {
                let length = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
                writeln!(f, "  {:─<length$}", "")?;
            }
            for (column, (cell, width)) in row.into_iter().zip(widths).enumerate() {
                let spaces = width - cell.width();
                let (before, after) = if column < TEXTS { (0, spaces) } else { (spaces, 0) };
                write!(f, "  {:before$}{cell}{:after$}", "", "")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What stands in a cell of the table.
#[derive(Clone, Copy)]
enum Cell<'a> {
    Text(&'a str),
    /// 3×28×28.
    Shape(&'a [usize]),
    /// 1234567 as 1,234,567.
    Number(u64),
}

impl Cell<'_> {
    /// How many characters it has.
    fn width(self) -> usize {
        struct Count(usize);
        impl Write for Count {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 += text.chars().count();
                Ok(())
            }
        }

        let mut count = Count(0);
        // Counting never fails.
        let _ = write!(count, "{self}");
        count.0
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Text(text) => f.write_str(text),
            Self::Shape(sizes) => {
                for (number, size) in sizes.iter().enumerate() {
                    let sign = if number == 0 { "" } else { "×" };
                    write!(f, "{sign}{size}")?;
                }
                Ok(())
            }
            Self::Number(number) if number < 1000 => write!(f, "{number}"),
            Self::Number(number) => {
                write!(f, "{},{:03}", Self::Number(number / 1000), number % 1000)
            }
        }
    }
}

/// A number of bytes in the unit that suits it.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            number @ 0..1024 => return write!(f, "{number} B"),
            1024..1_048_576 => (1024.0, "KiB"),
            _ => (1_048_576.0, "MiB"),
        };
        write!(f, "{:.1} {name}", self.0 as f64 / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let text = |number| Cell::Number(number).to_string();
        assert_eq!(text(0), "0");
        assert_eq!(text(999), "999");
        assert_eq!(text(1_234_567), "1,234,567");
        assert_eq!(text(1_000_005), "1,000,005");
    }

    #[test]
    fn bytes_take_the_unit_that_suits() {
        assert_eq!(Bytes(40).to_string(), "40 B");
        assert_eq!(Bytes(2048).to_string(), "2.0 KiB");
        assert_eq!(Bytes(3 << 20).to_string(), "3.0 MiB");
    }
}
