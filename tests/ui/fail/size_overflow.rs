use tapeless::prelude::*;

network! {
    Net< linear(784, 9223372036854775807 + 1) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
