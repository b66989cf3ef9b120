use tapeless::prelude::*;

network! {
    Net< linear(784, 10); leaky_relu(slope = 0.1) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
