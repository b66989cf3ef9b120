use tapeless::prelude::*;

network! {
    Net< linear(4, 6); residual { linear(5); relu } linear(2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
