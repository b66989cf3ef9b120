use tapeless::prelude::*;

network! {
    Net< linear(784, 10); relu(3); elu(1.0, 2.0) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
