use std::num::NonZeroU32;
use tapeless::prelude::*;

#[repr(C)]
struct Own {
    scalars: [f32; 3],
    count: NonZeroU32,
}

impl Parameters for Own {
    type Scalar = f32;

    fn as_slice(&self) -> &[f32] {
        &self.scalars
    }

    fn states(&self) -> &[f32] {
        &[]
    }

    fn split_mut(&mut self) -> (&mut [f32], &mut [f32]) {
        (&mut self.scalars, &mut [])
    }

    fn zeros() -> Box<Self> {
        panic!()
    }
}

fn main() {}
