//! Prints what the compiler derived for the network of the article: its layers with their
//! sizes, work and memory, and the equations of its forward and backward pass.
//!
//! ```sh
//! cargo run --example explain
//! ```

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

use tapeless::prelude::*;

network! {
    /// The classifier of the article: 784 → 128 → 64 → 10.
    pub NeuralNetwork<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >
}

fn main() {
    println!("{}\n", NeuralNetwork::summary());
    println!("{}", NeuralNetwork::explain());
}
