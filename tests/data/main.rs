//! Samples in named columns, and the files that they come from.

mod csv;
mod dataset;
mod idx;
mod images;
mod npy;
mod standardisation;
