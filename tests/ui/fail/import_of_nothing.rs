use tapeless::prelude::*;

network! {
    use tapeless_library::layers::{swish, low_rnk};

    Net< linear(4, 3); swish; low_rnk(2) >
}

fn main() {}
