//! Losses: what one is, its targets and settings. The losses themselves are equations, compiled by
//! `nncompiler`.

mod definition;
mod on_network;
mod on_output;
mod settings;
mod sum;
mod targets;

pub use definition::{Accepts, Loss, LossError};
pub use on_network::{LossOn, OfAnyNetwork, OfOneNetwork};
pub use on_output::{OfOneOutput, OnOutput};
pub use settings::{
    check_batch, check_lengths, check_parts, check_setting, check_settings, setting_of,
    write_settings,
};
pub use sum::sum_of_samples;
pub use targets::{
    Classes, Reals, Values, check_values, class_at, write_class_numbers, write_classes,
};
