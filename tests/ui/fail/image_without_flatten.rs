use tapeless::prelude::*;

network! {
    Net< input(28, 28); linear(784, 10) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
