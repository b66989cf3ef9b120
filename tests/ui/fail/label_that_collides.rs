use tapeless::prelude::*;

network! {
    Net< linear1: linear(2, 2); linear(2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
