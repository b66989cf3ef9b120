use tapeless::prelude::*;

network! {
    Net< linear(784 / 0, 10) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
