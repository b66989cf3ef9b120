use tapeless::prelude::*;

network! {
    Net< input(1, 4, 4); conv2d(6, 5); flatten; linear(2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
