use tapeless::prelude::*;

network! {
    Net< >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
