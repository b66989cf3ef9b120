use tapeless::prelude::*;

network! {
    use tapeless_library::layers::*;

    Net< linear(4, 3); swish >
}

fn main() {
    Net::zeros();
}
