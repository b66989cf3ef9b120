//! Decisions read off a list of numbers: a list that shrinks makes simpler texts.

pub struct Choices {
    numbers: std::vec::IntoIter<u32>,
}

impl Choices {
    pub fn new(numbers: Vec<u32>) -> Self {
        Self { numbers: numbers.into_iter() }
    }

    /// A list that looks random, the same everywhere and always.
    pub fn seeded(seed: u64, count: usize) -> Self {
        let numbers = (seed << 32..).take(count).map(random);
        Self::new(numbers.map(|number| u32::try_from(number >> 32).unwrap_or(0)).collect())
    }

    /// A number below `count`; 0, which should be the simplest, when the list is used up.
    pub fn below(&mut self, count: usize) -> usize {
        self.numbers.next().map_or(0, |number| number as usize % count)
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }
}

/// Another number for each number: one step of SplitMix64.
pub fn random(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
