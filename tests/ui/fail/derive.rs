use tapeless::prelude::*;

network! {
    #[derive(Clone)]
    Net< linear(2, 2) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    println!("{}", model.forward(&SVector::zeros()));
}
