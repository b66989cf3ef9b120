use tapeless::prelude::*;

network! {
    Net< linear(4, 3) >
}

fn main() {
    let model = Net::new(&mut seed(0));
    let y = model.forward(&SVector::<f32, 5>::zeros());
}
