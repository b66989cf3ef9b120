use tapeless::prelude::*;

network! {
    use tapeless_library::layers::{low_rank as thin, swish, head};

    activation swish(x) = x;

    Net< linear(4, 3); thin(4, 2); thin(2, slope = yes); head(3) >
}

fn main() {}
