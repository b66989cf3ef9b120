//! Saving and loading parameters as safetensors, under PyTorch's state-dict keys.
//!
//! In Python, `model.load_state_dict(safetensors.torch.load_file("model.safetensors"))` reads what
//! [`save`] wrote into the same `nn.Sequential`, and the other way round. A key is that of a layer,
//! its label or its number in the `Sequential`, and that of the parameter in PyTorch's module:
//! `encoder.weight_ih_l0`, `3.out_proj.bias`.
//!
//! | | a file | bytes | a stream |
//! |---|---|---|---|
//! | out | [`save`] | [`to_bytes`] | [`save_to`] |
//! | in | [`load`], [`load_with`] other keys, [`Checkpoint::open`] | [`Checkpoint::from_bytes`] | [`Checkpoint::from_reader`] |
//! | a run out | [`save_run`] | [`run_to_bytes`] | |
//! | a run in | [`load_run`] | [`Checkpoint::load_run`] | [`Checkpoint::load_run`] |
//!
//! A run is a network with all that training needs to go on, such as the state of its optimizer.

mod error;
mod load;
mod numbers;
mod replace;
mod run;
mod save;

pub use error::{
    CheckpointError, IncompatibleKeys, Medium, Mismatch, OtherShape, OtherType, Several,
};
pub use load::{Checkpoint, load, load_with};
pub use run::{load_run, run_to_bytes, save_run};
pub use save::{save, save_to, to_bytes};
