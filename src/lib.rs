#![doc = include_str!("../README.md")]

extern crate self as tapeless;

pub use nncore::{
    checkpoint, data, initialise, network, optimizer, parameters, real, summary,
};
pub use nnmacro::network;

/// Losses, compiled from their equations: value and gradient come from the same line.
pub mod loss {
    pub use nncore::loss::{Accepts, Label, Labels, Loss, LossError, Values};

    nnmacro::losses!();
}

/// What a program that trains a network needs.
pub mod prelude {
    pub use crate::checkpoint::{load, save};
    pub use crate::data::Dataset;
    pub use crate::initialise::seed;
    pub use crate::loss::{CrossEntropy, MeanSquaredError};
    pub use crate::network;
    pub use crate::network::{Network, Samples, SamplesView};
    pub use crate::optimizer::{Adam, AdamW, Rule, Sgd};
    pub use crate::parameters::Parameters;
}

/// What generated code calls. Nothing here is for users, and nothing is stable.
#[doc(hidden)]
pub mod __private {
    pub use nalgebra::{ArrayStorage, Const, SMatrix, SVector};
    pub use nncore::initialise::uniform;
    pub use nncore::loss::{
        Accepts, AcceptsAny, Labels, Loss, LossError, Values, check_labels, check_values,
    };
    pub use nncore::network::{
        BatchError, Logits, Network, Outputs, ParameterInfo, Pass, Probabilities, SamplesView,
        forward_batch, regions,
    };
    pub use nncore::parameters::{Layout, Parameters, zero_matrix};
    pub use nncore::product::{Operand, Shape, Start};
    pub use nncore::real::Real;
    pub use nncore::summary::{LayerSummary, Summary};
    pub use nncore::vectorise::vectorise;
    pub use nnmacro::network_as_loops;
    pub use rand::Rng;
}
