use tapeless::prelude::*;

network! {
    Net< a: linear(4, 3); a: linear(3, 2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
