use tapeless::prelude::*;

network! {
    Net< linear(784, 128), relu; linear(128, 10) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
