//! What a parameter, an input or an output is called, and its shape.

/// The name and shape of one parameter or state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// The key in a state dict, PyTorch's for a layer of PyTorch: `hidden1.weight`, `1.weight` for a
    /// layer without a label, `encoder.weight_ih_l0` for a recurrent one with one.
    pub name: &'static str,
    /// The shape in PyTorch's order: (out, in) for a linear layer's weight.
    pub shape: &'static [usize],
    /// Whether no gradient moves it, as a running mean: it lies in [`Parameters::states`](crate::memory::Parameters::states).
    pub is_state: bool,
}

impl ParameterInfo {
    /// Number of scalars.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds no scalars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The name and shape of an input or an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayInfo {
    /// The name in the declaration: `x` and `y` for a chain of layers.
    pub name: &'static str,
    /// The shape of one sample, empty for a single number.
    pub shape: &'static [usize],
}

impl ArrayInfo {
    /// Number of scalars of one sample.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds no scalars.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
